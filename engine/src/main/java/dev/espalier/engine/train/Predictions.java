package dev.espalier.engine.train;

import ai.djl.ndarray.NDManager;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.graph.Graph;
import java.util.Arrays;
import java.util.stream.IntStream;

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
          int outputs = network.outputs();
          float[] flat = logits(network, new Samples(data, split, manager), manager, Progress.NONE);
          float[][] rows = new float[split.size()][];
          for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * outputs, (i + 1) * outputs);
          }
          return rows;
        });
  }

  /** The logits of every sample, row after row. */
  public static float[] logits(
      Logits network, Samples samples, NDManager manager, Progress progress) {
    int outputs = network.outputs();
    network.reads(samples.data(), samples.split());
    float[] out = new float[Math.multiplyExact(samples.size(), outputs)];
    for (int from = 0; from < samples.size(); from += BATCH) {
      progress.check();
      int to = Math.min(samples.size(), from + BATCH);
      try (NDManager step = manager.newSubManager()) {
        int[] rows = IntStream.range(from, to).toArray();
        float[] some = logits(network, samples.gather(rows, step));
        System.arraycopy(some, 0, out, from * outputs, some.length);
      }
    }
    return out;
  }

  /** The logits of a batch, row after row. */
  public static float[] logits(Logits network, Batch batch) {
    return Upload.read(network.infer(batch.input(), batch.manager()));
  }

  /**
   * The mean loss, and the accuracy of a classification.
   *
   * @param loss NaN without samples
   * @param accuracy fraction; NaN without samples or classes
   */
  public record Score(double loss, double accuracy) {}

  /**
   * Scores what a model gives for a split.
   *
   * @param outputs [samples · columns]
   */
  static Score score(float[] outputs, int columns, Task task, DataSet data, Split split) {
    if (split.size() == 0) {
      return new Score(Double.NaN, Double.NaN);
    }
    if (task instanceof Task.Classification) {
      return columns == 1
          ? score(outputs, split.labels())
          : score(outputs, columns, split.labels());
    }
    double sum = 0;
    float[] wanted = new float[columns];
    for (int i = 0; i < split.size(); i++) {
      if (task instanceof Task.Reconstruction) {
        data.read(split, i, wanted, 0);
      } else {
        System.arraycopy(split.targets(), i * columns, wanted, 0, columns);
      }
      sum += Losses.squared(outputs, i * columns, columns, wanted, 0, 1, null);
    }
    return new Score(sum / ((double) split.size() * columns), Double.NaN);
  }

  /** Scores one logit a sample, that of class 1 of two. */
  private static Score score(float[] logits, int... labels) {
    double loss = 0;
    int correct = 0;
    for (int i = 0; i < labels.length; i++) {
      loss += Losses.sigmoidCrossEntropy(logits, i, labels[i], 1, null);
      correct += logits[i] > 0 == (labels[i] == 1) ? 1 : 0;
    }
    return new Score(loss / labels.length, (double) correct / labels.length);
  }

  /** Scores logits [samples · classes] against the labels. */
  public static Score score(float[] logits, int classes, int[] labels) {
    if (labels.length == 0) {
      return new Score(Double.NaN, Double.NaN);
    }
    double loss = 0;
    int correct = 0;
    double[] scratch = new double[classes];
    for (int i = 0; i < labels.length; i++) {
      int row = i * classes;
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = logits[row + c] > logits[row + best] ? c : best;
      }
      loss += Losses.crossEntropy(logits, row, classes, labels[i], 1, scratch, null);
      correct += best == labels[i] ? 1 : 0;
    }
    return new Score(loss / labels.length, (double) correct / labels.length);
  }
}
