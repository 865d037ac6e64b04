package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.graph.Tensor;

/**
 * Between Java arrays and native memory, in one copy: the bytes of a native array are written and
 * read in place, so nothing passes through Java's own direct memory.
 */
final class Upload {
  private Upload() {}

  static NDArray floats(NDManager manager, float[] values, long... shape) {
    NDArray array = manager.create(new Shape(shape), DataType.FLOAT32);
    if (values.length > 0) {
      array.toByteBuffer(true).asFloatBuffer().put(values);
    }
    return array;
  }

  static NDArray bytes(NDManager manager, byte[] values, long... shape) {
    NDArray array = manager.create(new Shape(shape), DataType.UINT8);
    if (values.length > 0) {
      array.toByteBuffer(true).put(values);
    }
    return array;
  }

  static NDArray longs(NDManager manager, long[] values, long... shape) {
    NDArray array = manager.create(new Shape(shape), DataType.INT64);
    if (values.length > 0) {
      array.toByteBuffer(true).asLongBuffer().put(values);
    }
    return array;
  }

  /** The values of a float array, row-major. */
  static float[] read(NDArray array) {
    float[] values = new float[Math.toIntExact(array.size())];
    if (values.length > 0) {
      array.toByteBuffer(true).asFloatBuffer().get(values);
    }
    return values;
  }

  static Tensor tensor(NDArray array) {
    return Tensor.ofFloats(array.getShape().getShape(), read(array));
  }
}
