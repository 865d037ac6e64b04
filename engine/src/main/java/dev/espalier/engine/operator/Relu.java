package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import dev.espalier.engine.graph.Node;

/** max(0, x). */
final class Relu extends Elementwise {
  Relu() {
    super("Relu");
  }

  @Override
  NDArray apply(Node node, NDArray x, Pass pass) {
    return x.getNDArrayInternal().relu();
  }
}
