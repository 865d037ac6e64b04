package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;

/** Element by element from input 1 where input 0 is true, else from input 2; broadcast. */
final class Where implements Operator {
  @Override
  public String type() {
    return "Where";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 3);
    long[] chosen = Axes.broadcast(node, inputs.shape(1), inputs.shape(2));
    return List.of(Axes.broadcast(node, inputs.shape(0), chosen));
  }

  @Override
  public dev.espalier.engine.graph.DataType outputType(Node node, Inputs inputs) {
    return inputs.type(1);
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Tensor> where = inputs.constant(0);
    Optional<Tensor> a = inputs.constant(1);
    Optional<Tensor> b = inputs.constant(2);
    if (where.isEmpty() || a.isEmpty() || b.isEmpty()) {
      return Optional.empty();
    }
    long[] shape = shapes(node, inputs).get(0);
    boolean floats = a.get().isFloating();
    if (Tensor.count(shape) > Folding.MOST || floats != b.get().isFloating()) {
      return Optional.empty();
    }
    int[] mask = Axes.spread(where.get().shape(), shape);
    int[] left = Axes.spread(a.get().shape(), shape);
    int[] right = Axes.spread(b.get().shape(), shape);
    float[] reals = new float[floats ? mask.length : 0];
    long[] whole = new long[floats ? 0 : mask.length];
    for (int i = 0; i < mask.length; i++) {
      boolean first = where.get().longs()[mask[i]] != 0;
      if (floats) {
        reals[i] = first ? a.get().floats()[left[i]] : b.get().floats()[right[i]];
      } else {
        whole[i] = first ? a.get().longs()[left[i]] : b.get().longs()[right[i]];
      }
    }
    return Optional.of(
        floats ? Tensor.ofFloats(shape, reals) : Tensor.ofIntegers(a.get().type(), shape, whole));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray where = Operands.of(node, inputs, 0, pass);
    NDArray a = Operands.of(node, inputs, 1, pass);
    NDArray b = Operands.of(node, inputs, 2, pass);
    long[] shape =
        Axes.broadcast(
            node,
            where.getShape().getShape(),
            Axes.broadcast(node, a.getShape().getShape(), b.getShape().getShape()));
    Shape full = new Shape(shape);
    NDArray truth = where.getDataType() == DataType.BOOLEAN ? where : where.neq(0);
    return Operands.made(
        NDArrays.where(truth.broadcast(full), broadcast(a, full, pass), broadcast(b, full, pass)),
        pass);
  }

  private static NDArray broadcast(NDArray x, Shape shape, Pass pass) {
    NDArray y = x.broadcast(shape);
    y.attach(pass.manager());
    return y;
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    for (int i = 0; i < 3; i++) {
      Axes.tieBroadcast(node.input(i), inputs.shape(i), node.output(), outputs.get(0), ties);
    }
  }
}
