package dev.espalier.engine.operator;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One value everywhere, float 0 unless said, in a given shape. */
final class ConstantOfShape implements Operator {
  @Override
  public String type() {
    return "ConstantOfShape";
  }

  private static Tensor value(Node node) {
    return node.attributes().get("value") instanceof Attribute.Value v
        ? v.tensor()
        : Tensor.ofFloats(new long[] {1}, 0);
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    long[] shape = Operands.needed(node, Operands.integers(inputs, 0), "a shape");
    if (Arrays.stream(shape).anyMatch(d -> d < 0)) {
      throw Refusal.misfit(node, Refusal.shape(shape) + " is no shape");
    }
    return List.of(shape);
  }

  @Override
  public DataType outputType(Node node, Inputs inputs) {
    return value(node).type();
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    long[] shape = shapes(node, inputs).get(0);
    if (Tensor.count(shape) > Folding.MOST) {
      return Optional.empty();
    }
    Tensor one = value(node);
    return Optional.of(Folding.spread(one.reshaped(), shape));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    long[] shape = Operands.needed(node, Operands.integers(node, 0, pass), "a shape");
    return Operands.made(
        Operands.upload(value(node).reshaped(), pass.manager()).broadcast(new Shape(shape)), pass);
  }

  /** All its slices are alike: it follows whatever it meets. */
  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {}

  @Override
  public Node refit(Node node, Inputs remaining, List<long[]> outputs, Constants fresh) {
    return fresh.shape(node, 0, outputs.get(0));
  }
}
