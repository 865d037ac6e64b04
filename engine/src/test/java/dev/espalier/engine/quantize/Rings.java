package dev.espalier.engine.quantize;

import dev.espalier.engine.Randomness;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.onnx.Networks;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Ten overlapping classes in 16 dimensions and a network trained on them by plain descent. */
final class Rings {
  private static final int IN = 16;
  private static final int HIDDEN = 48;
  private static final int OUT = 10;

  private Rings() {}

  static DataSet data(int train, int test) {
    float[][] centres = new float[OUT][IN];
    SplittableRandom random = Randomness.of(1, "centres");
    for (float[] c : centres) {
      for (int i = 0; i < IN; i++) {
        c[i] = (float) (2 * random.nextDouble() - 1);
      }
    }
    return new DataSet(
        "rings",
        new long[] {IN},
        IntStream.range(0, OUT).mapToObj(Integer::toString).toList(),
        split("train", train, centres),
        split("validation", 0, centres),
        split("test", test, centres),
        new float[] {1},
        new float[] {0},
        List.of(),
        "rings");
  }

  private static Split split(String name, int size, float[][] centres) {
    SplittableRandom random = Randomness.of(2, name);
    float[] values = new float[size * IN];
    int[] labels = new int[size];
    for (int s = 0; s < size; s++) {
      labels[s] = random.nextInt(OUT);
      for (int i = 0; i < IN; i++) {
        double noise = random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5;
        values[s * IN + i] = (float) (centres[labels[s]][i] + 1.4 * noise);
      }
    }
    return Split.ofValues(IN, values, labels);
  }

  /** Stochastic gradient descent on the cross-entropy of a network with one hidden layer. */
  static Graph trained(DataSet data) {
    Graph graph = Networks.mlp(5, IN, HIDDEN, OUT);
    float[] w1 = graph.tensor("fc1.weight").floats().clone();
    float[] b1 = graph.tensor("fc1.bias").floats().clone();
    float[] w2 = graph.tensor("fc2.weight").floats().clone();
    float[] b2 = graph.tensor("fc2.bias").floats().clone();
    float[] x = new float[IN];
    double[] h = new double[HIDDEN];
    double[] p = new double[OUT];
    for (int epoch = 0; epoch < 10; epoch++) {
      double rate = 0.02 / (1 + epoch);
      for (int s = 0; s < data.train().size(); s++) {
        data.read(data.train(), s, x, 0);
        for (int j = 0; j < HIDDEN; j++) {
          h[j] = b1[j];
          for (int i = 0; i < IN; i++) {
            h[j] += w1[j * IN + i] * x[i];
          }
          h[j] = Math.max(0, h[j]);
        }
        double sum = 0;
        for (int k = 0; k < OUT; k++) {
          double logit = b2[k];
          for (int j = 0; j < HIDDEN; j++) {
            logit += w2[k * HIDDEN + j] * h[j];
          }
          p[k] = Math.exp(logit);
          sum += p[k];
        }
        for (int k = 0; k < OUT; k++) {
          p[k] = p[k] / sum - (data.train().labels()[s] == k ? 1 : 0);
        }
        for (int j = 0; j < HIDDEN; j++) {
          double back = 0;
          for (int k = 0; k < OUT; k++) {
            back += p[k] * w2[k * HIDDEN + j];
            w2[k * HIDDEN + j] -= (float) (rate * p[k] * h[j]);
          }
          if (h[j] > 0) {
            for (int i = 0; i < IN; i++) {
              w1[j * IN + i] -= (float) (rate * back * x[i]);
            }
            b1[j] -= (float) (rate * back);
          }
        }
        for (int k = 0; k < OUT; k++) {
          b2[k] -= (float) (rate * p[k]);
        }
      }
    }
    return graph.withWeights(
        Map.of(
            "fc1.weight", Tensor.ofFloats(new long[] {HIDDEN, IN}, w1),
            "fc1.bias", Tensor.ofFloats(new long[] {HIDDEN}, b1),
            "fc2.weight", Tensor.ofFloats(new long[] {OUT, HIDDEN}, w2),
            "fc2.bias", Tensor.ofFloats(new long[] {OUT}, b2)));
  }
}
