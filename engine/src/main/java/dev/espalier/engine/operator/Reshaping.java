package dev.espalier.engine.operator;

import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;

/** Ties through a change of shape that keeps the order of the elements. */
final class Reshaping {
  private Reshaping() {}

  /**
   * Cuts both shapes into the shortest runs of axes with equal products. In a run, the first axis
   * longer than 1 is the channel: slice c of it is a block of consecutive elements of the run,
   * hence of one axis of the other shape when that has the run in one axis. What is not so is
   * frozen.
   */
  static void tie(Node node, long[] from, long[] to, Ties ties) {
    String x = node.input(0);
    String y = node.output();
    if (Tensor.count(from) == 0) {
      return;
    }
    int i = 0;
    int j = 0;
    while (i < from.length || j < to.length) {
      int startI = i;
      int startJ = j;
      long a = i < from.length ? from[i++] : 1;
      long b = j < to.length ? to[j++] : 1;
      while (a != b) {
        if (a < b) {
          a *= from[i++];
        } else {
          b *= to[j++];
        }
      }
      run(x, from, startI, i, y, to, startJ, j, ties);
    }
  }

  private static void run(
      String x, long[] from, int i, int endI, String y, long[] to, int j, int endJ, Ties ties) {
    while (i < endI - 1 && from[i] == 1) {
      i++;
    }
    while (j < endJ - 1 && to[j] == 1) {
      j++;
    }
    int lastI = lastLong(from, i, endI);
    int lastJ = lastLong(to, j, endJ);
    if (i >= endI || j >= endJ) {
      return;
    }
    if (i == lastI && j == lastJ) {
      ties.tie(x, i, y, j, (int) from[i]);
    } else if (j == lastJ) {
      spread(x, i, (int) from[i], y, j, (int) to[j], ties);
      Axes.freezeFrom(x, i + 1, endI, ties);
    } else if (i == lastI) {
      spread(y, j, (int) to[j], x, i, (int) from[i], ties);
      Axes.freezeFrom(y, j + 1, endJ, ties);
    } else {
      Axes.freezeFrom(x, i, endI, ties);
      Axes.freezeFrom(y, j, endJ, ties);
    }
  }

  /** The last axis of the run that is longer than 1, or its first. */
  private static int lastLong(long[] shape, int start, int end) {
    int last = start;
    for (int axis = start; axis < end; axis++) {
      if (shape[axis] != 1) {
        last = axis;
      }
    }
    return last;
  }

  /** Channel c of the many-axis side with its consecutive features of the one-axis side. */
  private static void spread(
      String many, int channelAxis, int channels, String one, int axis, int features, Ties ties) {
    int each = features / channels;
    for (int c = 0; c < channels; c++) {
      for (int k = 0; k < each; k++) {
        ties.tie(many, channelAxis, c, one, axis, c * each + k);
      }
    }
  }
}
