package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;

/** Losses of classification, each a mean over the batch. */
public final class Losses {
  private Losses() {}

  /** Cross-entropy −mean log softmax(logits)[label]; logits [batch, classes], labels [batch, 1]. */
  public static NDArray crossEntropy(NDArray logits, NDArray labels) {
    return logits.logSoftmax(1).gather(labels, 1).mean().neg();
  }
}
