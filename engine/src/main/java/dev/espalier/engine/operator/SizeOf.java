package dev.espalier.engine.operator;

import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;

/** ONNX's Size: the number of elements as int64. */
final class SizeOf implements Operator {
  @Override
  public String type() {
    return "Size";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    return List.of(new long[0]);
  }

  @Override
  public DataType outputType(Node node, Inputs inputs) {
    return DataType.INT64;
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    return Optional.of(Tensor.ofLongs(new long[0], Tensor.count(inputs.shape(0))));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    throw new IllegalStateException("size " + node.name() + " is folded, never computed");
  }

  /** It is computed anew from whatever shape there is. */
  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {}
}
