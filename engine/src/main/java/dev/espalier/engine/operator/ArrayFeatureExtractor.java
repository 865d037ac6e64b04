package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;

/**
 * Slices of the last axis by index; scikit-learn's exporters take a class's label from all labels
 * by it. X […, C], Y of any shape → […, the number of elements of Y]; of a vector X [1, that].
 */
final class ArrayFeatureExtractor implements Operator {
  @Override
  public String type() {
    return "ArrayFeatureExtractor";
  }

  @Override
  public String domain() {
    return "ai.onnx.ml";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    long[] x = inputs.shape(0);
    if (x.length == 0) {
      throw Refusal.misfit(node, "it takes parts of a single number");
    }
    return List.of(shape(x, Tensor.count(inputs.shape(1))));
  }

  private static long[] shape(long[] x, long taken) {
    if (x.length == 1) {
      return new long[] {1, taken};
    }
    long[] out = x.clone();
    out[x.length - 1] = taken;
    return out;
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = Operands.of(node, inputs, 0, pass);
    NDArray index = Operands.of(node, inputs, 1, pass).toType(DataType.INT64, false).flatten();
    long[] shape = x.getShape().getShape();
    NDArray y = Selection.of(x, shape.length - 1, index);
    return Operands.made(y.reshape(shape(shape, index.size())), pass);
  }

  /** Indices are numbers: nothing before them may move. */
  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    Axes.freezeFrom(node.input(0), x.length - 1, x.length, ties);
    Axes.freezeFrom(node.input(1), 0, inputs.shape(1).length, ties);
    Axes.freezeFrom(node.output(), outputs.get(0).length - 1, outputs.get(0).length, ties);
    for (int axis = 0; axis + 1 < x.length; axis++) {
      ties.tie(node.input(0), axis, node.output(), axis, (int) x[axis]);
    }
  }
}
