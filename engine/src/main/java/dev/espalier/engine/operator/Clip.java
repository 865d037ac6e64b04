package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Optional;

/** Into [min, max]: inputs 1 and 2 since opset 11, attributes before; either may be left out. */
final class Clip extends Elementwise {
  Clip() {
    super("Clip");
  }

  @Override
  NDArray apply(Node node, NDArray x, Pass pass) {
    float min = bound(node, 1, "min", -Float.MAX_VALUE, pass);
    float max = bound(node, 2, "max", Float.MAX_VALUE, pass);
    return x.clip(min, max);
  }

  private static float bound(Node node, int input, String attribute, float otherwise, Pass pass) {
    if (node.input(input).isEmpty()) {
      return node.real(attribute, otherwise);
    }
    Optional<Tensor> value = pass.constant(node.input(input));
    if (value.isEmpty() || value.get().size() != 1 || !value.get().isFloating()) {
      throw Refusal.unsupported(
          node, "a bound that is no constant number", "export the model with constant bounds");
    }
    return value.get().floats()[0];
  }
}
