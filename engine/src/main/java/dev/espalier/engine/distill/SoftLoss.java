package dev.espalier.engine.distill;

import dev.espalier.engine.train.Losses;

/**
 * alpha·T²·KL(p ‖ softmax(z/T)) + (1 − alpha)·cross-entropy(z, y), means over the batch: Hinton,
 * Vinyals, Dean 2015, section 2. The factor T² keeps the size of the soft part's gradient when T
 * changes; that gradient is alpha·T·(softmax(z/T) − p) / batch.
 */
final class SoftLoss {
  private final SoftTargets soft;
  private final int[] labels;

  /**
   * The loss.
   *
   * @param labels y of every sample of the split
   */
  SoftLoss(SoftTargets soft, int... labels) {
    this.soft = soft;
    this.labels = labels;
  }

  /**
   * What teachers said.
   *
   * @param probabilities p [samples, classes]
   * @param entropies −Σ p log p of every sample
   * @param whole whether the samples are those of the split, else those of the batch
   */
  record Targets(float[] probabilities, double[] entropies, boolean whole) {}

  /** The targets with their entropies. */
  static Targets targets(float[] probabilities, int classes, boolean whole) {
    double[] entropies = new double[probabilities.length / classes];
    for (int i = 0; i < entropies.length; i++) {
      entropies[i] = Losses.entropy(probabilities, i * classes, classes);
    }
    return new Targets(probabilities, entropies, whole);
  }

  /**
   * The mean over the batch; adds its gradient.
   *
   * @param logits z [batch, classes]
   * @param rows which samples of the split these are
   */
  double of(float[] logits, int classes, int[] rows, Targets targets, float[] gradient) {
    double t = soft.temperature();
    double alpha = soft.alpha();
    double weight = alpha * t * t;
    float[] p = targets.probabilities();
    double[] scratch = new double[classes];
    double taught = 0;
    double told = 0;
    for (int i = 0; i < rows.length; i++) {
      int row = i * classes;
      if (alpha > 0) {
        int sample = targets.whole() ? rows[i] : i;
        double share = weight / rows.length;
        int target = sample * classes;
        taught +=
            Losses.softCrossEntropy(logits, row, classes, p, target, t, share, scratch, gradient)
                - targets.entropies()[sample];
      }
      if (alpha < 1) {
        double share = (1 - alpha) / rows.length;
        told +=
            Losses.crossEntropy(logits, row, classes, labels[rows[i]], share, scratch, gradient);
      }
    }
    return (weight * taught + (1 - alpha) * told) / rows.length;
  }

  /** Adds {@code part}·softmax(logits/T), row by row, to {@code sum}. */
  void addTargets(float[] logits, int classes, double part, float[] sum) {
    double[] scratch = new double[classes];
    for (int row = 0; row < logits.length; row += classes) {
      Losses.addSoftmax(logits, row, classes, soft.temperature(), part, scratch, sum);
    }
  }
}
