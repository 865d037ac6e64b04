package dev.espalier.engine.operator;

import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** ONNX's Shape: the dimensions as int64, from {@code start} to before {@code end}. */
final class ShapeOf implements Operator {
  @Override
  public String type() {
    return "Shape";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    return List.of(new long[] {dimensions(node, inputs.shape(0)).length});
  }

  private static long[] dimensions(Node node, long[] x) {
    int start = bound(node.integer("start", 0), x.length);
    int end = bound(node.integer("end", x.length), x.length);
    return start < end ? Arrays.copyOfRange(x, start, end) : new long[0];
  }

  private static int bound(long at, int rank) {
    return (int) Math.max(0, Math.min(rank, at < 0 ? at + rank : at));
  }

  @Override
  public DataType outputType(Node node, Inputs inputs) {
    return DataType.INT64;
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    long[] dimensions = dimensions(node, inputs.shape(0));
    return Optional.of(Tensor.ofLongs(new long[] {dimensions.length}, dimensions));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    throw new IllegalStateException("shape " + node.name() + " is folded, never computed");
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    // It is computed anew from whatever shape there is.
  }
}
