package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The mean over some axes (input 1 since opset 18, an attribute before); all unless said. */
final class ReduceMean implements Operator {
  @Override
  public String type() {
    return "ReduceMean";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    long[] x = inputs.shape(0);
    return List.of(target(node, x, reduced(node, x.length, constant(inputs))));
  }

  private static Optional<Tensor> constant(Inputs inputs) {
    return inputs.has(1) ? inputs.constant(1) : Optional.empty();
  }

  private static boolean[] reduced(Node node, int rank, Optional<Tensor> given) {
    if (!node.input(1).isEmpty() && (given.isEmpty() || given.get().isFloating())) {
      throw Refusal.unsupported(
          node, "axes that are computed", "export the model with constant axes");
    }
    long[] axes = given.isPresent() ? given.get().longs() : node.integers("axes");
    boolean[] out = new boolean[rank];
    if (axes.length == 0 && node.integer("noop_with_empty_axes", 0) == 0) {
      Arrays.fill(out, true);
    }
    for (long axis : axes) {
      out[Refusal.axis(node, axis, rank)] = true;
    }
    return out;
  }

  private static long[] target(Node node, long[] x, boolean[] reduced) {
    boolean keep = node.integer("keepdims", 1) != 0;
    long[] out = new long[x.length];
    int n = 0;
    for (int i = 0; i < x.length; i++) {
      if (!reduced[i]) {
        out[n++] = x[i];
      } else if (keep) {
        out[n++] = 1;
      }
    }
    return Arrays.copyOf(out, n);
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = inputs.get(0);
    long[] shape = x.getShape().getShape();
    Optional<Tensor> axes =
        node.input(1).isEmpty() ? Optional.empty() : pass.constant(node.input(1));
    boolean[] reduced = reduced(node, shape.length, axes);
    int[] list =
        java.util.stream.IntStream.range(0, shape.length).filter(i -> reduced[i]).toArray();
    if (list.length == 0) {
      return new NDList(x);
    }
    long count = 1;
    for (int axis : list) {
      count *= shape[axis];
    }
    // DJL's mean refuses several axes.
    NDArray y = Scalar.times(x.sum(list, true), 1.0 / count).reshape(target(node, shape, reduced));
    return new NDList(y);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    boolean[] reduced = reduced(node, x.length, constant(inputs));
    boolean keep = node.integer("keepdims", 1) != 0;
    int at = 0;
    for (int axis = 0; axis < x.length; axis++) {
      if (reduced[axis]) {
        ties.freeze(node.input(0), axis);
        at += keep ? 1 : 0;
      } else {
        ties.tie(node.input(0), axis, node.output(), at++, (int) x[axis]);
      }
    }
  }
}
