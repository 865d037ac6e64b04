package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import dev.espalier.engine.graph.Node;
import java.util.List;

/** Each number from its own place along one axis; the others are where they are. */
final class GatherElements implements Operator {
  @Override
  public String type() {
    return "GatherElements";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    long[] data = inputs.shape(0);
    long[] indices = inputs.shape(1);
    int axis = Refusal.axis(node, node.integer("axis", 0), data.length);
    boolean fits = data.length == indices.length;
    for (int d = 0; fits && d < data.length; d++) {
      fits = d == axis || indices[d] <= data[d];
    }
    if (!fits) {
      throw Refusal.misfit(
          node, "indices " + Refusal.shape(indices) + " are no places in " + Refusal.shape(data));
    }
    int size = Math.toIntExact(data[axis]);
    Operands.integers(inputs, 1)
        .ifPresent(
            all -> {
              for (long i : all) {
                Refusal.axis(node, i, size);
              }
            });
    return List.of(indices);
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray data = Operands.of(node, inputs, 0, pass);
    NDArray indices = Operands.of(node, inputs, 1, pass).toType(DataType.INT64, false);
    int axis = Refusal.axis(node, node.integer("axis", 0), data.getShape().dimension());
    // Negative indices count from the back.
    NDArray at = indices.add(indices.lt(0).toType(DataType.INT64, false).mul(data.size(axis)));
    return Operands.made(data.gather(at, axis), pass);
  }

  /** Indices are numbers: nothing may move. */
  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    int rank = inputs.shape(0).length;
    Axes.freezeFrom(node.input(0), 0, rank, ties);
    Axes.freezeFrom(node.input(1), 0, rank, ties);
    Axes.freezeFrom(node.output(), 0, rank, ties);
  }
}
