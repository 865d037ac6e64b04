package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Slices of one axis by index: of an embedding, of a stack of tensors, of a shape. */
final class Gather implements Operator {
  @Override
  public String type() {
    return "Gather";
  }

  private static int axis(Node node, int rank) {
    return Refusal.axis(node, node.integer("axis", 0), rank);
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    long[] data = inputs.shape(0);
    int axis = axis(node, data.length);
    Operands.integers(inputs, 1).ifPresent(i -> whole(node, data[axis], i));
    return List.of(shape(data, inputs.shape(1), axis));
  }

  private static long[] shape(long[] data, long[] indices, int axis) {
    long[] out = new long[data.length - 1 + indices.length];
    System.arraycopy(data, 0, out, 0, axis);
    System.arraycopy(indices, 0, out, axis, indices.length);
    System.arraycopy(data, axis + 1, out, axis + indices.length, data.length - axis - 1);
    return out;
  }

  /** The indices counted from the front. */
  private static int[] whole(Node node, long size, long... indices) {
    int count = Math.toIntExact(size);
    return Arrays.stream(indices).mapToInt(i -> Refusal.axis(node, i, count)).toArray();
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Tensor> data = inputs.constant(0);
    Optional<long[]> indices = Operands.integers(inputs, 1);
    if (data.isEmpty() || indices.isEmpty()) {
      return Optional.empty();
    }
    long[] shape = shapes(node, inputs).get(0);
    if (Tensor.count(shape) > Folding.MOST || data.get().size() > Folding.MOST) {
      return Optional.empty();
    }
    int axis = axis(node, data.get().rank());
    int[] chosen = whole(node, data.get().dim(axis), indices.get());
    return Optional.of(data.get().select(axis, chosen).reshaped(shape));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray data = Operands.of(node, inputs, 0, pass);
    NDArray indices = Operands.of(node, inputs, 1, pass);
    if (indices.getDataType() != DataType.INT64) {
      indices = indices.toType(DataType.INT64, false);
    }
    long[] shape = data.getShape().getShape();
    int axis = axis(node, shape.length);
    long[] target = shape(shape, indices.getShape().getShape(), axis);
    NDArray flat = indices.flatten();
    // Negative indices count from the back.
    flat = flat.add(flat.lt(0).toType(DataType.INT64, false).mul(shape[axis]));
    NDArray chosen = Selection.of(data, axis, flat);
    return Operands.made(chosen.reshape(target), pass);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] data = inputs.shape(0);
    int axis = axis(node, data.length);
    int taken = inputs.shape(1).length;
    for (int d = 0; d < data.length; d++) {
      if (d == axis) {
        // Indices are numbers: nothing before them may move.
        ties.freeze(node.input(0), d);
      } else {
        int at = d < axis ? d : d - 1 + taken;
        ties.tie(node.input(0), d, node.output(), at, (int) data[d]);
      }
    }
    for (int k = 0; k < taken; k++) {
      ties.freeze(node.output(), axis + k);
    }
  }

  /** The rows of an embedding. */
  @Override
  public boolean learns(int i) {
    return i == 0;
  }
}
