package dev.espalier.engine.operator;

import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Slices by index; here only of integer constants, as exporters do to compute shapes. */
final class Gather implements Operator {
  @Override
  public String type() {
    return "Gather";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    long[] data = inputs.shape(0);
    long[] indices = inputs.shape(1);
    int axis = Refusal.axis(node, node.integer("axis", 0), data.length);
    long[] out = new long[data.length - 1 + indices.length];
    System.arraycopy(data, 0, out, 0, axis);
    System.arraycopy(indices, 0, out, axis, indices.length);
    System.arraycopy(data, axis + 1, out, axis + indices.length, data.length - axis - 1);
    return List.of(out);
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Tensor> data = inputs.constant(0);
    Optional<Tensor> indices = inputs.constant(1);
    if (data.isEmpty() || indices.isEmpty() || data.get().rank() != 1) {
      return Optional.empty();
    }
    int count = data.get().size();
    int[] chosen =
        Arrays.stream(indices.get().longs()).mapToInt(i -> Refusal.axis(node, i, count)).toArray();
    return Optional.of(data.get().select(0, chosen).reshaped(indices.get().shape()));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    throw Refusal.unsupported(
        node, "slices of values that are no constants", "export the model without indexing");
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    Axes.freezeFrom(node.input(0), 0, inputs.shape(0).length, ties);
    Axes.freezeFrom(node.output(), 0, outputs.get(0).length, ties);
  }
}
