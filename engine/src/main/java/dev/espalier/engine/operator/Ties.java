package dev.espalier.engine.operator;

/**
 * Collects which slices of which tensors live and die together. A slice is one index along one axis
 * of one value (an activation or a weight, by its name in the graph).
 */
public interface Ties {
  /** Every slice of {@code a} with the slice of {@code b} of the same index. */
  default void tie(String a, int axisA, String b, int axisB, int count) {
    for (int i = 0; i < count; i++) {
      tie(a, axisA, i, b, axisB, i);
    }
  }

  /** Slice {@code indexA} with slice {@code indexB}. */
  void tie(String a, int axisA, int indexA, String b, int axisB, int indexB);

  /** No slice of this axis may ever go (the graph's outputs, an axis an operator needs whole). */
  void freeze(String value, int axis);

  /** {@code y} holds the elements of {@code x} in the same order, in another shape. */
  void reshape(String x, long[] from, String y, long[] to);
}
