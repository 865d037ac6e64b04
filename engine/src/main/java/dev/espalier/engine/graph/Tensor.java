package dev.espalier.engine.graph;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * A dense array of numbers with a shape, row-major; the value of a weight or of an attribute.
 *
 * <p>Floating types are held as {@code float[]}, integer types as {@code long[]}: whatever the type
 * in the file, there are only these two to handle. Immutable by convention: the arrays handed out
 * are not copies, for the sake of models of hundreds of megabytes, and must not be written to.
 */
public final class Tensor {
  private final DataType type;
  private final long[] shape;
  private final float[] floats;
  private final long[] integers;

  private Tensor(DataType type, long[] shape, float[] floats, long[] integers) {
    this.type = type;
    this.shape = shape;
    this.floats = floats;
    this.integers = integers;
    long expected = count(shape);
    int length = floats != null ? floats.length : integers.length;
    if (expected != length) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " needs " + expected + " values, not " + length);
    }
  }

  /** A float32 tensor of the given shape over {@code values}, which is not copied. */
  public static Tensor ofFloats(long[] shape, float... values) {
    return new Tensor(DataType.FLOAT, shape.clone(), values, null);
  }

  /** An int64 tensor of the given shape over {@code values}, which is not copied. */
  public static Tensor ofLongs(long[] shape, long... values) {
    return new Tensor(DataType.INT64, shape.clone(), null, values);
  }

  /** An integer tensor of a narrower type; each value must lie in the type's range. */
  public static Tensor ofIntegers(DataType type, long[] shape, long... values) {
    return new Tensor(type, shape.clone(), null, values);
  }

  /** All zeros. */
  public static Tensor zeros(long... shape) {
    return ofFloats(shape, new float[Math.toIntExact(count(shape))]);
  }

  public DataType type() {
    return type;
  }

  /** A copy of the shape. */
  public long[] shape() {
    return shape.clone();
  }

  public int rank() {
    return shape.length;
  }

  public long dim(int axis) {
    return shape[axis < 0 ? axis + shape.length : axis];
  }

  /** The number of elements. */
  public int size() {
    return floats != null ? floats.length : integers.length;
  }

  public boolean isFloating() {
    return floats != null;
  }

  /** The values of a floating tensor, row-major, not copied. */
  public float[] floats() {
    if (floats == null) {
      throw new IllegalStateException("an " + type + " tensor holds no floats");
    }
    return floats;
  }

  /** The values of an integer tensor, row-major, not copied. */
  public long[] longs() {
    if (integers == null) {
      throw new IllegalStateException("a " + type + " tensor holds no integers");
    }
    return integers;
  }

  /** Elements that are not zero. */
  public int nonZero() {
    int n = 0;
    if (floats != null) {
      for (float v : floats) {
        n += v != 0f ? 1 : 0;
      }
    } else {
      for (long v : integers) {
        n += v != 0 ? 1 : 0;
      }
    }
    return n;
  }

  /** The same values in another shape of the same size. */
  public Tensor reshaped(long... newShape) {
    return new Tensor(type, newShape.clone(), floats, integers);
  }

  /** The slices {@code kept} of {@code axis}, in that order. */
  public Tensor select(int axis, int... kept) {
    int outer = 1;
    for (int i = 0; i < axis; i++) {
      outer *= Math.toIntExact(shape[i]);
    }
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= Math.toIntExact(shape[i]);
    }
    int old = Math.toIntExact(shape[axis]);
    long[] newShape = shape.clone();
    newShape[axis] = kept.length;
    int width = inner;
    IntUnaryOperator from = row -> ((row / kept.length) * old + kept[row % kept.length]) * width;
    int rows = outer * kept.length;
    if (floats != null) {
      float[] out = new float[rows * inner];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(floats, from.applyAsInt(row), out, row * inner, inner);
      }
      return new Tensor(type, newShape, out, null);
    }
    long[] out = new long[rows * inner];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(integers, from.applyAsInt(row), out, row * inner, inner);
    }
    return new Tensor(type, newShape, null, out);
  }

  /** The product of the dimensions; 1 for a scalar. */
  public static long count(long... shape) {
    long n = 1;
    for (long d : shape) {
      if (d < 0) {
        throw new IllegalArgumentException("negative dimension in " + Arrays.toString(shape));
      }
      n = Math.multiplyExact(n, d);
    }
    return n;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor t
        && type == t.type
        && Arrays.equals(shape, t.shape)
        && Arrays.equals(floats, t.floats)
        && Arrays.equals(integers, t.integers);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(floats) + Arrays.hashCode(integers);
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
