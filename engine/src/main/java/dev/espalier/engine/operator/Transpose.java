package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import java.util.List;

/** Axes in another order; reversed unless {@code perm} says otherwise. */
final class Transpose implements Operator {
  @Override
  public String type() {
    return "Transpose";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    long[] x = inputs.shape(0);
    int[] order = order(node, x.length);
    long[] out = new long[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = x[order[i]];
    }
    return List.of(out);
  }

  private static int[] order(Node node, int rank) {
    long[] reversed = new long[rank];
    for (int i = 0; i < rank; i++) {
      reversed[i] = rank - 1 - i;
    }
    long[] perm = node.integers("perm", reversed);
    int[] order = new int[rank];
    boolean[] seen = new boolean[rank];
    if (perm.length != rank) {
      throw Refusal.misfit(node, "perm has " + perm.length + " axes; the input has " + rank);
    }
    for (int i = 0; i < rank; i++) {
      order[i] = Refusal.axis(node, perm[i], rank);
      if (seen[order[i]]) {
        throw Refusal.misfit(node, "perm names axis " + perm[i] + " twice");
      }
      seen[order[i]] = true;
    }
    return order;
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = Operands.of(node, inputs, 0, pass);
    NDArray y = x.transpose(order(node, x.getShape().dimension()));
    y.attach(pass.manager());
    return new NDList(y);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] out = outputs.get(0);
    int[] order = order(node, out.length);
    for (int i = 0; i < out.length; i++) {
      ties.tie(node.input(0), order[i], node.output(), i, (int) out[i]);
    }
  }
}
