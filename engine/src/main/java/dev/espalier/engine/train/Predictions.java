package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.graph.Graph;
import java.util.Arrays;
import java.util.stream.LongStream;

/** What a model says about a split, without training it. */
public final class Predictions {
  /** Samples a step: enough to keep the cores busy, few enough to stay in the caches. */
  private static final int BATCH = 256;

  private Predictions() {}

  /**
   * The logits of every sample, in the split's order.
   *
   * @return [samples][classes]
   * @throws EspalierException when the model does not take such samples
   */
  public static float[][] logits(Graph graph, DataSet data, Split split, Environment environment) {
    return NativeEngine.work(
        environment,
        "predict " + data.name(),
        manager -> {
          Network network = new Network(graph, manager);
          int classes = network.classes();
          float[] flat = logits(network, new Samples(data, split, manager), manager, Progress.NONE);
          float[][] rows = new float[split.size()][];
          for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * classes, (i + 1) * classes);
          }
          return rows;
        });
  }

  /** The logits of every sample, row after row. */
  public static float[] logits(
      Network network, Samples samples, NDManager manager, Progress progress) {
    int classes = network.classes();
    network.reads(samples.data(), samples.split());
    float[] out = new float[Math.multiplyExact(samples.size(), classes)];
    for (int from = 0; from < samples.size(); from += BATCH) {
      progress.check();
      int to = Math.min(samples.size(), from + BATCH);
      try (NDManager step = manager.newSubManager()) {
        NDArray indices = Upload.longs(step, LongStream.range(from, to).toArray(), to - from);
        float[] some = Upload.read(network.infer(samples.gather(indices, step).input(), step));
        System.arraycopy(some, 0, out, from * classes, some.length);
      }
    }
    return out;
  }

  /**
   * Mean cross-entropy and accuracy.
   *
   * @param loss NaN without samples
   * @param accuracy fraction; NaN without samples
   */
  public record Score(double loss, double accuracy) {}

  /** Scores logits [samples · classes] against the labels. */
  public static Score score(float[] logits, int classes, int[] labels) {
    if (labels.length == 0) {
      return new Score(Double.NaN, Double.NaN);
    }
    double loss = 0;
    int correct = 0;
    for (int i = 0; i < labels.length; i++) {
      int row = i * classes;
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = logits[row + c] > logits[row + best] ? c : best;
      }
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += Math.exp((double) logits[row + c] - logits[row + best]);
      }
      loss += Math.log(sum) + logits[row + best] - logits[row + labels[i]];
      correct += best == labels[i] ? 1 : 0;
    }
    return new Score(loss / labels.length, (double) correct / labels.length);
  }
}
