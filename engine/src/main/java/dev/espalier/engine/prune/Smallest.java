package dev.espalier.engine.prune;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Zeroes an exact number of the non-zero numbers in some arrays, in time linear in their length and
 * without copies.
 */
final class Smallest {
  private static final int LOW_BITS = 16;
  private static final int LOW_MASK = (1 << LOW_BITS) - 1;

  private Smallest() {}

  /**
   * Zeroes the {@code count} smallest magnitudes among the numbers that are not zero; of equal ones
   * those that come first.
   *
   * <p>The bits of non-negative floats are ordered as the floats are, so the threshold is found by
   * counting: first the upper half of the bits, then the lower half within the one value of the
   * upper half where the threshold lies. NaN counts as the largest.
   */
  static void zero(List<float[]> arrays, long count) {
    if (count <= 0) {
      return;
    }
    long[] high = new long[1 << (32 - LOW_BITS - 1)];
    for (float[] array : arrays) {
      for (float v : array) {
        int bits = magnitude(v);
        if (bits != 0) {
          high[bits >>> LOW_BITS]++;
        }
      }
    }
    int top = 0;
    long below = 0;
    while (top < high.length && below + high[top] < count) {
      below += high[top++];
    }
    if (top == high.length) {
      throw new IllegalArgumentException("there are only " + below + " to zero, not " + count);
    }
    long[] low = new long[1 << LOW_BITS];
    for (float[] array : arrays) {
      for (float v : array) {
        int bits = magnitude(v);
        if (bits != 0 && bits >>> LOW_BITS == top) {
          low[bits & LOW_MASK]++;
        }
      }
    }
    int bottom = 0;
    while (below + low[bottom] < count) {
      below += low[bottom++];
    }
    int threshold = top << LOW_BITS | bottom;
    long ties = count - below;
    for (float[] array : arrays) {
      for (int i = 0; i < array.length; i++) {
        int bits = magnitude(array[i]);
        if (bits < threshold || (bits == threshold && ties-- > 0)) {
          array[i] = 0;
        }
      }
    }
  }

  /**
   * Zeroes {@code count} of the numbers that are not zero, each choice equally likely (Knuth, The
   * Art of Computer Programming 2, section 3.4.2, algorithm S).
   */
  static void zeroRandom(List<float[]> arrays, long count, SplittableRandom random) {
    long left = nonZero(arrays);
    if (count > left) {
      throw new IllegalArgumentException("there are only " + left + " to zero, not " + count);
    }
    long wanted = count;
    for (float[] array : arrays) {
      for (int i = 0; i < array.length && wanted > 0; i++) {
        if (array[i] != 0) {
          if (random.nextLong(left--) < wanted) {
            array[i] = 0;
            wanted--;
          }
        }
      }
    }
  }

  static long nonZero(List<float[]> arrays) {
    long n = 0;
    for (float[] array : arrays) {
      for (float v : array) {
        n += v != 0 ? 1 : 0;
      }
    }
    return n;
  }

  private static int magnitude(float v) {
    return Float.floatToRawIntBits(v) & Integer.MAX_VALUE;
  }
}
