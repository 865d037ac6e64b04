package dev.espalier.engine.train;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.Environment;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.onnx.OnnxFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * How long the forward pass of a model takes here and in ONNX Runtime, by turns.
 *
 * <pre>
 * mvn -q -pl engine -am test-compile
 * mvn -q -pl engine dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp engine/target/classes:engine/target/test-classes:$(cat engine/target/classpath) \
 *   dev.espalier.engine.train.ForwardBenchmark FILE.onnx 32 2
 * </pre>
 *
 * <p>Arguments: a file, the batch, the threads of both. Medians of 15 passes each after 3 that warm
 * up; both read one input in memory and give the logits to Java.
 */
public final class ForwardBenchmark {
  private static final int WARM = 3;
  private static final int TIMED = 15;
  private static final long REST = 200;

  private ForwardBenchmark() {}

  /** See the class. */
  public static void main(String[] arguments) {
    Graph graph = OnnxFile.read(Path.of(arguments[0]));
    int batch = Integer.parseInt(arguments[1]);
    int threads = Integer.parseInt(arguments[2]);
    long[] shape = graph.inputs().get(0).shape(batch);
    float[] x = new float[(int) Tensor.count(shape)];
    Random random = new Random(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    double[] here = new double[TIMED];
    double[] there = new double[TIMED];
    NativeEngine.work(
        new Environment(1, threads, "cpu", true),
        "benchmark",
        manager -> {
          Network network = new Network(graph, manager);
          try (Runtime runtime = Runtime.of(graph, threads)) {
            for (int i = -WARM; i < TIMED; i++) {
              double ours = seconds(() -> infer(network, x, shape, manager));
              double theirs = seconds(() -> runtime.run(x, batch));
              if (i >= 0) {
                here[i] = ours;
                there[i] = theirs;
              }
            }
          }
          return null;
        });
    Arrays.sort(here);
    Arrays.sort(there);
    System.out.printf(
        Locale.ROOT,
        "batch %d, %d threads: engine %.1f ms, ONNX Runtime %.1f ms, ratio %.2f%n",
        batch,
        threads,
        here[TIMED / 2] * 1e3,
        there[TIMED / 2] * 1e3,
        here[TIMED / 2] / there[TIMED / 2]);
  }

  private static void infer(Network network, float[] x, long[] shape, NDManager manager) {
    try (NDManager step = manager.newSubManager()) {
      network.infer(step.create(x, new Shape(shape)), step).toFloatArray();
    }
  }

  private static double seconds(Runnable work) {
    try {
      // Both keep their threads spinning for a while after a pass: not in the other's time.
      Thread.sleep(REST);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    long began = System.nanoTime();
    work.run();
    return (System.nanoTime() - began) / 1e9;
  }
}
