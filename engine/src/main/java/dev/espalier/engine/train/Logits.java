package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;

/** What answers samples with logits: a graph, or a program of another framework. */
public interface Logits {
  /** The numbers it gives for a sample. */
  int outputs();

  /**
   * The logits, as the deployed model has them, recording nothing for gradients.
   *
   * @param x samples, [batch, …]
   * @param step owns the result, [batch, outputs]
   */
  NDArray infer(NDArray x, NDManager step);

  /**
   * Looks through samples before they are given to {@link #infer}.
   *
   * @throws EspalierException naming the first sample that cannot be read
   */
  void reads(DataSet data, Split split);
}
