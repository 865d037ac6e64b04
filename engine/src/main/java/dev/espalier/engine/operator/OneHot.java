package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * A new axis on which one of two values stands where the index says and the other elsewhere; only
 * the latter for an index that is not on the axis. The axis' length is a constant input.
 */
final class OneHot implements Operator {
  @Override
  public String type() {
    return "OneHot";
  }

  private static long depth(Node node, Optional<Tensor> given) {
    Tensor t =
        given.orElseThrow(
            () ->
                Refusal.unsupported(
                    node,
                    "a depth computed from the data",
                    "export the model with a constant depth"));
    double depth = t.size() != 1 ? 0 : t.isFloating() ? t.floats()[0] : t.longs()[0];
    if (!(depth >= 1 && depth <= Integer.MAX_VALUE)) {
      throw Refusal.misfit(node, "the depth is " + t);
    }
    return (long) depth;
  }

  private static int axis(Node node, int rank) {
    return Refusal.axis(node, node.integer("axis", -1), rank + 1);
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 3);
    if (Tensor.count(inputs.shape(2)) != 2) {
      throw Refusal.misfit(node, "the values are " + Refusal.shape(inputs.shape(2)) + ", not two");
    }
    long[] x = inputs.shape(0);
    int axis = axis(node, x.length);
    long[] out = new long[x.length + 1];
    System.arraycopy(x, 0, out, 0, axis);
    out[axis] = depth(node, inputs.constant(1));
    System.arraycopy(x, axis, out, axis + 1, x.length - axis);
    return List.of(out);
  }

  @Override
  public DataType outputType(Node node, Inputs inputs) {
    return inputs.type(2);
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray index =
        Operands.of(node, inputs, 0, pass).toType(ai.djl.ndarray.types.DataType.INT64, false);
    long depth = depth(node, pass.constant(node.input(1)));
    int rank = index.getShape().dimension();
    int axis = axis(node, rank);
    long[] along = new long[rank + 1];
    Arrays.fill(along, 1);
    along[axis] = depth;
    NDArray places =
        Operands.upload(
            Tensor.ofLongs(along, LongStream.range(0, depth).toArray()), pass.manager());
    // Negative indices count from the back.
    NDArray at = index.add(index.lt(0).toType(index.getDataType(), false).mul(depth));
    NDArray values = Operands.of(node, inputs, 2, pass);
    NDArray off = values.get(0);
    NDArray on = values.get(1);
    off.attach(pass.manager());
    on.attach(pass.manager());
    NDArray here = at.expandDims(axis).eq(places).toType(values.getDataType(), false);
    return Operands.made(here.mul(on.sub(off)).add(off), pass);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    int axis = axis(node, x.length);
    for (int i = 0; i < x.length; i++) {
      ties.tie(node.input(0), i, node.output(), i < axis ? i : i + 1, (int) x[i]);
    }
    ties.freeze(node.output(), axis);
  }
}
