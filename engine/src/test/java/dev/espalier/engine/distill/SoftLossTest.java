package dev.espalier.engine.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** Value and gradient against their formulas, in double precision. */
final class SoftLossTest {

  @Property(tries = 60)
  void valueAndGradientAreThoseOfTheFormula(
      @ForAll @IntRange(min = 1, max = 6) int batch,
      @ForAll @IntRange(min = 2, max = 7) int classes,
      @ForAll @DoubleRange(min = 0.5, max = 20) double t,
      @ForAll @DoubleRange(min = 0, max = 1) double alpha,
      @ForAll long seed) {
    Random random = new Random(seed);
    float[] z = floats(random, batch * classes);
    double[] p = softmax(floats(random, batch * classes), classes, t);
    int[] labels = random.ints(batch, 0, classes).toArray();
    double[] q = softmax(z, classes, t);
    double[] hard = softmax(z, classes, 1);
    double loss = 0;
    double[] gradient = new double[z.length];
    float[] targets = new float[z.length];
    for (int i = 0; i < z.length; i++) {
      boolean right = labels[i / classes] == i % classes;
      loss += alpha * t * t * p[i] * Math.log(p[i] / q[i]) / batch;
      loss -= right ? (1 - alpha) * Math.log(hard[i]) / batch : 0;
      gradient[i] = (alpha * t * (q[i] - p[i]) + (1 - alpha) * (hard[i] - (right ? 1 : 0))) / batch;
      targets[i] = (float) p[i];
    }
    float[] found = new float[z.length];
    int[] rows = IntStream.range(0, batch).toArray();
    double got =
        new SoftLoss(new SoftTargets(t, alpha), labels)
            .of(z, classes, rows, SoftLoss.targets(targets, classes, true), found);
    // Targets are kept as floats.
    assertEquals(loss, got, 1e-6 * t * t * (1 + Math.abs(loss)));
    for (int i = 0; i < found.length; i++) {
      assertEquals(gradient[i], found[i], 1e-6 * (1 + t), "element " + i);
    }
  }

  private static float[] floats(Random random, int count) {
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = random.nextFloat() * 10 - 5;
    }
    return out;
  }

  private static double[] softmax(float[] z, int classes, double t) {
    double[] out = new double[z.length];
    for (int row = 0; row < z.length; row += classes) {
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        out[row + c] = Math.exp(z[row + c] / t);
        sum += out[row + c];
      }
      for (int c = 0; c < classes; c++) {
        out[row + c] /= sum;
      }
    }
    return out;
  }
}
