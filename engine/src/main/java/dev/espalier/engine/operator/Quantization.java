package dev.espalier.engine.operator;

import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;

/**
 * QuantizeLinear and DequantizeLinear: x ↔ round(x / scale) + zero point. Known for shapes, costs
 * and ties; a quantized model is run by ONNX Runtime and is not trained.
 */
final class Quantization implements Operator {
  private final boolean dequantize;

  Quantization(boolean dequantize) {
    this.dequantize = dequantize;
  }

  @Override
  public String type() {
    return dequantize ? "DequantizeLinear" : "QuantizeLinear";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    long[] x = inputs.shape(0);
    long[] scale = inputs.shape(1);
    if (Tensor.count(scale) != 1 && (scale.length != 1 || scale[0] != x[axis(node, x.length)])) {
      throw Refusal.misfit(
          node,
          "the scale " + Refusal.shape(scale) + " does not fit the input " + Refusal.shape(x));
    }
    return List.of(x);
  }

  @Override
  public DataType outputType(Node node, Inputs inputs) {
    if (dequantize) {
      return DataType.FLOAT;
    }
    return inputs.has(2) ? inputs.type(2) : DataType.UINT8;
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    throw Refusal.unsupported(
        node,
        "integer arithmetic, in training",
        "train or finetune the model before it is quantized");
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    Axes.tieAll(node.input(0), node.output(), x, ties);
    for (int i = 1; i < inputs.size(); i++) {
      if (inputs.has(i) && Tensor.count(inputs.shape(i)) > 1) {
        int axis = axis(node, x.length);
        ties.tie(node.input(0), axis, node.input(i), 0, (int) x[axis]);
      }
    }
  }

  /** ONNX Runtime computes with the integers themselves; the floats between never exist. */
  @Override
  public Memory memory() {
    return Memory.VIEW;
  }

  private static int axis(Node node, int rank) {
    return Refusal.axis(node, node.integer("axis", 1), rank);
  }
}
