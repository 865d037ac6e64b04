package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import dev.espalier.engine.graph.Node;

/** 1 / (1 + exp(−x)). */
final class Sigmoid extends Elementwise {
  Sigmoid() {
    super("Sigmoid");
  }

  @Override
  NDArray apply(Node node, NDArray x, Pass pass) {
    return x.getNDArrayInternal().sigmoid();
  }
}
