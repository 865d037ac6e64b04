package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;

/** Bounds that are checked before memory is asked for. */
final class Limits {
  /** The most classes a data set may have. */
  static final int CLASSES = 1000;

  /** The longest array Java makes. */
  static final int ARRAY = Integer.MAX_VALUE - 8;

  private Limits() {}

  /**
   * A product of sizes from a file's header.
   *
   * @throws EspalierException when it is beyond any array
   */
  static long times(long a, long b, String where) {
    long high = Math.multiplyHigh(a, b);
    long product = a * b;
    if (high != 0 || product < 0 || product > ARRAY) {
      throw tooLarge(where);
    }
    return product;
  }

  /** The length as an array's. */
  static int arrayLength(long length, String where) {
    if (length < 0 || length > ARRAY) {
      throw tooLarge(where);
    }
    return (int) length;
  }

  private static EspalierException tooLarge(String where) {
    return EspalierException.program(
        "the data is too large",
        where,
        "a split holds at most 2,147,483,639 values, and the header says there are more",
        "use fewer or smaller samples; if the file should be small, it is damaged");
  }
}
