package dev.espalier.engine.quantize;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.measure.Probes;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.operator.Shapes;
import java.nio.FloatBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Finds the ranges of activations by running training images through the model in ONNX Runtime.
 *
 * <p>Two passes over the same images: the first finds the least and the greatest value, the second
 * fills a histogram between them, so that memory holds one batch's activations and one histogram a
 * value, whatever the number of images.
 */
final class Calibration {
  /** Floats of activations held at once: 64 MB. */
  private static final long BATCH_FLOATS = 16L << 20;

  private Calibration() {}

  /** The range of a value that calibration keeps. */
  record Range(double low, double high) {}

  /**
   * The ranges of values.
   *
   * @param values names of activations of {@code graph}, its input included where wanted
   * @throws EspalierException when there are no training images, or an activation is not finite
   */
  static Map<String, Range> ranges(
      Graph graph,
      Collection<String> values,
      DataSet data,
      StaticInt8 method,
      Environment environment,
      Progress progress) {
    if (data.train().size() == 0) {
      throw EspalierException.program(
          "there are no images to calibrate on",
          "data set " + data.name(),
          "its training split is empty",
          "split the data with a training part");
    }
    int images = Math.min(method.images(), data.train().size());
    // A random sample: training data is often sorted by class.
    int[] order =
        Randomness.permutation(
            data.train().size(), Randomness.of(environment.seed(), "calibration"));
    Shapes shapes = Shapes.infer(graph, 1);
    long floats = data.width();
    for (String value : values) {
      floats += Tensor.count(shapes.of(value));
    }
    int batch = (int) Math.max(1, Math.min(Math.min(images, 64), BATCH_FLOATS / floats));
    String input = graph.inputs().get(0).name();

    Map<String, double[]> extremes = new LinkedHashMap<>();
    Map<String, Histogram> histograms = new HashMap<>();
    try (Runtime runtime = Runtime.of(Probes.in(graph, values, shapes), environment.threads())) {
      Pass pass = new Pass(runtime, data, order, images, batch, input, values, progress);
      pass.run(
          0,
          (value, numbers) -> {
            double[] e =
                extremes.computeIfAbsent(
                    value, v -> new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY});
            while (numbers.hasRemaining()) {
              float x = numbers.get();
              if (!Float.isFinite(x)) {
                throw EspalierException.run(
                    "an activation is not a finite number while calibrating",
                    "value " + value,
                    "it is " + x,
                    "the model is broken: train it anew, with a smaller learning rate");
              }
              e[0] = Math.min(e[0], x);
              e[1] = Math.max(e[1], x);
            }
          });
      if (method.coverage() < 1) {
        extremes.forEach((value, e) -> histograms.put(value, new Histogram(e[0], e[1])));
        pass.run(
            images,
            (value, numbers) -> {
              Histogram histogram = histograms.get(value);
              while (numbers.hasRemaining()) {
                histogram.add(numbers.get());
              }
            });
      }
    }
    Map<String, Range> ranges = new LinkedHashMap<>();
    extremes.forEach(
        (value, e) -> {
          if (method.coverage() >= 1) {
            ranges.put(value, new Range(e[0], e[1]));
          } else {
            // What is cut off is cut off at both ends, or at the only one that 0 leaves.
            boolean oneSided = e[0] >= 0 || e[1] <= 0;
            double part = oneSided ? method.coverage() : 1 - (1 - method.coverage()) / 2;
            Histogram h = histograms.get(value);
            ranges.put(
                value,
                new Range(
                    e[0] >= 0 ? e[0] : Math.max(e[0], h.below(part)),
                    e[1] <= 0 ? e[1] : Math.min(e[1], h.above(part))));
          }
        });
    return ranges;
  }

  /** One way over the images. */
  private record Pass(
      Runtime runtime,
      DataSet data,
      int[] order,
      int images,
      int batch,
      String input,
      Collection<String> values,
      Progress progress) {
    void run(int doneBefore, BiConsumer<String, FloatBuffer> each) {
      int width = data.width();
      boolean wantsInput = values.contains(input);
      for (int from = 0; from < images; from += batch) {
        progress.check();
        int count = Math.min(batch, images - from);
        float[] samples = new float[count * width];
        for (int i = 0; i < count; i++) {
          data.read(data.train(), order[from + i], samples, i * width);
        }
        if (wantsInput) {
          each.accept(input, FloatBuffer.wrap(samples));
        }
        runtime.outputs(
            samples,
            count,
            (name, numbers) -> {
              if (values.contains(name)) {
                each.accept(name, numbers);
              }
            });
        progress.on(
            new Progress.Event.Amount("calibrating", doneBefore + from + count, 2L * images));
      }
    }
  }
}
