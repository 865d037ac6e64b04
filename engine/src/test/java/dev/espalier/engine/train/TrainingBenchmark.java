package dev.espalier.engine.train;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.distill.Distiller;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.graph.Graph;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * How many images a second training takes; {@code src/test/python/training_benchmark.py} measures
 * the same in PyTorch, and {@code src/test/python/compare_training.py} alternates the two.
 *
 * <pre>
 * mvn -q -pl engine -am test-compile
 * mvn -q -pl engine dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp engine/target/classes:engine/target/test-classes:$(cat engine/target/classpath) \
 *   dev.espalier.engine.train.TrainingBenchmark lenet-5 adam 1
 * </pre>
 *
 * Arguments: {@code mlp}, {@code lenet-5} or {@code resnet20}; {@code sgd} or {@code adam};
 * threads; {@code distill} to measure a distilled epoch by a plain one instead, in seven pairs.
 * Batches of 128; the median of five epochs after two that warm up.
 */
public final class TrainingBenchmark {
  private static final int WARM = 2;
  private static final int TIMED = 5;
  private static final int PAIRS = 7;

  private TrainingBenchmark() {}

  /** See the class. */
  public static void main(String[] arguments) {
    String model = arguments[0];
    Optimizer optimizer =
        arguments[1].equals("sgd")
            ? new Optimizer.Sgd(0.01, 0.9)
            : new Optimizer.Adam(0.001, 0.9, 0.999, 1e-8);
    Environment environment = new Environment(1, Integer.parseInt(arguments[2]), "cpu", true);
    boolean color = model.equals("resnet20");
    long[] shape = color ? new long[] {3, 32, 32} : new long[] {1, 28, 28};
    Architecture architecture =
        switch (model) {
          case "mlp" -> new Mlp(List.of(1200, 1200));
          case "small" -> new Mlp(List.of(300, 100));
          case "tiny" -> new Mlp(List.of(30));
          case "lenet-5" -> new Lenet5();
          case "resnet20" -> new Resnet20();
          default -> throw new IllegalArgumentException(model);
        };
    int images = color ? 1280 : model.equals("mlp") || model.equals("lenet-5") ? 12800 : 51200;
    DataSet data = data(shape, images);
    Graph blueprint = architecture.build(shape, 10);
    TrainSettings settings = TrainSettings.epochs(WARM + TIMED).withOptimizer(optimizer);
    Trained plain = Trainer.train(blueprint, data, settings, environment, "train", Progress.NONE);
    if (arguments.length > 3) {
      Graph teacher = Initialization.initialize(new Lenet5().build(shape, 10), 1);
      double[] ratios = new double[PAIRS];
      for (int pair = 0; pair < PAIRS; pair++) {
        Trained taught =
            Distiller.distill(
                List.of(teacher),
                blueprint,
                data,
                new SoftTargets(4, 0.9),
                settings,
                environment,
                Progress.NONE);
        plain = Trainer.train(blueprint, data, settings, environment, "train", Progress.NONE);
        ratios[pair] = seconds(taught) / seconds(plain);
      }
      Arrays.sort(ratios);
      System.out.printf(
          Locale.ROOT,
          "%s %s %s distilled epoch / plain epoch: median %.3f of %s%n",
          model,
          arguments[1],
          arguments[2],
          ratios[PAIRS / 2],
          Arrays.toString(ratios));
      return;
    }
    System.out.printf(
        Locale.ROOT, "%s %s %s %.1f%n", model, arguments[1], arguments[2], images / seconds(plain));
  }

  /** Seconds of the median timed epoch. */
  private static double seconds(Trained trained) {
    double[] all = trained.history().stream().skip(WARM).mapToDouble(e -> e.seconds()).toArray();
    Arrays.sort(all);
    return all[all.length / 2];
  }

  private static DataSet data(long[] shape, int images) {
    int width = (int) (shape[0] * shape[1] * shape[2]);
    Random random = new Random(1);
    byte[] pixels = new byte[images * width];
    random.nextBytes(pixels);
    int[] labels = random.ints(images, 0, 10).toArray();
    Split none = Split.ofPixels(width, new byte[0], new int[0]);
    return new DataSet(
        "noise",
        shape,
        List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
        Split.ofPixels(width, pixels, labels),
        none,
        none,
        new float[] {1 / 255f},
        new float[] {-0.5f},
        List.of(),
        "noise");
  }
}
