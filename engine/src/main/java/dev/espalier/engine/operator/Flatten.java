package dev.espalier.engine.operator;

import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;

/** Into two axes: what lies before {@code axis} (1 unless said) and the rest. */
final class Flatten implements Operator {
  @Override
  public String type() {
    return "Flatten";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    return List.of(flat(node, inputs.shape(0)));
  }

  private static long[] flat(Node node, long[] x) {
    long at = node.integer("axis", 1);
    int axis = at == x.length ? x.length : Refusal.axis(node, at, x.length);
    return new long[] {
      Tensor.count(Arrays.copyOf(x, axis)), Tensor.count(Arrays.copyOfRange(x, axis, x.length))
    };
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    return new NDList(inputs.get(0).reshape(flat(node, inputs.get(0).getShape().getShape())));
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    ties.reshape(node.input(0), inputs.shape(0), node.output(), outputs.get(0));
  }

  @Override
  public Memory memory() {
    return Memory.VIEW;
  }
}
