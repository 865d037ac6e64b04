package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Slices by tuples of indices: data [d₀, …, dₖ₋₁, …], indices [i₀, …, k] → [i₀, …, …], a tuple of k
 * giving the place on the first k axes.
 */
final class GatherNd implements Operator {
  @Override
  public String type() {
    return "GatherND";
  }

  private static long[] shape(long[] data, long[] indices) {
    int taken = (int) indices[indices.length - 1];
    long[] out = Arrays.copyOf(indices, indices.length - 1 + data.length - taken);
    System.arraycopy(data, taken, out, indices.length - 1, data.length - taken);
    return out;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    long[] data = inputs.shape(0);
    long[] indices = inputs.shape(1);
    if (node.integer("batch_dims", 0) != 0) {
      throw Refusal.unsupported(node, "batch_dims", "export the model without it");
    }
    long taken = indices.length == 0 ? 0 : indices[indices.length - 1];
    if (taken < 1 || taken > data.length) {
      throw Refusal.misfit(
          node, "indices " + Refusal.shape(indices) + " are no places in " + Refusal.shape(data));
    }
    Operands.integers(inputs, 1)
        .ifPresent(
            all -> {
              for (int i = 0; i < all.length; i++) {
                Refusal.axis(node, all[i], Math.toIntExact(data[i % (int) taken]));
              }
            });
    return List.of(shape(data, indices));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray data = Operands.of(node, inputs, 0, pass);
    NDArray indices = Operands.of(node, inputs, 1, pass).toType(DataType.INT64, false);
    long[] shape = data.getShape().getShape();
    long[] target = shape(shape, indices.getShape().getShape());
    int taken = (int) indices.size(indices.getShape().dimension() - 1);
    long[] sizes = Arrays.copyOf(shape, taken);
    long[] strides = new long[taken];
    long stride = 1;
    for (int i = taken - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= sizes[i];
    }
    // Negative indices count from the back; then the tuple's number among all of them.
    NDArray size = Operands.upload(Tensor.ofLongs(new long[] {taken}, sizes), pass.manager());
    NDArray weight = Operands.upload(Tensor.ofLongs(new long[] {taken}, strides), pass.manager());
    NDArray tuples = indices.reshape(-1, taken);
    NDArray at = tuples.add(tuples.lt(0).toType(DataType.INT64, false).mul(size));
    NDArray rows = data.reshape(stride, data.size() / stride);
    NDArray chosen = Selection.of(rows, 0, at.mul(weight).sum(new int[] {1}));
    return Operands.made(chosen.reshape(target), pass);
  }

  /** Indices are numbers: nothing on their axes may move. */
  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] data = inputs.shape(0);
    int lead = inputs.shape(1).length - 1;
    int taken = (int) inputs.shape(1)[lead];
    Axes.freezeFrom(node.input(1), 0, lead + 1, ties);
    for (int d = 0; d < data.length; d++) {
      if (d < taken) {
        ties.freeze(node.input(0), d);
      } else {
        ties.tie(node.input(0), d, node.output(), lead + d - taken, (int) data[d]);
      }
    }
    for (int d = 0; d < lead; d++) {
      ties.freeze(node.output(), d);
    }
  }
}
