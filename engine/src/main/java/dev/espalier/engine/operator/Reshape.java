package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * The same elements in another shape, known before the model runs: 0 keeps the input's dimension
 * (unless {@code allowzero}), one −1 is what is left.
 */
final class Reshape implements Operator {
  @Override
  public String type() {
    return "Reshape";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    return List.of(target(node, inputs.shape(0), wanted(node, inputs.constant(1))));
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    return inputs
        .constant(0)
        .map(t -> t.reshaped(target(node, t.shape(), wanted(node, inputs.constant(1)))));
  }

  private static long[] wanted(Node node, Optional<Tensor> shape) {
    Tensor t =
        shape.orElseThrow(
            () ->
                Refusal.unsupported(
                    node,
                    "a shape that depends on the data",
                    "export the model with a constant shape, or use Flatten"));
    if (t.isFloating() || t.rank() != 1) {
      throw Refusal.misfit(node, "the shape must be a list of whole numbers");
    }
    return t.longs();
  }

  private static long[] target(Node node, long[] x, long[] wanted) {
    boolean zeros = node.integer("allowzero", 0) != 0;
    long[] out = wanted.clone();
    int open = -1;
    long known = 1;
    for (int i = 0; i < out.length; i++) {
      if (out[i] == -1 && open < 0) {
        open = i;
        continue;
      }
      if (out[i] == 0 && !zeros) {
        if (i >= x.length) {
          throw Refusal.misfit(
              node, Refusal.shape(wanted) + " copies a dimension that the input lacks");
        }
        out[i] = x[i];
      }
      if (out[i] < 0) {
        throw Refusal.misfit(node, Refusal.shape(wanted) + " is no shape");
      }
      known = Math.multiplyExact(known, out[i]);
    }
    long total = Tensor.count(x);
    if (open >= 0 && known > 0 && total % known == 0) {
      out[open] = total / known;
      known = total;
    }
    if (known != total || (open >= 0 && out[open] < 0)) {
      throw Refusal.misfit(
          node, Refusal.shape(x) + " cannot take the shape " + Refusal.shape(wanted));
    }
    return out;
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = Operands.of(node, inputs, 0, pass);
    return Operands.made(
        x.reshape(
            target(node, x.getShape().getShape(), wanted(node, pass.constant(node.input(1))))),
        pass);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    ties.reshape(node.input(0), inputs.shape(0), node.output(), outputs.get(0));
  }

  @Override
  public Node refit(Node node, Inputs remaining, List<long[]> outputs, Constants fresh) {
    return fresh.shape(node, 1, outputs.get(0));
  }

  @Override
  public Memory memory() {
    return Memory.VIEW;
  }
}
