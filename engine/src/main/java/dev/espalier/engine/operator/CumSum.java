package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import java.util.List;
import java.util.Optional;

/** Sums of all numbers up to each along an axis, which is a constant input. */
final class CumSum implements Operator {
  @Override
  public String type() {
    return "CumSum";
  }

  private static int axis(Node node, int rank, Optional<long[]> given) {
    long[] axis = Operands.needed(node, given, "an axis");
    if (axis.length != 1) {
      throw Refusal.misfit(node, "it sums along " + axis.length + " axes");
    }
    return Refusal.axis(node, axis[0], rank);
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    axis(node, inputs.shape(0).length, Operands.integers(inputs, 1));
    return List.of(inputs.shape(0));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = Operands.of(node, inputs, 0, pass);
    int rank = x.getShape().dimension();
    int axis = axis(node, rank, Operands.integers(node, 1, pass));
    boolean reverse = node.integer("reverse", 0) != 0;
    NDArray y = reverse ? x.flip(axis) : x;
    if (node.integer("exclusive", 0) != 0) {
      // Each sum begins before its own number: a 0 in front, the last number cut.
      long[] shift = new long[2 * rank];
      shift[2 * (rank - 1 - axis)] = 1;
      shift[2 * (rank - 1 - axis) + 1] = -1;
      y = Operands.padded(y, shift, 0);
    }
    y = y.cumSum(axis);
    return Operands.made(reverse ? y.flip(axis) : y, pass);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    int axis = axis(node, x.length, Operands.integers(inputs, 1));
    for (int i = 0; i < x.length; i++) {
      if (i == axis) {
        ties.freeze(node.input(0), i);
        ties.freeze(node.output(), i);
      } else {
        ties.tie(node.input(0), i, node.output(), i, (int) x[i]);
      }
    }
  }
}
