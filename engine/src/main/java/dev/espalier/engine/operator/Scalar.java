package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;

/**
 * A constant to compute with where gradients are recorded.
 *
 * <p>DJL turns {@code x.mul(3.0f)} into a product with an array over Java's direct memory, which is
 * given back as soon as the collector runs, while PyTorch still needs it for the gradient: now and
 * then a gradient is garbage. This constant lives in PyTorch's memory, as long as it is needed. It
 * has the type of what it multiplies, so it never makes a float32 result float64 either.
 */
public final class Scalar {
  private Scalar() {}

  /** The value as an array without dimensions, on {@code manager}. */
  static NDArray of(NDManager manager, double value, DataType type) {
    NDArray scalar = manager.create(new Shape(), type);
    ByteBuffer memory = scalar.toByteBuffer(true);
    if (type == DataType.FLOAT64) {
      memory.putDouble(value);
    } else {
      memory.putFloat((float) value);
    }
    return scalar;
  }

  /** {@code x}, float32 or float64, times the value; of the same type. */
  public static NDArray times(NDArray x, double value) {
    return x.mul(of(x.getManager(), value, x.getDataType()));
  }
}
