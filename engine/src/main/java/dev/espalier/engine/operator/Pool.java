package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;

/** Pooling over a sliding window: X [N, C, …] → Y [N, C, …]. */
abstract class Pool implements Operator {
  private final String type;

  Pool(String type) {
    this.type = type;
  }

  abstract NDArray pool(Node node, NDArray x, Window window, Pass pass);

  @Override
  public final String type() {
    return type;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    long[] x = inputs.shape(0);
    if (node.outputs().size() > 1 && !node.outputs().get(1).isEmpty()) {
      throw Refusal.unsupported(node, "the indices as an output", "export the model without them");
    }
    return List.of(window(node, x).shape(x[0], x[1]));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = inputs.get(0);
    return new NDList(pool(node, x, window(node, x.getShape().getShape()), pass));
  }

  private Window window(Node node, long[] x) {
    long[] kernel = node.integers("kernel_shape");
    if (kernel.length == 0) {
      throw Refusal.misfit(node, "kernel_shape is missing");
    }
    return Window.of(node, x, kernel);
  }

  /** Whether PyTorch's own padding does it: alike on both sides, at most half the kernel. */
  static boolean plain(Window window) {
    for (int i = 0; i < window.kernel().length; i++) {
      if (window.begin()[i] * 2 > window.kernel()[i]) {
        return false;
      }
    }
    return window.symmetric();
  }

  /** {@code x} with the window's padding, and more behind where the last window reaches over. */
  static NDArray padded(NDArray x, Window window, double value) {
    int axes = window.kernel().length;
    long[] padding = window.padding();
    for (int i = 0; i < axes; i++) {
      long reach = window.dilation()[i] * (window.kernel()[i] - 1) + 1;
      long needed = (window.output()[i] - 1) * window.stride()[i] + reach;
      long size = x.size(i + 2) + window.begin()[i];
      padding[2 * (axes - 1 - i) + 1] = Math.max(0, needed - size);
    }
    return x.pad(new Shape(padding), value);
  }

  /**
   * What a window without padding makes of {@code x} where DJL's pooling lacks the dilation: all
   * windows' first numbers with all their second, and so on.
   */
  static NDArray dilated(NDArray x, Window w, Pass pass, BinaryOperator<NDArray> function) {
    NDArray y = null;
    long count = Tensor.count(w.kernel());
    for (long k = 0; k < count; k++) {
      NDIndex index = new NDIndex().addAllDim(2);
      long rest = k;
      long[] at = new long[w.kernel().length];
      for (int i = at.length - 1; i >= 0; i--) {
        at[i] = rest % w.kernel()[i] * w.dilation()[i];
        rest /= w.kernel()[i];
      }
      for (int i = 0; i < at.length; i++) {
        long stride = w.stride()[i];
        index.addSliceDim(at[i], at[i] + (w.output()[i] - 1) * stride + 1, stride);
      }
      NDArray place = x.get(pass.manager(), index);
      y = y == null ? place : function.apply(y, place);
    }
    return y;
  }

  static Shape none(Window window) {
    return new Shape(new long[window.kernel().length]);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    ties.tie(node.input(0), 0, node.output(), 0, (int) x[0]);
    ties.tie(node.input(0), 1, node.output(), 1, (int) x[1]);
    Axes.freezeFrom(node.input(0), 2, x.length, ties);
    Axes.freezeFrom(node.output(), 2, x.length, ties);
  }

  /** The largest value of each window. */
  static final class Max extends Pool {
    Max() {
      super("MaxPool");
    }

    @Override
    NDArray pool(Node node, NDArray x, Window w, Pass pass) {
      if (w.dilated()) {
        NDArray around = padded(x, w, Double.NEGATIVE_INFINITY);
        return dilated(around, w, pass, NDArray::maximum);
      }
      if (plain(w)) {
        return x.getNDArrayInternal()
            .maxPool(
                new Shape(w.kernel()),
                new Shape(w.stride()),
                new Shape(w.begin()),
                node.integer("ceil_mode", 0) != 0);
      }
      return padded(x, w, Double.NEGATIVE_INFINITY)
          .getNDArrayInternal()
          .maxPool(new Shape(w.kernel()), new Shape(w.stride()), none(w), false);
    }
  }

  /** The mean of each window; with count_include_pad the padding counts as zeros. */
  static final class Average extends Pool {
    Average() {
      super("AveragePool");
    }

    @Override
    NDArray pool(Node node, NDArray x, Window w, Pass pass) {
      boolean include = node.integer("count_include_pad", 0) != 0;
      boolean ceil = node.integer("ceil_mode", 0) != 0;
      Shape kernel = new Shape(w.kernel());
      Shape stride = new Shape(w.stride());
      if (!ceil
          && !w.dilated()
          && Arrays.equals(w.begin(), w.end())
          && Arrays.stream(w.begin()).allMatch(p -> p == 0)) {
        return x.getNDArrayInternal().avgPool(kernel, stride, none(w), false, true);
      }
      // DJL's count_include_pad does not reach PyTorch. So: sums divided by how many positions
      // count: the real ones, or the
      // padding as well.
      NDArray counted = x.getManager().ones(new Shape(1, 1).addAll(x.getShape().slice(2)));
      if (include) {
        counted = counted.pad(new Shape(w.padding()), 1);
        Window rest =
            new Window(
                w.kernel(), w.stride(), w.dilation(), none(w).getShape(), w.end(), w.output());
        counted = padded(counted, rest, 0);
      } else {
        counted = padded(counted, w, 0);
      }
      NDArray around = padded(x, w, 0);
      if (w.dilated()) {
        return dilated(around, w, pass, NDArray::add).div(dilated(counted, w, pass, NDArray::add));
      }
      NDArray part = counted.getNDArrayInternal().avgPool(kernel, stride, none(w), false, true);
      return around.getNDArrayInternal().avgPool(kernel, stride, none(w), false, true).div(part);
    }
  }

  /** The mean or the largest value of every channel: X [N, C, …] → Y [N, C, 1, …]. */
  static final class Global implements Operator {
    private final boolean largest;

    Global(boolean largest) {
      this.largest = largest;
    }

    @Override
    public String type() {
      return largest ? "GlobalMaxPool" : "GlobalAveragePool";
    }

    @Override
    public List<long[]> shapes(Node node, Inputs inputs) {
      Refusal.given(node, inputs, 1);
      long[] x = inputs.shape(0);
      Refusal.rank(node, x, 3, Window.MOST_AXES + 2);
      long[] out = x.clone();
      Arrays.fill(out, 2, out.length, 1);
      return List.of(out);
    }

    @Override
    public NDList compute(Node node, NDList inputs, Pass pass) {
      NDArray x = inputs.get(0);
      long[] out = x.getShape().getShape().clone();
      Arrays.fill(out, 2, out.length, 1);
      NDArray y =
          largest
              ? x.reshape(out[0], out[1], x.size() / (out[0] * out[1])).max(new int[] {2}, true)
              : x.getNDArrayInternal().globalAvgPool();
      return new NDList(y.reshape(out));
    }

    @Override
    public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
      long[] x = inputs.shape(0);
      ties.tie(node.input(0), 0, node.output(), 0, (int) x[0]);
      ties.tie(node.input(0), 1, node.output(), 1, (int) x[1]);
      Axes.freezeFrom(node.input(0), 2, x.length, ties);
      Axes.freezeFrom(node.output(), 2, x.length, ties);
    }
  }
}
