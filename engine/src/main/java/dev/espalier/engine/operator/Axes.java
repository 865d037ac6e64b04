package dev.espalier.engine.operator;

import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;

/** Ties along axes that several operators share. */
final class Axes {
  private Axes() {}

  /** Every axis of {@code a} with the same axis of {@code b}, which has the same shape. */
  static void tieAll(String a, String b, long[] shape, Ties ties) {
    for (int axis = 0; axis < shape.length; axis++) {
      ties.tie(a, axis, b, axis, (int) shape[axis]);
    }
  }

  /** Freezes the axes {@code from} on of a value of that rank. */
  static void freezeFrom(String value, int from, int rank, Ties ties) {
    for (int axis = from; axis < rank; axis++) {
      ties.freeze(value, axis);
    }
  }

  /** As numpy broadcasts: trailing axes are aligned, and 1 stretches. */
  static long[] broadcast(Node node, long[] a, long[] b) {
    int rank = Math.max(a.length, b.length);
    long[] out = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long x = i <= a.length ? a[a.length - i] : 1;
      long y = i <= b.length ? b[b.length - i] : 1;
      if (x != y && x != 1 && y != 1) {
        throw Refusal.misfit(
            node, Refusal.shape(a) + " and " + Refusal.shape(b) + " do not broadcast together");
      }
      out[rank - i] = x == 1 ? y : x;
    }
    return out;
  }

  /** For every element of the result, which element of the operand broadcasting puts there. */
  static int[] spread(long[] operand, long[] result) {
    int[] out = new int[Math.toIntExact(Tensor.count(result))];
    int lead = result.length - operand.length;
    for (int i = 0; i < out.length; i++) {
      int rest = i;
      int index = 0;
      int stride = 1;
      for (int axis = result.length - 1; axis >= lead; axis--) {
        int at = (int) (rest % result[axis]);
        rest /= (int) result[axis];
        int size = (int) operand[axis - lead];
        index += (size == 1 ? 0 : at) * stride;
        stride *= size;
      }
      out[i] = index;
    }
    return out;
  }

  /** Ties the axes of an operand that broadcasting did not stretch to those of the result. */
  static void tieBroadcast(String operand, long[] shape, String result, long[] out, Ties ties) {
    int lead = out.length - shape.length;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == out[axis + lead]) {
        ties.tie(operand, axis, result, axis + lead, (int) shape[axis]);
      }
    }
  }
}
