package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Squeeze and Unsqueeze: axes of length 1 removed or put in. The axes are input 1 since opset 13
 * and an attribute before.
 */
final class Squeezing implements Operator {
  private final boolean remove;

  Squeezing(boolean remove) {
    this.remove = remove;
  }

  @Override
  public String type() {
    return remove ? "Squeeze" : "Unsqueeze";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    Optional<Tensor> axes = inputs.has(1) ? inputs.constant(1) : Optional.empty();
    return List.of(target(node, inputs.shape(0), axes));
  }

  private long[] target(Node node, long[] x, Optional<Tensor> given) {
    if (!node.input(1).isEmpty() && (given.isEmpty() || given.get().isFloating())) {
      throw Refusal.unsupported(
          node, "axes that are computed", "export the model with constant axes");
    }
    long[] axes = given.isPresent() ? given.get().longs() : node.integers("axes");
    if (remove) {
      boolean all = given.isEmpty() && !node.attributes().containsKey("axes");
      boolean[] gone = new boolean[x.length];
      for (int i = 0; i < x.length; i++) {
        gone[i] = all && x[i] == 1;
      }
      for (long axis : axes) {
        int at = Refusal.axis(node, axis, x.length);
        if (x[at] != 1) {
          throw Refusal.misfit(node, "axis " + axis + " of " + Refusal.shape(x) + " is not 1");
        }
        gone[at] = true;
      }
      long[] out = new long[x.length];
      int n = 0;
      for (int i = 0; i < x.length; i++) {
        if (!gone[i]) {
          out[n++] = x[i];
        }
      }
      return Arrays.copyOf(out, n);
    }
    int rank = x.length + axes.length;
    long[] out = new long[rank];
    for (long axis : axes) {
      int at = Refusal.axis(node, axis, rank);
      if (out[at] == 1) {
        throw Refusal.misfit(node, "axis " + axis + " is put in twice");
      }
      out[at] = 1;
    }
    boolean[] fresh = new boolean[rank];
    for (int i = 0; i < rank; i++) {
      fresh[i] = out[i] == 1;
    }
    int from = 0;
    for (int i = 0; i < rank; i++) {
      if (!fresh[i]) {
        out[i] = x[from++];
      }
    }
    return out;
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Tensor> axes = inputs.has(1) ? inputs.constant(1) : Optional.empty();
    return inputs.constant(0).map(t -> t.reshaped(target(node, t.shape(), axes)));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = Operands.of(node, inputs, 0, pass);
    Optional<Tensor> axes =
        node.input(1).isEmpty() ? Optional.empty() : pass.constant(node.input(1));
    NDArray y = x.reshape(target(node, x.getShape().getShape(), axes));
    y.attach(pass.manager());
    return new NDList(y);
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
