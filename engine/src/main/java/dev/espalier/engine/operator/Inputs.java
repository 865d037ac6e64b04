package dev.espalier.engine.operator;

import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Tensor;
import java.util.Optional;

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

  /** The value of input {@code i} when it does not depend on the graph's inputs. */
  Optional<Tensor> constant(int i);
}
