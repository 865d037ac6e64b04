package dev.espalier.engine.operator;

import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Arithmetic on constants, for the sums that exporters leave before a Reshape, a Slice or a
 * division by the root of a width. Large tensors are weights and stay as they are.
 */
final class Folding {
  /** Elements up to which a result is computed ahead. */
  static final int MOST = 1 << 16;

  private Folding() {}

  /** The function of every element; of whole numbers the whole part. */
  static Optional<Tensor> map(Tensor t, DoubleUnaryOperator function) {
    if (t.size() > MOST) {
      return Optional.empty();
    }
    if (t.isFloating()) {
      float[] out = new float[t.size()];
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) function.applyAsDouble(t.floats()[i]);
      }
      return Optional.of(Tensor.ofFloats(t.shape(), out));
    }
    long[] out = new long[t.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = (long) function.applyAsDouble(t.longs()[i]);
    }
    return Optional.of(Tensor.ofIntegers(t.type(), t.shape(), out));
  }

  /** Two numbers to one. */
  @FunctionalInterface
  interface Whole {
    long apply(long a, long b);
  }

  /** The operation on every pair of elements, broadcast. */
  static Optional<Tensor> zip(
      Node node, Tensor a, Tensor b, DoubleBinaryOperator reals, Whole whole, DataType type) {
    long[] shape = Axes.broadcast(node, a.shape(), b.shape());
    long size = Tensor.count(shape);
    if (size > MOST || a.isFloating() != b.isFloating()) {
      return Optional.empty();
    }
    int[] left = Axes.spread(a.shape(), shape);
    int[] right = Axes.spread(b.shape(), shape);
    if (a.isFloating() && type == DataType.FLOAT) {
      float[] out = new float[(int) size];
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) reals.applyAsDouble(a.floats()[left[i]], b.floats()[right[i]]);
      }
      return Optional.of(Tensor.ofFloats(shape, out));
    }
    long[] out = new long[(int) size];
    for (int i = 0; i < out.length; i++) {
      out[i] =
          a.isFloating()
              ? (long) reals.applyAsDouble(a.floats()[left[i]], b.floats()[right[i]])
              : whole.apply(a.longs()[left[i]], b.longs()[right[i]]);
    }
    return Optional.of(Tensor.ofIntegers(type, shape, out));
  }

  /** The constant broadcast to a shape. */
  static Tensor spread(Tensor t, long... shape) {
    return take(t, shape, Axes.spread(t.shape(), shape));
  }

  /** A constant of that shape from the elements of another. */
  static Tensor take(Tensor t, long[] shape, int... from) {
    if (t.isFloating()) {
      float[] out = new float[from.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = t.floats()[from[i]];
      }
      return Tensor.ofFloats(shape, out);
    }
    long[] out = new long[from.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = t.longs()[from[i]];
    }
    return Tensor.ofIntegers(t.type(), shape, out);
  }
}
