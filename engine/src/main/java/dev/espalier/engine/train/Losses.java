package dev.espalier.engine.train;

/**
 * Losses of one sample and their gradients, in double precision. A gradient is added to, times a
 * share: 1 / batch where the loss is a mean over the batch. Where none is wanted it is null.
 *
 * <p>Outputs are few next to a network's other numbers, so that one pass over them here costs less
 * than the dozen small native steps, each with its own start and its own memory, that the same
 * takes there.
 */
public final class Losses {
  private Losses() {}

  /**
   * Cross-entropy −log softmax(z)[label]; its gradient is softmax(z) − onehot(label).
   *
   * @param logits z is the row of {@code classes} from {@code row}
   * @param scratch room for {@code classes} numbers
   */
  public static double crossEntropy(
      float[] logits,
      int row,
      int classes,
      int label,
      double share,
      double[] scratch,
      float[] gradient) {
    double top = top(logits, row, classes);
    double sum = exponentials(logits, row, classes, top, 1, scratch);
    if (gradient != null) {
      double factor = share / sum;
      for (int c = 0; c < classes; c++) {
        gradient[row + c] += (float) (factor * scratch[c]);
      }
      gradient[row + label] -= (float) share;
    }
    return Math.log(sum) + top - logits[row + label];
  }

  /**
   * KL(p ‖ softmax(z/T)) + H(p), which is −Σ p log softmax(z/T); its gradient is (softmax(z/T) − p)
   * / T.
   *
   * @param targets p begins at {@code target}
   */
  public static double softCrossEntropy(
      float[] logits,
      int row,
      int classes,
      float[] targets,
      int target,
      double t,
      double share,
      double[] scratch,
      float[] gradient) {
    double top = top(logits, row, classes);
    double sum = exponentials(logits, row, classes, top, t, scratch);
    double factor = share / t / sum;
    double back = share / t;
    double total = 0;
    double dot = 0;
    for (int c = 0; c < classes; c++) {
      double p = targets[target + c];
      total += p;
      dot += p * (logits[row + c] - top);
      gradient[row + c] += (float) (factor * scratch[c] - back * p);
    }
    return total * Math.log(sum) - dot / t;
  }

  /** −Σ p log p of a row. */
  public static double entropy(float[] probabilities, int row, int classes) {
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      double p = probabilities[row + c];
      sum -= p > 0 ? p * Math.log(p) : 0;
    }
    return sum;
  }

  /** The softmax of a row at temperature {@code t}, times {@code part}, added to {@code sum}. */
  public static void addSoftmax(
      float[] logits, int row, int classes, double t, double part, double[] scratch, float[] sum) {
    double total = exponentials(logits, row, classes, top(logits, row, classes), t, scratch);
    for (int c = 0; c < classes; c++) {
      sum[row + c] += (float) (part * scratch[c] / total);
    }
  }

  /**
   * Cross-entropy of two classes from one logit z, that of class 1: log(1 + exp z) − y·z; its
   * gradient is 1 / (1 + exp −z) − y.
   */
  static double sigmoidCrossEntropy(
      float[] logits, int row, int label, double share, float[] gradient) {
    double z = label == 1 ? logits[row] : -(double) logits[row];
    if (gradient != null) {
      double wrong = 1 / (1 + Math.exp(z));
      gradient[row] += (float) (share * (label == 1 ? -wrong : wrong));
    }
    // log(1 + exp −z), without overflow.
    return Math.max(0, -z) + Math.log1p(Math.exp(-Math.abs(z)));
  }

  /** The squared error of a row, summed over its columns. */
  static double squared(
      float[] outputs,
      int row,
      int columns,
      float[] targets,
      int target,
      double share,
      float[] gradient) {
    double sum = 0;
    for (int k = 0; k < columns; k++) {
      double error = (double) outputs[row + k] - targets[target + k];
      sum += error * error;
      if (gradient != null) {
        gradient[row + k] += (float) (2 * share * error);
      }
    }
    return sum;
  }

  private static double top(float[] logits, int row, int classes) {
    float top = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      top = Math.max(top, logits[row + c]);
    }
    return top;
  }

  /** exp((z − top) / t) into {@code out}, and their sum. */
  private static double exponentials(
      float[] logits, int row, int classes, double top, double t, double[] out) {
    double sharp = 1 / t;
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      out[c] = Math.exp((logits[row + c] - top) * sharp);
      sum += out[c];
    }
    return sum;
  }
}
