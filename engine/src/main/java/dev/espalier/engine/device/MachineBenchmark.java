package dev.espalier.engine.device;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.espalier.engine.EngineVersion;
import dev.espalier.engine.Environment;
import dev.espalier.engine.Hardware;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Sha256;
import dev.espalier.engine.StandardPlace;
import dev.espalier.engine.WholeFile;
import dev.espalier.engine.architecture.GraphBuilder;
import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.quantize.Quantizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;

/**
 * Measures how fast this machine runs each kind of layer in ONNX Runtime with one thread.
 *
 * <p>Each kind is timed as a short and as a long chain of equal layers; what the long one takes
 * more is the layers' own time, free of what a run costs and of the change from floats to integers
 * and back. It takes some seconds, and is kept in the store by what the machine is.
 */
final class MachineBenchmark {
  /** The machine's rates; see {@link Rates}. */
  record Result(Rates floats, Rates integers) {}

  private static final Gson JSON = new Gson();
  private static final Duration BUDGET = Duration.ofMillis(80);
  private static final int SHORT = 2;
  private static final int LONG = 6;
  private static final int SAMPLES = 8;

  /** Side and channels of images: activations of some 100 KB, as within networks. */
  private static final int SIDE = 28;

  private static final int CHANNELS = 64;
  private static final int WIDTH = 1024;
  private static final int TINY = 8;

  private static Result known;

  private MachineBenchmark() {}

  /** This machine's rates, measured at most once. */
  static synchronized Result here() {
    if (known == null) {
      known = kept(StandardPlace.store().resolve("machines"));
    }
    return known;
  }

  /** The rates kept in {@code folder}, else measured and kept there. */
  static Result kept(Path folder) {
    Path file = folder.resolve(fingerprint() + ".json");
    if (Files.isRegularFile(file)) {
      try {
        Result result = JSON.fromJson(Files.readString(file, StandardCharsets.UTF_8), Result.class);
        if (result != null && isSound(result.floats()) && isSound(result.integers())) {
          return result;
        }
      } catch (IOException | JsonParseException e) {
        // Measured again below, which mends it.
      }
    }
    Result result = new Result(rates(false), rates(true));
    WholeFile.write(file, JSON.toJson(result).getBytes(StandardCharsets.UTF_8));
    return result;
  }

  private static boolean isSound(Rates rates) {
    return rates != null
        && DoubleStream.of(
                rates.convolution3x3(),
                rates.convolution(),
                rates.depthwise(),
                rates.dense(),
                rates.weight3x3(),
                rates.denseWeight(),
                rates.element(),
                rates.overhead(),
                rates.start())
            .allMatch(r -> r >= 0 && r < 1);
  }

  /** What the speed depends on, as a name for a file. */
  private static String fingerprint() {
    return Sha256.of(
            String.join(
                    "\n",
                    Hardware.processor().orElse("unknown"),
                    Integer.toString(java.lang.Runtime.getRuntime().availableProcessors()),
                    System.getProperty("os.arch"),
                    Runtime.version(),
                    EngineVersion.CURRENT)
                .getBytes(StandardCharsets.UTF_8))
        .substring(0, 16);
  }

  /** One more layer on a chain. */
  private interface Link {
    Flow after(GraphBuilder g, String name, Flow x);
  }

