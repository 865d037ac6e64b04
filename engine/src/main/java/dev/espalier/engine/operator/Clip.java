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

  /** Also of whole numbers, as exporters clip the padding that they compute. */
  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Double> min = bound(node, inputs, 1, "min", Double.NEGATIVE_INFINITY);
    Optional<Double> max = bound(node, inputs, 2, "max", Double.POSITIVE_INFINITY);
    return min.isEmpty() || max.isEmpty()
        ? Optional.empty()
        : inputs
            .constant(0)
            .flatMap(t -> Folding.map(t, v -> Math.max(min.get(), Math.min(max.get(), v))));
  }

  private static Optional<Double> bound(
      Node node, Inputs inputs, int i, String attribute, double otherwise) {
    if (!inputs.has(i)) {
      return Optional.of(
          node.attributes().containsKey(attribute) ? node.real(attribute, 0) : otherwise);
    }
    return inputs
        .constant(i)
        .filter(t -> t.size() == 1)
        .map(t -> t.isFloating() ? t.floats()[0] : (double) t.longs()[0]);
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
