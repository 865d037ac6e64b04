package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/** Rows of a matrix by number. */
public final class Rows {
  private Rows() {}

  /**
   * The rows {@code indices} [n], int64, of a matrix [rows, width] of any type, as [n, width] on
   * {@code manager}. PyTorch's embedding copies whole rows, several times faster than indexing.
   */
  public static NDArray of(NDArray matrix, NDArray indices, NDManager manager) {
    NDArray rows = JniUtils.embedding((PtNDArray) indices, (PtNDArray) matrix, false);
    rows.attach(manager);
    return rows;
  }
}
