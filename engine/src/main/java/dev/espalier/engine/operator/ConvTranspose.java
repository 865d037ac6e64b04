package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Transposed convolution over 1 to 3 spatial axes: every number of the input lays the kernel, times
 * itself, onto the output.
 *
 * <p>X [N, C, …], W [C, M/group, …], B [M] → Y [N, M, …].
 */
final class ConvTranspose implements Operator {
  @Override
  public String type() {
    return "ConvTranspose";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    long[] x = inputs.shape(0);
    long[] w = inputs.shape(1);
    Refusal.rank(node, w, 3, Window.MOST_AXES + 2);
    long groups = Conv.groups(node);
    if (x.length != w.length || x[1] != w[0] || w[0] % groups != 0) {
      throw Refusal.misfit(
          node,
          "the kernel "
              + Refusal.shape(w)
              + " in "
              + groups
              + " group(s) takes "
              + w[0]
              + " channels; the input is "
              + Refusal.shape(x));
    }
    long out = Math.multiplyExact(w[1], groups);
    if (inputs.has(2) && !Arrays.equals(inputs.shape(2), new long[] {out})) {
      throw Refusal.misfit(
          node, "the bias is " + Refusal.shape(inputs.shape(2)) + ", not [" + out + "]");
    }
    long[] kernel = Arrays.copyOfRange(w, 2, w.length);
    if (!Arrays.equals(node.integers("kernel_shape", kernel), kernel)) {
      throw Refusal.misfit(node, "kernel_shape differs from the kernel's own " + Refusal.shape(w));
    }
    return List.of(Window.transposed(node, x, kernel).shape(x[0], out));
  }

  /**
   * A convolution of the input, its numbers {@code stride} apart with zeros between, with the
   * kernel reversed and its channels exchanged (Dumoulin, Visin 2016, arXiv:1603.07285, section 4).
   */
  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = inputs.get(0);
    NDArray w = inputs.get(1);
    NDArray bias = inputs.size() > 2 ? inputs.get(2) : null;
    long[] size = x.getShape().getShape();
    long[] kernel = Arrays.copyOfRange(w.getShape().getShape(), 2, w.getShape().dimension());
    Window window = Window.transposed(node, size, kernel);
    long groups = Conv.groups(node);
    NDArray apart = apart(x, size, window);
    long[] padding = new long[2 * kernel.length];
    for (int i = 0; i < kernel.length; i++) {
      int last = 2 * (kernel.length - 1 - i);
      padding[last] = window.dilation()[i] * (kernel[i] - 1) - window.begin()[i];
      padding[last + 1] = window.output()[i] + window.begin()[i] - size[i + 2] * window.stride()[i];
    }
    apart = Operands.padded(apart, padding, 0);
    long[] ones = new long[kernel.length];
    Arrays.fill(ones, 1);
    return apart
        .getNDArrayInternal()
        .convolution(
            apart,
            reversed(w, groups, pass),
            bias,
            new Shape(ones),
            new Shape(new long[kernel.length]),
            new Shape(window.dilation()),
            Math.toIntExact(groups));
  }

  /** Zeros after each number of {@code x}, so that numbers are {@code stride} apart. */
  private static NDArray apart(NDArray x, long[] size, Window window) {
    long[] stride = window.stride();
    if (Arrays.stream(stride).allMatch(s -> s == 1)) {
      return x;
    }
    int axes = stride.length;
    long[] alone = new long[2 + 2 * axes];
    long[] together = size.clone();
    System.arraycopy(size, 0, alone, 0, 2);
    long[] zeros = new long[4 * axes];
    for (int i = 0; i < axes; i++) {
      alone[2 + 2 * i] = size[i + 2];
      alone[3 + 2 * i] = 1;
      together[i + 2] *= stride[i];
      zeros[4 * (axes - 1 - i) + 1] = stride[i] - 1;
    }
    return x.reshape(alone).pad(new Shape(zeros), 0).reshape(together);
  }

  /** [C, M/group, …] → [M, C/group, …], each kernel from its last number to its first. */
  private static NDArray reversed(NDArray w, long groups, Pass pass) {
    long[] shape = w.getShape().getShape();
    int axes = shape.length - 2;
    long[] grouped = new long[axes + 3];
    long[] joined = shape.clone();
    grouped[0] = groups;
    grouped[1] = shape[0] / groups;
    joined[0] = shape[1] * groups;
    joined[1] = shape[0] / groups;
    System.arraycopy(shape, 1, grouped, 2, axes + 1);
    int[] order = IntStream.range(0, axes + 3).toArray();
    order[1] = 2;
    order[2] = 1;
    NDArray apart = w.reshape(grouped);
    apart.attach(pass.manager());
    return apart.transpose(order).reshape(joined).flip(IntStream.range(2, shape.length).toArray());
  }

  @Override
  public long macs(Node node, Inputs inputs, List<long[]> outputs) {
    long[] w = inputs.shape(1);
    return Math.multiplyExact(Tensor.count(inputs.shape(0)), Tensor.count(w) / w[0]);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] w = inputs.shape(1);
    int perGroup = (int) (w[0] / Conv.groups(node));
    Conv.couple(
        node, inputs, ties, new Conv.Sides(node.input(0), node.output(), perGroup, (int) w[1]));
  }

  @Override
  public Node refit(Node node, Inputs remaining, List<long[]> outputs, Constants fresh) {
    if (Conv.groups(node) == 1) {
      return node;
    }
    return node.with("group", new Attribute.Int(outputs.get(0)[1] / remaining.shape(1)[1]));
  }

  @Override
  public boolean learns(int i) {
    return i == 1 || i == 2;
  }
}
