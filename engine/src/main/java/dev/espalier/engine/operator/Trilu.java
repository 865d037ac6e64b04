package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;

/** The upper or lower triangle of the last two axes, zeros elsewhere. */
final class Trilu implements Operator {
  @Override
  public String type() {
    return "Trilu";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    long[] x = inputs.shape(0);
    if (x.length < 2) {
      throw Refusal.misfit(node, "a triangle needs two axes, not " + Refusal.shape(x));
    }
    if (inputs.has(1)) {
      Operands.needed(node, Operands.integers(inputs, 1), "a diagonal");
    }
    return List.of(x);
  }

  private static boolean kept(Node node, long row, long column, long k) {
    return node.integer("upper", 1) != 0 ? column - row >= k : column - row <= k;
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Tensor> t = inputs.constant(0);
    if (t.isEmpty() || t.get().size() > Folding.MOST) {
      return Optional.empty();
    }
    long k = Operands.integers(inputs, 1).map(v -> v[0]).orElse(0L);
    long[] shape = t.get().shape();
    Tensor mask = mask(node, shape[shape.length - 2], shape[shape.length - 1], k);
    float[] kept = Folding.spread(mask, shape).floats();
    if (t.get().isFloating()) {
      float[] out = t.get().floats().clone();
      for (int i = 0; i < out.length; i++) {
        out[i] = kept[i] == 0 ? 0 : out[i];
      }
      return Optional.of(Tensor.ofFloats(shape, out));
    }
    long[] out = t.get().longs().clone();
    for (int i = 0; i < out.length; i++) {
      out[i] = kept[i] == 0 ? 0 : out[i];
    }
    return Optional.of(Tensor.ofIntegers(t.get().type(), shape, out));
  }

  private static Tensor mask(Node node, long rows, long columns, long k) {
    float[] mask = new float[Math.toIntExact(Math.multiplyExact(rows, columns))];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = kept(node, i / columns, i % columns, k) ? 1 : 0;
    }
    return Tensor.ofFloats(new long[] {rows, columns}, mask);
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = Operands.of(node, inputs, 0, pass);
    long[] shape = x.getShape().getShape();
    long k = Operands.integers(node, 1, pass).map(v -> v[0]).orElse(0L);
    NDArray mask =
        Operands.upload(
            mask(node, shape[shape.length - 2], shape[shape.length - 1], k), pass.manager());
    return Operands.made(x.mul(mask.toType(x.getDataType(), false)), pass);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    Axes.tieAll(node.input(0), node.output(), x, ties);
    // Which elements are kept depends on where they stand.
    Axes.freezeFrom(node.output(), x.length - 2, x.length, ties);
  }
}
