package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Convolution (cross-correlation) over 1 to 3 spatial axes, with groups, dilation and padding.
 *
 * <p>X [N, C, …], W [M, C/group, …], B [M] → Y [N, M, …].
 */
final class Conv implements Operator {
  @Override
  public String type() {
    return "Conv";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    long[] x = inputs.shape(0);
    long[] w = inputs.shape(1);
    Refusal.rank(node, w, 3, Window.MOST_AXES + 2);
    long groups = groups(node);
    if (x.length != w.length || x[1] != w[1] * groups || w[0] % groups != 0) {
      throw Refusal.misfit(
          node,
          "the kernel "
              + Refusal.shape(w)
              + " in "
              + groups
              + " group(s) takes "
              + w[1] * groups
              + " channels; the input is "
              + Refusal.shape(x));
    }
    if (inputs.has(2) && !Arrays.equals(inputs.shape(2), new long[] {w[0]})) {
      throw Refusal.misfit(
          node, "the bias is " + Refusal.shape(inputs.shape(2)) + ", not [" + w[0] + "]");
    }
    long[] kernel = Arrays.copyOfRange(w, 2, w.length);
    if (!Arrays.equals(node.integers("kernel_shape", kernel), kernel)) {
      throw Refusal.misfit(node, "kernel_shape differs from the kernel's own " + Refusal.shape(w));
    }
    return List.of(Window.of(node, x, kernel).shape(x[0], w[0]));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = inputs.get(0);
    NDArray w = inputs.get(1);
    NDArray bias = inputs.size() > 2 ? inputs.get(2) : null;
    long[] kernel = Arrays.copyOfRange(w.getShape().getShape(), 2, w.getShape().dimension());
    Window window = Window.of(node, x.getShape().getShape(), kernel);
    long[] padding = window.begin();
    if (!window.symmetric()) {
      x = x.pad(new Shape(window.padding()), 0);
      padding = new long[kernel.length];
    }
    return x.getNDArrayInternal()
        .convolution(
            x,
            w,
            bias,
            new Shape(window.stride()),
            new Shape(padding),
            new Shape(window.dilation()),
            Math.toIntExact(groups(node)));
  }

  @Override
  public long macs(Node node, Inputs inputs, List<long[]> outputs) {
    long[] w = inputs.shape(1);
    return Math.multiplyExact(Tensor.count(outputs.get(0)), Tensor.count(w) / w[0]);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] w = inputs.shape(1);
    int perGroup = (int) (w[0] / groups(node));
    couple(node, inputs, ties, new Sides(node.output(), node.input(0), (int) w[1], perGroup));
  }

  /**
   * What the first two axes of a kernel belong to.
   *
   * @param first the tensor whose channels the kernel's first axis counts, all of them
   * @param second the tensor whose channels the second axis counts, those of one group
   * @param in how many channels of the input a group has
   * @param out how many channels of the output a group has
   */
  record Sides(String first, String second, int in, int out) {}

  /** Couples the channels of a convolution, transposed or not, through its kernel. */
  static void couple(Node node, Inputs inputs, Ties ties, Sides sides) {
    String x = node.input(0);
    String w = node.input(1);
    String y = node.output();
    long[] shape = inputs.shape(1);
    int groups = (int) groups(node);
    ties.tie(x, 0, y, 0, (int) inputs.shape(0)[0]);
    ties.tie(sides.first(), 1, w, 0, (int) shape[0]);
    if (inputs.has(2)) {
      ties.tie(y, 1, node.input(2), 0, sides.out() * groups);
    }
    if (groups == 1) {
      ties.tie(sides.second(), 1, w, 1, (int) shape[1]);
    } else {
      // A group goes as a whole or stays as a whole; of depthwise convolution that is one channel.
      ties.freeze(w, 1);
      for (int g = 0; g < groups; g++) {
        for (int c = 1; c < sides.in(); c++) {
          ties.tie(x, 1, g * sides.in(), x, 1, g * sides.in() + c);
        }
        for (int m = 0; m < sides.out(); m++) {
          ties.tie(x, 1, g * sides.in(), y, 1, g * sides.out() + m);
        }
      }
    }
    Axes.freezeFrom(x, 2, shape.length, ties);
    Axes.freezeFrom(w, 2, shape.length, ties);
    Axes.freezeFrom(y, 2, shape.length, ties);
  }

  @Override
  public Node refit(Node node, Inputs remaining, List<long[]> outputs, Constants fresh) {
    if (groups(node) == 1) {
      return node;
    }
    return node.with("group", new Attribute.Int(remaining.shape(0)[1] / remaining.shape(1)[1]));
  }

  @Override
  public boolean learns(int i) {
    return i == 1 || i == 2;
  }

  static long groups(Node node) {
    long groups = node.integer("group", 1);
    if (groups < 1 || groups > Integer.MAX_VALUE) {
      throw Refusal.misfit(node, "group is " + groups);
    }
    return groups;
  }
}
