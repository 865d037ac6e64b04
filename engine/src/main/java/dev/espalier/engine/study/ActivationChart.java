package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.measure.Probes;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.operator.Shapes;
import dev.espalier.engine.prune.Layers;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Unit;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * How the outputs of layers are spread over validation samples: what quantization has to cover. A
 * layer's output is taken behind its normalisation and activation. Two ways over the samples: the
 * first finds the ends, the second counts, so that one batch is in memory at a time.
 */
final class ActivationChart {
  private static final int BINS = 60;
  private static final int MOST_SAMPLES = 256;
  private static final int MOST_HISTOGRAMS = 4;

  /** Floats of activations held at once: 64 MB. */
  private static final long BATCH_FLOATS = 16L << 20;

  private static final Set<String> FOLLOWING =
      Set.of(
          "BatchNormalization",
          "Relu",
          "Clip",
          "Sigmoid",
          "HardSigmoid",
          "HardSwish",
          "Tanh",
          "Gelu",
          "LeakyRelu",
          "Elu");

  private final Measurements measurements;

  ActivationChart(Measurements measurements) {
    this.measurements = measurements;
  }

  ChartSpec draw(Operation.Chart chart, Progress progress) {
    Operation.Named subject = chart.subjects().get(0);
    Graph graph = measurements.model(subject, progress).graph();
    DataSet data = measurements.data(subject, "activations", progress);
    Split split = data.validation().size() > 0 ? data.validation() : data.train();
    if (split.size() == 0) {
      throw EspalierException.program(
          "there are no samples to look at",
          "data set " + data.name(),
          "its training and validation splits are empty",
          "use data with training samples");
    }
    Map<String, String> layers = outputs(graph);
    if (layers.isEmpty()) {
      throw EspalierException.program(
          subject.name() + " has no layer whose output could be drawn",
          "chart activations of " + subject.name(),
          "its weights are integers already",
          "draw the model that it was quantized from");
    }
    Shapes shapes = Shapes.infer(graph, 1);
    long floats = data.width();
    for (String value : layers.values()) {
      floats += Tensor.count(shapes.of(value));
    }
    int samples = Math.min(MOST_SAMPLES, split.size());
    int batch = (int) Math.max(1, Math.min(Math.min(samples, 64), BATCH_FLOATS / floats));
    Map<String, double[]> ends = new HashMap<>();
    Map<String, Bins> bins = new HashMap<>();
    try (Runtime runtime =
        Runtime.of(Probes.in(graph, layers.values(), shapes), chart.environment().threads())) {
      Pass pass = new Pass(runtime, data, split, samples, batch, progress);
      pass.run(
          (value, numbers) -> {
            double[] e = ends.computeIfAbsent(value, v -> new double[2]);
            while (numbers.hasRemaining()) {
              float x = numbers.get();
              e[0] = Math.min(e[0], x);
              e[1] = Math.max(e[1], x);
            }
          });
      double low = layers.values().stream().mapToDouble(v -> ends.get(v)[0]).min().orElse(0);
      double high = layers.values().stream().mapToDouble(v -> ends.get(v)[1]).max().orElse(1);
      layers.values().forEach(v -> bins.put(v, new Bins(low, high, BINS)));
      pass.run(
          (value, numbers) -> {
            Bins of = bins.get(value);
            while (of != null && numbers.hasRemaining()) {
              of.add(numbers.get());
            }
          });
    }
    return chart(chart, layers, ends, bins, samples, split == data.validation());
  }

  private static ChartSpec chart(
      Operation.Chart chart,
      Map<String, String> layers,
      Map<String, double[]> ends,
      Map<String, Bins> bins,
      int samples,
      boolean validation) {
    List<ChartSpec.Series> rows = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    boolean few = layers.size() <= MOST_HISTOGRAMS;
    layers.forEach(
        (layer, value) -> {
          Bins of = bins.get(value);
          rows.add(of.series(layer, of.parts()));
          notes.add(
              String.format(
                  Locale.ROOT,
                  "%s: from %.4g to %.4g, %.1f%% exactly zero and not drawn",
                  layer,
                  ends.get(value)[0],
                  ends.get(value)[1],
                  100.0 * of.zeros() / Math.max(1, of.all())));
        });
    notes.add(
        String.format(
            Locale.ROOT,
            "outputs behind normalisation and activation, over %,d %s samples",
            samples,
            validation ? "validation" : "training"));
    String title = Charts.title(chart, "Activations of " + chart.subjects().get(0).name());
    ChartSpec.Axis part = new ChartSpec.Axis("part of all outputs", Unit.FRACTION, false);
    if (few) {
      return new ChartSpec(
          title,
          new ChartSpec.Axis("output", Unit.NONE, false),
          part,
          ChartSpec.Style.HISTOGRAM,
          rows,
          notes);
    }
    List<String> columns =
        rows.get(0).x().stream().map(x -> String.format(Locale.ROOT, "%.3g", x)).toList();
    return new ChartSpec(
        title + ": part of all outputs",
        ChartSpec.Axis.of("output", columns),
        new ChartSpec.Axis("layer", Unit.FRACTION, false),
        ChartSpec.Style.MATRIX,
        rows,
        notes);
  }

  /** By layer, the value behind its normalisation and activation. */
  private static Map<String, String> outputs(Graph graph) {
    Map<String, List<Node>> readers = new HashMap<>();
    graph.nodes().forEach(n -> n.inputs().forEach(i -> add(readers, i, n)));
    Map<String, String> out = new LinkedHashMap<>();
    for (Layers.Prunable layer : Layers.of(graph)) {
      String value = graph.node(layer.layer()).outputs().get(0);
      List<Node> next = readers.getOrDefault(value, List.of());
      while (next.size() == 1 && follows(graph, next.get(0), value)) {
        value = next.get(0).outputs().get(0);
        next = readers.getOrDefault(value, List.of());
      }
      out.put(layer.layer(), value);
    }
    return out;
  }

  private static void add(Map<String, List<Node>> readers, String value, Node node) {
    readers.computeIfAbsent(value, v -> new ArrayList<>()).add(node);
  }

  /** Whether a node is part of the layer before it; a bias may be added behind a product. */
  private static boolean follows(Graph graph, Node node, String value) {
    if (node.operator().equals("Add")) {
      return node.inputs().stream().anyMatch(i -> !i.equals(value) && graph.hasWeight(i));
    }
    return FOLLOWING.contains(node.operator()) && node.input(0).equals(value);
  }

  /** One way over the samples. */
  private record Pass(
      Runtime runtime, DataSet data, Split split, int samples, int batch, Progress progress) {
    void run(BiConsumer<String, FloatBuffer> each) {
      int width = data.width();
      for (int from = 0; from < samples; from += batch) {
        progress.check();
        int count = Math.min(batch, samples - from);
        float[] inputs = new float[count * width];
        for (int i = 0; i < count; i++) {
          data.read(split, from + i, inputs, i * width);
        }
        runtime.outputs(inputs, count, each);
      }
    }
  }
}
