package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Normalisation of each sample by its own mean and variance, then a scale and a bias.
 *
 * <p>LayerNormalization (Ba et al. 2016, arXiv:1607.06450) over the axes from {@code axis} on;
 * InstanceNormalization (Ulyanov et al. 2016, arXiv:1607.08022) over each channel's positions;
 * GroupNormalization (Wu, He 2018, arXiv:1803.08494) over the channels of a group and their
 * positions.
 */
abstract class Normalization implements Operator {
  private final String type;
  private final int needed;

  Normalization(String type, int needed) {
    this.type = type;
    this.needed = needed;
  }

  @Override
  public final String type() {
    return type;
  }

  @Override
  public final List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, needed);
    if (node.outputs().stream().filter(o -> !o.isEmpty()).count() > 1) {
      throw Refusal.unsupported(
          node, "the mean and the deviation as outputs", "export the model without them");
    }
    check(node, inputs);
    return List.of(inputs.shape(0));
  }

  /** Refuses scales and biases that do not fit. */
  abstract void check(Node node, Inputs inputs);

  @Override
  public final boolean learns(int i) {
    return i == 1 || i == 2;
  }

  @Override
  public final Memory memory() {
    return Memory.IN_PLACE;
  }

  /** Rows of {@code x} with mean 0 and variance 1, or 1 / (variance + epsilon) of it. */
  static NDArray rows(NDArray x, long width, double epsilon, Pass pass) {
    NDArray one = pass.manager().ones(new Shape(width), x.getDataType());
    NDArray none = pass.manager().zeros(new Shape(width), x.getDataType());
    return JniUtils.layerNorm(
        (PtNDArray) x, new Shape(width), (PtNDArray) one, (PtNDArray) none, epsilon);
  }

  static void size(Node node, Inputs inputs, int i, long... wanted) {
    if (inputs.has(i) && !Arrays.equals(inputs.shape(i), wanted)) {
      throw Refusal.misfit(
          node,
          "input "
              + i
              + " is "
              + Refusal.shape(inputs.shape(i))
              + ", not "
              + Refusal.shape(wanted));
    }
  }

  /** A vector [C] beside [N, C, …]. */
  static NDArray perChannel(NDArray vector, int rank) {
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    shape[1] = vector.size();
    return vector.reshape(shape);
  }

  /** See {@link Normalization}. */
  static final class Layer extends Normalization {
    Layer() {
      super("LayerNormalization", 2);
    }

    private static int axis(Node node, int rank) {
      return Refusal.axis(node, node.integer("axis", -1), rank);
    }

    @Override
    void check(Node node, Inputs inputs) {
      long[] x = inputs.shape(0);
      for (int i = 1; i < inputs.size(); i++) {
        if (inputs.has(i)) {
          long[] w = inputs.shape(i);
          long[] both = Axes.broadcast(node, x, w);
          if (!Arrays.equals(both, x) || w.length > x.length - axis(node, x.length)) {
            throw Refusal.misfit(node, Refusal.shape(w) + " does not fit into " + Refusal.shape(x));
          }
        }
      }
    }

    @Override
    public NDList compute(Node node, NDList inputs, Pass pass) {
      NDArray x = inputs.get(0);
      long[] shape = x.getShape().getShape();
      long[] normal = Arrays.copyOfRange(shape, axis(node, shape.length), shape.length);
      NDArray scale = inputs.get(1);
      NDArray bias = inputs.size() > 2 ? inputs.get(2) : null;
      double epsilon = node.real("epsilon", 1e-5f);
      Shape over = new Shape(normal);
      if (scale.getShape().equals(over) && (bias == null || bias.getShape().equals(over))) {
        NDArray b = bias == null ? pass.manager().zeros(over, x.getDataType()) : bias;
        return Operands.made(
            JniUtils.layerNorm((PtNDArray) x, over, (PtNDArray) scale, (PtNDArray) b, epsilon),
            pass);
      }
      long width = Tensor.count(normal);
      NDArray y =
          rows(x.reshape(x.size() / width, width), width, epsilon, pass).reshape(shape).mul(scale);
      return Operands.made(bias == null ? y : y.add(bias), pass);
    }

    @Override
    public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
      long[] x = inputs.shape(0);
      Axes.tieAll(node.input(0), node.output(), x, ties);
      for (int i = 1; i < inputs.size(); i++) {
        if (inputs.has(i)) {
          Axes.tieBroadcast(node.input(i), inputs.shape(i), node.output(), x, ties);
        }
      }
    }
  }

  /** See {@link Normalization}. X [N, C, …], scale and B [C]. */
  static final class Instance extends Normalization {
    Instance() {
      super("InstanceNormalization", 3);
    }

    @Override
    void check(Node node, Inputs inputs) {
      Refusal.rank(node, inputs.shape(0), 3, Window.MOST_AXES + 2);
      size(node, inputs, 1, inputs.shape(0)[1]);
      size(node, inputs, 2, inputs.shape(0)[1]);
    }

    @Override
    public NDList compute(Node node, NDList inputs, Pass pass) {
      NDArray x = inputs.get(0);
      long[] shape = x.getShape().getShape();
      long width = x.size() / (shape[0] * shape[1]);
      NDArray y =
          rows(x.reshape(shape[0] * shape[1], width), width, node.real("epsilon", 1e-5f), pass)
              .reshape(shape);
      return Operands.made(
          y.mul(perChannel(inputs.get(1), shape.length))
              .add(perChannel(inputs.get(2), shape.length)),
          pass);
    }

    @Override
    public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
      long[] x = inputs.shape(0);
      Axes.tieAll(node.input(0), node.output(), x, ties);
      ties.tie(node.output(), 1, node.input(1), 0, (int) x[1]);
      ties.tie(node.output(), 1, node.input(2), 0, (int) x[1]);
    }
  }

  /** See {@link Normalization}. X [N, C, …]; scale and bias [groups] before opset 21, then [C]. */
  static final class Group extends Normalization {
    Group() {
      super("GroupNormalization", 3);
    }

    private static long groups(Node node, long channels) {
      long groups = node.integer("num_groups", 0);
      if (groups < 1 || channels % groups != 0) {
        throw Refusal.misfit(node, groups + " groups do not divide " + channels + " channels");
      }
      return groups;
    }

    @Override
    void check(Node node, Inputs inputs) {
      long[] x = inputs.shape(0);
      Refusal.rank(node, x, 3, Window.MOST_AXES + 2);
      long groups = groups(node, x[1]);
      long each = inputs.shape(1).length == 1 && inputs.shape(1)[0] == groups ? groups : x[1];
      size(node, inputs, 1, each);
      size(node, inputs, 2, each);
    }

    @Override
    public NDList compute(Node node, NDList inputs, Pass pass) {
      NDArray x = inputs.get(0);
      long[] shape = x.getShape().getShape();
      long groups = groups(node, shape[1]);
      long width = x.size() / (shape[0] * groups);
      NDArray y =
          rows(x.reshape(shape[0] * groups, width), width, node.real("epsilon", 1e-5f), pass);
      if (inputs.get(1).size() == groups && groups != shape[1]) {
        y = y.reshape(shape[0], groups, width);
        y = y.mul(perChannel(inputs.get(1), 3)).add(perChannel(inputs.get(2), 3)).reshape(shape);
      } else {
        y =
            y.reshape(shape)
                .mul(perChannel(inputs.get(1), shape.length))
                .add(perChannel(inputs.get(2), shape.length));
      }
      return Operands.made(y, pass);
    }

    /** A channel goes together with the channels at its place in the other groups. */
    @Override
    public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
      long[] x = inputs.shape(0);
      int groups = (int) groups(node, x[1]);
      int each = (int) x[1] / groups;
      Axes.tieAll(node.input(0), node.output(), x, ties);
      for (int c = each; c < x[1]; c++) {
        ties.tie(node.output(), 1, c % each, node.output(), 1, c);
      }
      if (inputs.shape(1)[0] == x[1]) {
        ties.tie(node.output(), 1, node.input(1), 0, (int) x[1]);
        ties.tie(node.output(), 1, node.input(2), 0, (int) x[1]);
      }
    }
  }
}
