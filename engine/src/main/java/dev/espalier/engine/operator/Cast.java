package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Optional;

/** Another element type: float to float, which changes nothing here, and among integers. */
final class Cast extends Elementwise {
  Cast() {
    super("Cast");
  }

  @Override
  public DataType outputType(Node node, Inputs inputs) {
    long code = node.integer("to", 0);
    for (DataType type : DataType.values()) {
      if (type.onnxCode() == code) {
        return type;
      }
    }
    throw Refusal.unsupported(node, "the element type with code " + code, "use float or int64");
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    DataType to = outputType(node, inputs);
    boolean whole = to == DataType.INT64 || to == DataType.INT32;
    return inputs
        .constant(0)
        .filter(t -> !t.isFloating() && whole)
        .map(t -> Tensor.ofIntegers(to, t.shape(), t.longs()));
  }

  @Override
  NDArray apply(Node node, NDArray x, Pass pass) {
    if (node.integer("to", 0) != DataType.FLOAT.onnxCode() || !x.getDataType().isFloating()) {
      throw Refusal.unsupported(
          node, "a change to or from integers, in training", "export the model in float32");
    }
    return x;
  }
}
