package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;

/** Losses, each a mean over the batch. */
public final class Losses {
  private Losses() {}

  /** Cross-entropy −mean log softmax(logits)[label]; logits [batch, classes], labels [batch, 1]. */
  public static NDArray crossEntropy(NDArray logits, NDArray labels) {
    return logits.logSoftmax(1).gather(labels, 1).mean().neg();
  }

  /**
   * Cross-entropy of two classes from one logit z, that of class 1: mean of log(1 + exp z) − y·z;
   * logits and labels [batch, 1].
   */
  public static NDArray sigmoidCrossEntropy(NDArray logits, NDArray labels) {
    NDArray of = logits.mul(labels.toType(logits.getDataType(), false));
    return logits.getNDArrayInternal().softPlus().sub(of).mean();
  }

  /** Mean of the squared errors over samples and columns; both [batch, columns]. */
  public static NDArray meanSquared(NDArray outputs, NDArray targets) {
    NDArray error = outputs.sub(targets);
    return error.mul(error).mean();
  }
}
