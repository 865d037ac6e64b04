package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.stream.IntStream;

/** Slices of one axis by index, differentiable; the same slice may be taken several times. */
final class Selection {
  private Selection() {}

  /** {@code x} with slice {@code index[i]} of the axis as slice {@code i}. */
  static NDArray of(NDArray x, int axis, long[] index, Pass pass) {
    NDArray made = pass.manager().create(new Shape(index.length), DataType.INT64);
    if (index.length > 0) {
      made.toByteBuffer(true).asLongBuffer().put(index);
    }
    return of(x, axis, made);
  }

  /**
   * As {@link #of(NDArray, int, long[], Pass)}.
   *
   * @param index int64, one axis, none negative
   */
  static NDArray of(NDArray x, int axis, NDArray index) {
    long[] shape = x.getShape().getShape();
    // Rows of a matrix: the axis to the front, the rest in one.
    NDArray rows = x;
    int[] order = IntStream.range(0, shape.length).toArray();
    if (axis > 0) {
      System.arraycopy(order, 0, order, 1, axis);
      order[0] = axis;
      rows = x.transpose(order);
    }
    long width = shape[axis] == 0 ? 0 : x.size() / shape[axis];
    rows = rows.reshape(shape[axis], width);
    NDArray chosen = rows.gather(index.reshape(-1, 1).broadcast(index.size(), width), 0);
    long[] front = new long[shape.length];
    front[0] = index.size();
    for (int i = 1; i < front.length; i++) {
      front[i] = shape[order[i]];
    }
    chosen = chosen.reshape(front);
    if (axis == 0) {
      return chosen;
    }
    int[] back = new int[shape.length];
    for (int i = 0; i < back.length; i++) {
      back[order[i]] = i;
    }
    return chosen.transpose(back);
  }
}
