package dev.espalier.engine.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.espalier.engine.Environment;
import dev.espalier.engine.train.NativeEngine;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** Value and gradient against their formulas, all in double precision. */
final class SoftLossTest {

  @Property(tries = 60)
  void valueAndGradientAreThoseOfTheFormula(
      @ForAll @IntRange(min = 1, max = 6) int batch,
      @ForAll @IntRange(min = 2, max = 7) int classes,
      @ForAll @DoubleRange(min = 0.5, max = 20) double t,
      @ForAll @DoubleRange(min = 0, max = 1) double alpha,
      @ForAll long seed) {
    Random random = new Random(seed);
    double[] z = random.doubles((long) batch * classes, -5, 5).toArray();
    double[] teacher = random.doubles((long) batch * classes, -5, 5).toArray();
    long[] labels = random.longs(batch, 0, classes).toArray();
    double[] p = softmax(teacher, classes, t);
    double[] q = softmax(z, classes, t);
    double[] hard = softmax(z, classes, 1);
    double loss = 0;
    double[] gradient = new double[z.length];
    for (int i = 0; i < z.length; i++) {
      boolean right = labels[i / classes] == i % classes;
      loss += alpha * t * t * p[i] * Math.log(p[i] / q[i]) / batch;
      loss -= right ? (1 - alpha) * Math.log(hard[i]) / batch : 0;
      gradient[i] = (alpha * t * (q[i] - p[i]) + (1 - alpha) * (hard[i] - (right ? 1 : 0))) / batch;
    }
    double wanted = loss;
    NativeEngine.work(
        new Environment(1, 1, "cpu", true),
        "test",
        m -> {
          SoftLoss soft = new SoftLoss(new SoftTargets(t, alpha));
          NDArray logits = m.create(z, new Shape(batch, classes));
          NDArray targets = m.create(p, new Shape(batch, classes));
          NDArray entropy = soft.entropy(targets);
          NDArray classesOf = m.create(labels, new Shape(batch, 1));
          JniUtils.setGradMode(true);
          logits.setRequiresGradient(true);
          NDArray got = soft.of(logits, targets, entropy, classesOf);
          JniUtils.backward((PtNDArray) got, (PtNDArray) m.create(1.0), false, false);
          JniUtils.setGradMode(false);
          assertEquals(wanted, got.toDoubleArray()[0], 1e-9 * (1 + Math.abs(wanted)));
          double[] found = logits.getGradient().toDoubleArray();
          for (int i = 0; i < found.length; i++) {
            assertEquals(gradient[i], found[i], 1e-9 * (1 + t), "element " + i);
          }
          return null;
        });
  }

  private static double[] softmax(double[] z, int classes, double t) {
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
