package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reductions over some axes, all unless said. The axes are input 1 since opset 18 (of ReduceSum
 * since 13) and an attribute before.
 */
final class Reduction implements Operator {
  private final String type;

  private Reduction(String type) {
    this.type = type;
  }

  static List<Operator> all() {
    return List.of(
        new Reduction("ReduceMean"),
        new Reduction("ReduceSum"),
        new Reduction("ReduceMax"),
        new Reduction("ReduceMin"),
        new Reduction("ReduceProd"),
        new Reduction("ReduceL1"),
        new Reduction("ReduceL2"),
        new Reduction("ReduceSumSquare"),
        new Reduction("ReduceLogSum"),
        new Reduction("ReduceLogSumExp"));
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    long[] x = inputs.shape(0);
    return List.of(target(node, x, reduced(node, x.length, Operands.integers(inputs, 1))));
  }

  private static boolean[] reduced(Node node, int rank, Optional<long[]> given) {
    long[] axes =
        node.input(1).isEmpty() ? node.integers("axes") : Operands.needed(node, given, "axes");
    boolean[] out = new boolean[rank];
    if (axes.length == 0 && node.integer("noop_with_empty_axes", 0) == 0) {
      Arrays.fill(out, true);
    }
    for (long axis : axes) {
      out[Refusal.axis(node, axis, rank)] = true;
    }
    return out;
  }

  private static long[] target(Node node, long[] x, boolean[] reduced) {
    boolean keep = node.integer("keepdims", 1) != 0;
    long[] out = new long[x.length];
    int n = 0;
    for (int i = 0; i < x.length; i++) {
      if (!reduced[i]) {
        out[n++] = x[i];
      } else if (keep) {
        out[n++] = 1;
      }
    }
    return Arrays.copyOf(out, n);
  }

  /** Products and extremes of constant shapes, which exporters compute. */
  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Tensor> t = inputs.constant(0);
    if (t.isEmpty() || t.get().isFloating() || t.get().rank() != 1 || t.get().size() == 0) {
      return Optional.empty();
    }
    long[] shape = shapes(node, inputs).get(0);
    if (Tensor.count(shape) != 1) {
      return Optional.empty();
    }
    var values = Arrays.stream(t.get().longs());
    Optional<Long> folded =
        switch (type) {
          case "ReduceProd" -> Optional.of(values.reduce(1, Math::multiplyExact));
          case "ReduceSum" -> Optional.of(values.sum());
          case "ReduceMax" -> Optional.of(values.max().orElseThrow());
          case "ReduceMin" -> Optional.of(values.min().orElseThrow());
          default -> Optional.empty();
        };
    return folded.map(v -> Tensor.ofIntegers(t.get().type(), shape, v));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = inputs.get(0);
    long[] shape = x.getShape().getShape();
    boolean[] reduced = reduced(node, shape.length, Operands.integers(node, 1, pass));
    int[] axes = IntStream.range(0, shape.length).filter(i -> reduced[i]).toArray();
    if (axes.length == 0) {
      return new NDList(x);
    }
    NDArray y =
        switch (type) {
          case "ReduceMean" -> mean(x, shape, axes);
          case "ReduceSum" -> x.sum(axes, true);
          case "ReduceMax" -> extreme(x, axes, true);
          case "ReduceMin" -> extreme(x, axes, false);
          case "ReduceProd" -> product(x, axes);
          case "ReduceL1" -> x.abs().sum(axes, true);
          case "ReduceL2" -> x.mul(x).sum(axes, true).sqrt();
          case "ReduceSumSquare" -> x.mul(x).sum(axes, true);
          case "ReduceLogSum" -> x.sum(axes, true).log();
          default -> logSumExp(x, axes);
        };
    return Operands.made(y.reshape(target(node, shape, reduced)), pass);
  }

  /** DJL's mean refuses several axes. */
  private static NDArray mean(NDArray x, long[] shape, int... axes) {
    long count = 1;
    for (int axis : axes) {
      count *= shape[axis];
    }
    return Scalar.times(x.sum(axes, true), 1.0 / count);
  }

  private static NDArray extreme(NDArray x, int[] axes, boolean most) {
    NDArray y = x;
    for (int axis : axes) {
      y = most ? y.max(new int[] {axis}, true) : y.min(new int[] {axis}, true);
    }
    return y;
  }

  private static NDArray product(NDArray x, int... axes) {
    NDArray y = x;
    for (int axis : axes) {
      y = y.prod(new int[] {axis}, true);
    }
    return y;
  }

  private static NDArray logSumExp(NDArray x, int... axes) {
    NDArray top = extreme(x, axes, true).stopGradient();
    return x.sub(top).exp().sum(axes, true).log().add(top);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    boolean[] reduced = reduced(node, x.length, Operands.integers(inputs, 1));
    boolean keep = node.integer("keepdims", 1) != 0;
    int at = 0;
    for (int axis = 0; axis < x.length; axis++) {
      if (reduced[axis]) {
        ties.freeze(node.input(0), axis);
        at += keep ? 1 : 0;
      } else {
        ties.tie(node.input(0), axis, node.output(), at++, (int) x[axis]);
      }
    }
  }
}