  private static Rates rates(boolean integers) {
    long[] image = {CHANNELS, SIDE, SIDE};
    double pixels = (double) CHANNELS * SIDE * SIDE;
    double bytes = integers ? 1 : 4;
    Chain tiny = new Chain(new long[] {TINY}, (g, name, x) -> dense(g, name, x, TINY));
    double overhead = tiny.perLayer(integers);
    double start = Math.max(0, tiny.seconds(SHORT, integers) - (SHORT + 1) * overhead);
    double addition = new Chain(image, (g, name, x) -> g.add(name, x, x)).perLayer(integers);
    double element = Math.max(0, addition - overhead) / (3 * pixels);
    double moved = overhead + 2 * pixels * element;
    double three = new Chain(image, (g, name, x) -> conv(g, name, x, 3, 1)).perLayer(integers);
    double one = new Chain(image, (g, name, x) -> conv(g, name, x, 1, 1)).perLayer(integers);
    double depth =
        new Chain(image, (g, name, x) -> conv(g, name, x, 3, CHANNELS)).perLayer(integers);
    double matrix =
        new Chain(new long[] {WIDTH}, (g, name, x) -> dense(g, name, x, WIDTH)).perLayer(integers);
    return new Rates(
        Math.max(0, three - moved) / (pixels * 9 * CHANNELS),
        Math.max(0, one - moved) / (pixels * CHANNELS),
        Math.max(0, depth - moved) / (pixels * 9),
        0,
        0,
        Math.max(0, matrix - overhead - 2 * WIDTH * element) / (bytes * WIDTH * WIDTH),
        element,
        overhead,
        start);
  }

  private static Flow dense(GraphBuilder g, String name, Flow x, long units) {
    return g.relu(name + "-relu", g.dense(name, x, units));
  }

  private static Flow conv(GraphBuilder g, String name, Flow x, int kernel, int groups) {
    return g.relu(name + "-relu", g.conv(name, x, CHANNELS, kernel, 1, kernel / 2, groups, true));
  }

  /** Equal layers one after another. */
  private record Chain(long[] input, Link link) {
    /** Seconds that one more layer takes. */
    double perLayer(boolean integers) {
      double difference = seconds(LONG, integers) - seconds(SHORT, integers);
      return Math.max(0, difference) / (LONG - SHORT);
    }

    /** Seconds of a run of the chain, the median. */
    double seconds(int length, boolean integers) {
      Graph graph = graph(length);
      SplittableRandom random = new SplittableRandom(1);
      int width = (int) Arrays.stream(input).reduce(1, (a, b) -> a * b);
      if (integers) {
        graph =
            Quantizer.quantize(
                graph,
                samples(width, random),
                QuantizeSpec.int8(),
                Environment.standard(),
                Progress.NONE);
      }
      float[] sample = values(width, 1, random);
      try (Runtime runtime = Runtime.of(graph, 1)) {
        return runtime.latency(sample, 1, BUDGET, Progress.NONE).median();
      }
    }

    private Graph graph(int length) {
      GraphBuilder g = new GraphBuilder("chain", GraphBuilder.Kernels.HE_NORMAL, input);
      Flow x = g.input();
      for (int i = 0; i < length; i++) {
        x = link.after(g, "layer" + i, x);
      }
      Flow flat = x.isImage() ? g.flatten("flatten", g.globalPool("pool", x)) : x;
      Graph blueprint = g.build(g.dense("answer", flat, 2), 2);
      SplittableRandom random = new SplittableRandom(2);
      Map<String, Tensor> drawn = new LinkedHashMap<>();
      for (Map.Entry<String, Weight> weight : blueprint.weights().entrySet()) {
        if (weight.getValue() instanceof Weight.Rule rule) {
          long[] shape = rule.shape();
          int count = Math.toIntExact(Tensor.count(shape));
          // Sums of products keep their size from layer to layer.
          double spread = Math.sqrt(2.0 * shape[0] / Math.max(1, count));
          drawn.put(weight.getKey(), Tensor.ofFloats(shape, values(count, spread, random)));
        }
      }
      return blueprint.withWeights(drawn);
    }

    private DataSet samples(int width, SplittableRandom random) {
      Split some = Split.ofValues(width, values(SAMPLES * width, 1, random), new int[SAMPLES]);
      return new DataSet(
          "noise",
          input,
          List.of("0", "1"),
          some,
          some,
          some,
          new float[] {1},
          new float[] {0},
          List.of(),
          "noise");
    }

    private static float[] values(int count, double spread, SplittableRandom random) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) (spread * (2 * random.nextDouble() - 1));
      }
      return values;
    }
  }
}
