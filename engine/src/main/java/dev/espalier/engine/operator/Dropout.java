package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * In training, zeroes each element with probability {@code ratio} and scales the rest by 1/(1 −
 * ratio); otherwise the identity. Srivastava et al. 2014.
 *
 * <p>The ratio is input 1 since opset 12 and an attribute before.
 */
final class Dropout extends Elementwise {
  Dropout() {
    super("Dropout");
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    if (inputs.has(1)) {
      checked(node, inputs.constant(1));
    }
    long[] shape = inputs.shape(0);
    return node.outputs().size() > 1 ? List.of(shape, shape) : List.of(shape);
  }

  @Override
  NDArray apply(Node node, NDArray x, Pass pass) {
    if (!pass.training()) {
      return x;
    }
    if (node.outputs().size() > 1 && !node.outputs().get(1).isEmpty()) {
      throw Refusal.unsupported(node, "the mask as an output", "export the model without it");
    }
    float ratio =
        node.input(1).isEmpty()
            ? (node.attributes().get("ratio") instanceof Attribute.Real r ? r.value() : 0.5f)
            : checked(node, pass.constant(node.input(1)));
    if (ratio == 0) {
      return x;
    }
    return x.getNDArrayInternal().dropout(x, ratio, true).get(0);
  }

  private static float checked(Node node, Optional<Tensor> value) {
    Tensor t =
        value.orElseThrow(
            () ->
                Refusal.unsupported(
                    node, "a ratio that is computed", "export the model with a constant ratio"));
    if (t.size() != 1 || !t.isFloating() || !(t.floats()[0] >= 0 && t.floats()[0] < 1)) {
      throw Refusal.misfit(node, "the ratio must be one number from 0 to below 1");
    }
    return t.floats()[0];
  }

  @Override
  public Memory memory() {
    return Memory.VIEW;
  }
}
