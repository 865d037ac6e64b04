package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;

/** What training makes small. */
@FunctionalInterface
public interface Objective {
  /**
   * The mean loss of a batch.
   *
   * @param logits [batch, classes]
   * @return a scalar, differentiable with respect to {@code logits}
   */
  NDArray loss(NDArray logits, Batch batch);
}
