package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A node's inputs as arrays, whatever they are. */
final class Operands {
  private Operands() {}

  /**
   * Input {@code i}: what was computed, or an integer constant made an array (int64, or boolean).
   */
  static NDArray of(Node node, NDList inputs, int i, Pass pass) {
    NDArray given = inputs.get(i);
    if (given != null) {
      return given;
    }
    Tensor constant =
        pass.constant(node.input(i))
            .orElseThrow(() -> Refusal.misfit(node, "input " + i + " has no value"));
    return upload(constant, pass.manager());
  }

  /** A constant as an array: floats as float32, whole numbers as int64, truths as booleans. */
  static NDArray upload(Tensor constant, NDManager manager) {
    Shape shape = new Shape(constant.shape());
    if (constant.isFloating()) {
      NDArray array = manager.create(shape, DataType.FLOAT32);
      if (constant.size() > 0) {
        array.toByteBuffer(true).asFloatBuffer().put(constant.floats());
      }
      return array;
    }
    if (constant.type() == dev.espalier.engine.graph.DataType.BOOL) {
      NDArray array = manager.create(shape, DataType.BOOLEAN);
      ByteBuffer bytes = array.toByteBuffer(true);
      for (long v : constant.longs()) {
        bytes.put((byte) (v == 0 ? 0 : 1));
      }
      return array;
    }
    NDArray array = manager.create(shape, DataType.INT64);
    if (constant.size() > 0) {
      array.toByteBuffer(true).asLongBuffer().put(constant.longs());
    }
    return array;
  }

  /** The whole numbers of input {@code i}, when it is given and constant. */
  static Optional<long[]> integers(Inputs inputs, int i) {
    return inputs.has(i)
        ? inputs.constant(i).filter(t -> !t.isFloating()).map(Tensor::longs)
        : Optional.empty();
  }

  /** As {@link #integers(Inputs, int)} while running. */
  static Optional<long[]> integers(Node node, int i, Pass pass) {
    return node.input(i).isEmpty()
        ? Optional.empty()
        : pass.constant(node.input(i)).filter(t -> !t.isFloating()).map(Tensor::longs);
  }

  /**
   * The whole numbers of an input that has to be constant.
   *
   * @param what the input's meaning, for the message
   */
  static long[] needed(Node node, Optional<long[]> integers, String what) {
    return integers.orElseThrow(
        () ->
            Refusal.unsupported(
                node, what + " computed from the data", "export the model with constant " + what));
  }

  /**
   * {@code x} with a value around it; negative amounts cut, which DJL's own padding refuses.
   *
   * @param amounts before and after each axis, the last axis first
   */
  static NDArray padded(NDArray x, long[] amounts, double value) {
    return JniUtils.pad((PtNDArray) x, amounts, value);
  }

  /** A result whose first operand may be a weight, which would else keep it. */
  static NDList made(NDArray y, Pass pass) {
    y.attach(pass.manager());
    return new NDList(y);
  }
}
