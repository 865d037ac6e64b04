package dev.espalier.engine.distill;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.operator.Scalar;
import dev.espalier.engine.train.Losses;
import java.nio.FloatBuffer;

/**
 * alpha·T²·KL(p ‖ softmax(z/T)) + (1 − alpha)·cross-entropy(z, y), means over the batch: Hinton,
 * Vinyals, Dean 2015, section 2. The factor T² keeps the size of the soft part's gradient when T
 * changes; that gradient is alpha·T·(softmax(z/T) − p) / batch.
 */
final class SoftLoss {
  private final SoftTargets soft;

  SoftLoss(SoftTargets soft) {
    this.soft = soft;
  }

  /**
   * The loss.
   *
   * @param logits z [batch, classes]
   * @param targets p [batch, classes]
   * @param entropy −Σ p log p of every row [batch, 1]
   * @param labels y [batch, 1]
   */
  NDArray of(NDArray logits, NDArray targets, NDArray entropy, NDArray labels) {
    double t = soft.temperature();
    double alpha = soft.alpha();
    if (alpha == 0) {
      return Losses.crossEntropy(logits, labels);
    }
    // KL(p ‖ q) = −Σ p log q − H(p).
    NDArray soften = t == 1 ? logits : Scalar.times(logits, 1 / t);
    NDArray rows =
        Scalar.times(
            soften.logSoftmax(1).mul(targets).sum(new int[] {1}, true).add(entropy),
            -alpha * t * t);
    if (alpha < 1) {
      rows = rows.add(Scalar.times(logits.logSoftmax(1).gather(labels, 1), alpha - 1));
    }
    return rows.mean();
  }

  /** −Σ p log p of every row, [batch, 1]. */
  NDArray entropy(NDArray targets) {
    return targets.mul(targets.maximum(Float.MIN_NORMAL).log()).sum(new int[] {1}, true).neg();
  }

  /** Adds {@code part}·softmax(logits/T), row by row, to {@code sum}. */
  static void addSoftmax(float[] logits, int classes, double t, double part, double[] sum) {
    for (int row = 0; row < logits.length; row += classes) {
      double top = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        top = Math.max(top, logits[row + c]);
      }
      double total = 0;
      for (int c = 0; c < classes; c++) {
        total += Math.exp((logits[row + c] - top) / t);
      }
      for (int c = 0; c < classes; c++) {
        sum[row + c] += part * Math.exp((logits[row + c] - top) / t) / total;
      }
    }
  }

  /** −Σ p log p of every row. */
  static double[] entropies(double[] probabilities, int classes) {
    double[] out = new double[probabilities.length / classes];
    for (int i = 0; i < probabilities.length; i++) {
      double p = probabilities[i];
      out[i / classes] -= p > 0 ? p * Math.log(p) : 0;
    }
    return out;
  }

  /** As float32 [rows, columns]. */
  static NDArray upload(double[] values, int columns, NDManager manager) {
    NDArray array = manager.create(new Shape(values.length / columns, columns), DataType.FLOAT32);
    FloatBuffer buffer = array.toByteBuffer(true).asFloatBuffer();
    for (double v : values) {
      buffer.put((float) v);
    }
    return array;
  }
}
