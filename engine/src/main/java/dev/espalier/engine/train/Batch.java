package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Some samples on their way through a network.
 *
 * @param input network inputs [batch, …], scaled
 * @param rows which samples of the split these are
 * @param manager owns the input and whatever this step makes
 */
public record Batch(NDArray input, int[] rows, NDManager manager) {}
