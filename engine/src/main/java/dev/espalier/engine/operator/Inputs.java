package dev.espalier.engine.operator;

import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Tensor;
import java.util.Optional;
import java.util.stream.IntStream;

/** What is known of a node's inputs without running it. */
public interface Inputs {
  /** Number of inputs, left-out ones included. */
  int size();

  /** Whether input {@code i} is given. */
  boolean has(int i);

  /** The shape of input {@code i}. */
  long[] shape(int i);

  /** The element type of input {@code i}. */
  DataType type(int i);

  /** The shape that input {@code i} had before channels were removed. */
  default long[] before(int i) {
    return shape(i);
  }

  /**
   * Where the slices that an axis of input {@code i} has now were before channels were removed,
   * ascending; all of them where nothing was.
   */
  default int[] kept(int i, int axis) {
    return IntStream.range(0, Math.toIntExact(shape(i)[axis])).toArray();
  }

  /** The value of input {@code i} when it does not depend on the graph's inputs. */
  Optional<Tensor> constant(int i);
}
