package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Some samples on their way through a network.
 *
 * @param input network inputs [batch, …], scaled
 * @param answers classes [batch, 1], int64, or targets [batch, targets], float32
 * @param indices which samples of the split these are [batch], int64
 * @param manager owns the three and whatever this step makes
 */
public record Batch(NDArray input, NDArray answers, NDArray indices, NDManager manager) {
  /** The number of samples. */
  public int size() {
    return Math.toIntExact(indices.size());
  }
}
