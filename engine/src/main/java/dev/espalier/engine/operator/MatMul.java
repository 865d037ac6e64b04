package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;

/** numpy.matmul: […, M, K] · […, K, N] → […, M, N]; a vector counts as one row or one column. */
final class MatMul implements Operator {
  @Override
  public String type() {
    return "MatMul";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    long[] a = inputs.shape(0);
    long[] b = inputs.shape(1);
    if (a.length == 0 || b.length == 0 || a[a.length - 1] != b[innerOfB(b)]) {
      throw Refusal.misfit(
          node, Refusal.shape(a) + " and " + Refusal.shape(b) + " cannot be multiplied");
    }
    long[] lead =
        Axes.broadcast(
            node,
            Arrays.copyOf(a, Math.max(0, a.length - 2)),
            Arrays.copyOf(b, Math.max(0, b.length - 2)));
    int rank = lead.length + (a.length > 1 ? 1 : 0) + (b.length > 1 ? 1 : 0);
    long[] out = Arrays.copyOf(lead, rank);
    int at = lead.length;
    if (a.length > 1) {
      out[at++] = a[a.length - 2];
    }
    if (b.length > 1) {
      out[at] = b[b.length - 1];
    }
    return List.of(out);
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray y = inputs.get(0).matMul(inputs.get(1));
    y.attach(pass.manager());
    return new NDList(y);
  }

  @Override
  public long macs(Node node, Inputs inputs, List<long[]> outputs) {
    long[] a = inputs.shape(0);
    return Math.multiplyExact(Tensor.count(outputs.get(0)), a[a.length - 1]);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    String a = node.input(0);
    String b = node.input(1);
    String y = node.output();
    long[] x = inputs.shape(0);
    long[] w = inputs.shape(1);
    long[] out = outputs.get(0);
    ties.tie(a, x.length - 1, b, innerOfB(w), (int) x[x.length - 1]);
    if (w.length > 1) {
      ties.tie(b, w.length - 1, y, out.length - 1, (int) w[w.length - 1]);
    }
    if (x.length > 1) {
      int row = out.length - (w.length > 1 ? 2 : 1);
      ties.tie(a, x.length - 2, y, row, (int) x[x.length - 2]);
    }
    int lead = Math.max(0, Math.max(x.length, w.length) - 2);
    tieLead(a, x, y, out, lead, ties);
    tieLead(b, w, y, out, lead, ties);
  }

  private static void tieLead(
      String operand, long[] shape, String y, long[] out, int lead, Ties ties) {
    int own = Math.max(0, shape.length - 2);
    for (int axis = 0; axis < own; axis++) {
      int target = axis + lead - own;
      if (shape[axis] == out[target]) {
        ties.tie(operand, axis, y, target, (int) shape[axis]);
      }
    }
  }

  @Override
  public boolean learns(int i) {
    return true;
  }

  private static int innerOfB(long[] b) {
    return Math.max(0, b.length - 2);
  }
}
