package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.graph.Node;
import java.util.List;

/**
 * Local response normalisation: each number divided by a power of the mean square of the channels
 * around its own. Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural
 * networks", section 3.3.
 *
 * <p>X [N, C, …] → Y [N, C, …].
 */
final class Lrn implements Operator {
  @Override
  public String type() {
    return "LRN";
  }

  private static long size(Node node) {
    long size = node.integer("size", 0);
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw Refusal.misfit(node, "size is " + size);
    }
    return size;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    Refusal.rank(node, inputs.shape(0), 3, Window.MOST_AXES + 2);
    size(node);
    return List.of(inputs.shape(0));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = inputs.get(0);
    long[] shape = x.getShape().getShape();
    long size = size(node);
    // No further than there are channels.
    long before = Math.min((size - 1) / 2, shape[1] - 1);
    long after = Math.min(size / 2, shape[1] - 1);
    long window = before + 1 + after;
    NDArray squares =
        x.mul(x)
            .reshape(shape[0], 1, shape[1], x.size() / (shape[0] * shape[1]))
            .pad(new Shape(0, 0, before, after), 0);
    NDArray mean =
        squares
            .getNDArrayInternal()
            .avgPool(new Shape(window, 1), new Shape(1, 1), new Shape(0, 0), false, true)
            .reshape(shape);
    NDArray bias = Scalar.of(pass.manager(), node.real("bias", 1), x.getDataType());
    NDArray power = Scalar.of(pass.manager(), -node.real("beta", 0.75f), x.getDataType());
    // ONNX divides by size, also at the edges.
    double alpha = (double) node.real("alpha", 1e-4f) * window / size;
    return Operands.made(x.mul(Scalar.times(mean, alpha).add(bias).pow(power)), pass);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    Axes.tieAll(node.input(0), node.output(), outputs.get(0), ties);
  }
}
