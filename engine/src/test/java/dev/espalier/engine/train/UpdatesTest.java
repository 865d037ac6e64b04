package dev.espalier.engine.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.Environment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the rules in PyTorch's documentation of SGD, Adam and AdamW, in double precision. */
final class UpdatesTest {
  private static final int SIZE = 7;

  static List<Optimizer> optimizers() {
    return List.of(
        new Optimizer.Sgd(0.1, 0),
        new Optimizer.Sgd(0.1, 0.9),
        new Optimizer.Adam(0.01, 0.9, 0.999, 1e-8),
        // An epsilon as large as the gradients shows whether it is added where PyTorch adds it.
        new Optimizer.Adam(0.01, 0.8, 0.95, 0.1),
        new Optimizer.AdamW(0.01, 0.9, 0.999, 1e-3));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void followsTheRuleWhileTheLearningRateChanges(Optimizer optimizer) {
    for (double decay : new double[] {0, 0.02}) {
      for (boolean kernel : new boolean[] {true, false}) {
        compare(optimizer, decay, kernel, false);
        compare(optimizer, decay, kernel, true);
      }
    }
  }

  private static void compare(Optimizer optimizer, double decay, boolean kernel, boolean pruned) {
    Random random = new Random(3);
    double[] w = random.doubles(SIZE, -1, 1).toArray();
    double[] m = new double[SIZE];
    double[] v = new double[SIZE];
    float[] mask = pruned ? new float[SIZE] : null;
    if (pruned) {
      Arrays.fill(mask, 1);
      mask[2] = 0;
      w[2] = 0;
    }
    float[] start = floats(w);
    NativeEngine.work(
        new Environment(1, 1, "cpu", true),
        "test",
        manager -> {
          NDArray array = manager.create(start, new Shape(SIZE));
          List<Network.Parameter> parameters =
              List.of(new Network.Parameter("w", array, kernel, 0));
          Updates updates =
              new Updates(optimizer, decay, parameters, new float[][] {mask}, 1, manager);
          for (int t = 1; t <= 30; t++) {
            double rate = optimizer.lr() * (1 + Math.sin(t)) / 2;
            double[] g = random.doubles(SIZE, -0.1, 0.1).toArray();
            reference(optimizer, rate, kernel ? decay : 0, t, w, g, m, v);
            if (pruned) {
              w[2] = 0;
            }
            updates.step(rate, new NDArray[] {manager.create(floats(g))});
          }
          float[] got = array.toFloatArray();
          for (int i = 0; i < SIZE; i++) {
            // 30 steps of float32 rounding.
            assertEquals(w[i], got[i], 3e-6, optimizer + " decay " + decay + " element " + i);
          }
          return null;
        });
  }

  private static void reference(
      Optimizer optimizer,
      double lr,
      double decay,
      int t,
      double[] w,
      double[] g,
      double[] m,
      double[] v) {
    for (int i = 0; i < w.length; i++) {
      if (optimizer instanceof Optimizer.Sgd sgd) {
        m[i] = sgd.momentum() * m[i] + g[i] + decay * w[i];
        w[i] -= lr * m[i];
        continue;
      }
      boolean decoupled = optimizer instanceof Optimizer.AdamW;
      double beta1 =
          optimizer instanceof Optimizer.Adam a ? a.beta1() : ((Optimizer.AdamW) optimizer).beta1();
      double beta2 =
          optimizer instanceof Optimizer.Adam a ? a.beta2() : ((Optimizer.AdamW) optimizer).beta2();
      double epsilon =
          optimizer instanceof Optimizer.Adam a
              ? a.epsilon()
              : ((Optimizer.AdamW) optimizer).epsilon();
      double gradient = g[i] + (decoupled ? 0 : decay * w[i]);
      w[i] -= decoupled ? lr * decay * w[i] : 0;
      m[i] = beta1 * m[i] + (1 - beta1) * gradient;
      v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
      double mean = m[i] / (1 - Math.pow(beta1, t));
      double square = v[i] / (1 - Math.pow(beta2, t));
      w[i] -= lr * mean / (Math.sqrt(square) + epsilon);
    }
  }

  private static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }
}
