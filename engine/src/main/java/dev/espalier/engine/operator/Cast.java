package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Optional;

/** Another element type; among floating types nothing changes here. */
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
    return inputs.constant(0).filter(t -> t.size() <= Folding.MOST).map(t -> cast(t, to));
  }

  private static Tensor cast(Tensor t, DataType to) {
    boolean floats = to == DataType.FLOAT || to == DataType.DOUBLE || to == DataType.FLOAT16;
    if (floats) {
      if (t.isFloating()) {
        return t;
      }
      float[] out = new float[t.size()];
      for (int i = 0; i < out.length; i++) {
        out[i] = t.longs()[i];
      }
      return Tensor.ofFloats(t.shape(), out);
    }
    long[] out = new long[t.size()];
    for (int i = 0; i < out.length; i++) {
      long whole = t.isFloating() ? (long) t.floats()[i] : t.longs()[i];
      boolean truth = t.isFloating() ? t.floats()[i] != 0 : whole != 0;
      out[i] = to == DataType.BOOL ? (truth ? 1 : 0) : whole;
    }
    return Tensor.ofIntegers(to, t.shape(), out);
  }

  @Override
  NDArray apply(Node node, NDArray x, Pass pass) {
    ai.djl.ndarray.types.DataType from = x.getDataType();
    long to = node.integer("to", 0);
    if (to == DataType.FLOAT.onnxCode()
        || to == DataType.DOUBLE.onnxCode()
        || to == DataType.FLOAT16.onnxCode()) {
      // Every floating type is computed in float32.
      return from.isFloating() ? x : x.toType(ai.djl.ndarray.types.DataType.FLOAT32, false);
    }
    if (to == DataType.BOOL.onnxCode()) {
      return x.toType(ai.djl.ndarray.types.DataType.BOOLEAN, false);
    }
    return x.toType(ai.djl.ndarray.types.DataType.INT64, false);
  }
}
