package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import dev.espalier.engine.graph.Node;

/** The hyperbolic tangent. */
final class Tanh extends Elementwise {
  Tanh() {
    super("Tanh");
  }

  @Override
  NDArray apply(Node node, NDArray x, Pass pass) {
    return x.getNDArrayInternal().tanh();
  }
}
