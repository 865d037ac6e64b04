package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;

/**
 * (x − offset)·scale for each feature, the last axis: what scikit-learn's exporters make of a
 * StandardScaler. Offsets and scales are attributes, one number or one for each feature.
 */
final class Scaler implements Operator {
  @Override
  public String type() {
    return "Scaler";
  }

  @Override
  public String domain() {
    return "ai.onnx.ml";
  }

  private static Tensor numbers(Node node, String name, long features) {
    List<Float> given =
        node.attributes().get(name) instanceof Attribute.Reals r ? r.values() : List.of();
    if (given.size() != 1 && given.size() != features) {
      throw Refusal.misfit(
          node, name + " has " + given.size() + " numbers for " + features + " features");
    }
    float[] values = new float[given.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = given.get(i);
    }
    return Tensor.ofFloats(new long[] {values.length}, values);
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    long[] x = inputs.shape(0);
    Refusal.rank(node, x, 1, 2);
    long offsets = numbers(node, "offset", x[x.length - 1]).size();
    long scales = numbers(node, "scale", x[x.length - 1]).size();
    if (offsets != scales) {
      throw Refusal.misfit(node, "it has " + offsets + " offsets and " + scales + " scales");
    }
    return List.of(x);
  }

  @Override
  public DataType outputType(Node node, Inputs inputs) {
    return DataType.FLOAT;
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = inputs.get(0);
    ai.djl.ndarray.types.DataType type =
        x.getDataType().isFloating() ? x.getDataType() : ai.djl.ndarray.types.DataType.FLOAT32;
    long features = x.size(x.getShape().dimension() - 1);
    NDArray offset = Operands.upload(numbers(node, "offset", features), pass.manager());
    NDArray scale = Operands.upload(numbers(node, "scale", features), pass.manager());
    return Operands.made(
        x.toType(type, false).sub(offset.toType(type, false)).mul(scale.toType(type, false)), pass);
  }

  /** The numbers in the attributes belong to their features, which have to stay. */
  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    int last = outputs.get(0).length - 1;
    for (int axis = 0; axis < last; axis++) {
      ties.tie(node.input(0), axis, node.output(), axis, (int) outputs.get(0)[axis]);
    }
    ties.freeze(node.input(0), last);
    ties.freeze(node.output(), last);
  }
}
