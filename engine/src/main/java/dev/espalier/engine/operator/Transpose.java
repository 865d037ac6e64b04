package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;

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
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Tensor> data = inputs.constant(0).filter(t -> t.size() <= Folding.MOST);
    return data.map(t -> Folding.take(t, shapes(node, inputs).get(0), from(node, t.shape())));
  }

  /** For every element of the result, which element of the input it is. */
  private static int[] from(Node node, long... x) {
    int[] order = order(node, x.length);
    int[] stride = new int[x.length];
    int size = 1;
    for (int axis = x.length - 1; axis >= 0; axis--) {
      stride[axis] = size;
      size *= (int) x[axis];
    }
    int[] out = new int[size];
    for (int i = 0; i < size; i++) {
      int rest = i;
      for (int axis = x.length - 1; axis >= 0; axis--) {
        int length = (int) x[order[axis]];
        out[i] += rest % length * stride[order[axis]];
        rest /= length;
      }
    }
    return out;
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
