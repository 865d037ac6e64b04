package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import dev.espalier.engine.graph.Node;

/** x where positive, alpha·x elsewhere. */
final class LeakyRelu extends Elementwise {
  LeakyRelu() {
    super("LeakyRelu");
  }

  @Override
  NDArray apply(Node node, NDArray x, Pass pass) {
    return x.getNDArrayInternal().leakyRelu(node.real("alpha", 0.01f));
  }
}
