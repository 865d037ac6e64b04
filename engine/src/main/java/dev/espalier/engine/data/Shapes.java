package dev.espalier.engine.data;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Shapes of samples in words and numbers. */
final class Shapes {
  private Shapes() {}

  /** {@code 3×32×32}. */
  static String words(long... shape) {
    return Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining("×"));
  }

  /** Values of one sample. */
  static int width(long... shape) {
    return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
  }
}
