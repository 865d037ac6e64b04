package dev.espalier.engine.operator;

import dev.espalier.engine.graph.Node;

/** Where {@link Operator#refit} puts the constants that a smaller node needs. */
public interface Constants {
  /** The node with these whole numbers (int64, one axis) as input {@code i}. */
  Node integers(Node node, int i, long... values);

  /**
   * The node with a shape as input {@code i}; dimensions that are the batch's stay open.
   *
   * @param shape as inferred for batch 1
   */
  Node shape(Node node, int i, long... shape);
}
