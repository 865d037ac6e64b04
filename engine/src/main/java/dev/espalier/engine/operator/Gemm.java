package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import java.util.Arrays;
import java.util.List;

/**
 * A dense layer: alpha·A'·B' + beta·C, A' and B' transposed if asked, C broadcast to [M, N].
 *
 * <p>A' [M, K], B' [K, N] → Y [M, N].
 */
final class Gemm implements Operator {
  @Override
  public String type() {
    return "Gemm";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    long[] a = inputs.shape(0);
    long[] b = inputs.shape(1);
    Refusal.rank(node, a, 2, 2);
    if (b.length != 2 || a[inner(node)] != b[innerOfB(node)]) {
      throw Refusal.misfit(
          node,
          "the input "
              + Refusal.shape(a)
              + " and the weight "
              + Refusal.shape(b)
              + " disagree on the number of inputs");
    }
    long[] out = {a[1 - inner(node)], b[1 - innerOfB(node)]};
    if (inputs.has(2) && !Arrays.equals(Axes.broadcast(node, inputs.shape(2), out), out)) {
      throw Refusal.misfit(
          node,
          "the bias " + Refusal.shape(inputs.shape(2)) + " does not fit " + Refusal.shape(out));
    }
    return List.of(out);
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray a = inputs.get(0);
    NDArray b = inputs.get(1);
    NDArray c = inputs.size() > 2 ? inputs.get(2) : null;
    float alpha = node.real("alpha", 1);
    float beta = node.real("beta", 1);
    if (inner(node) == 0) {
      a = own(a.transpose(), pass);
    }
    if (innerOfB(node) == 0) {
      b = own(b.transpose(), pass);
    }
    boolean plainBias = c != null && c.getShape().dimension() == 1 && beta == 1;
    if (alpha == 1 && (c == null || (plainBias && c.size() == b.size(0)))) {
      NDArray y = a.getNDArrayInternal().linear(a, b, c).get(0);
      return new NDList(own(y, pass));
    }
    NDArray y = own(a.getNDArrayInternal().linear(a, b, null).get(0), pass);
    if (alpha != 1) {
      y = Scalar.times(y, alpha);
    }
    if (c != null && beta != 0) {
      y = y.add(beta == 1 ? c : own(c.mul(Scalar.of(pass.manager(), beta, c.getDataType())), pass));
    }
    return new NDList(y);
  }

  private static NDArray own(NDArray made, Pass pass) {
    made.attach(pass.manager());
    return made;
  }

  @Override
  public long macs(Node node, Inputs inputs, List<long[]> outputs) {
    long[] out = outputs.get(0);
    return Math.multiplyExact(Math.multiplyExact(out[0], out[1]), inputs.shape(0)[inner(node)]);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    String a = node.input(0);
    String b = node.input(1);
    String y = node.output();
    long[] out = outputs.get(0);
    int inner = inner(node);
    ties.tie(a, inner, b, innerOfB(node), (int) inputs.shape(0)[inner]);
    ties.tie(a, 1 - inner, y, 0, (int) out[0]);
    ties.tie(b, 1 - innerOfB(node), y, 1, (int) out[1]);
    if (inputs.has(2)) {
      Axes.tieBroadcast(node.input(2), inputs.shape(2), y, out, ties);
    }
  }

  @Override
  public boolean learns(int i) {
    return true;
  }

  /** The axis of A that is summed over. */
  private static int inner(Node node) {
    return node.integer("transA", 0) != 0 ? 0 : 1;
  }

  /** The axis of B that is summed over. */
  private static int innerOfB(Node node) {
    return node.integer("transB", 0) != 0 ? 1 : 0;
  }
}
