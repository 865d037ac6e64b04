package dev.espalier.engine.measure;

/** Tails of Student's t distribution and of the normal one, and the values that bound them. */
final class StudentT {
  private StudentT() {}

  /** The probability of a value further than {@code |t|} from 0, on either side. */
  static double twoSided(double t, double degrees) {
    return Intervals.regularizedBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  }

  /**
   * The value that is exceeded with probability {@code tail}, by bisection of the distribution
   * function.
   *
   * @param tail above 0, below 0.5
   */
  static double quantile(double tail, double degrees) {
    require(tail, degrees > 0);
    double low = 0;
    double high = 2;
    while (twoSided(high, degrees) / 2 > tail) {
      low = high;
      high *= 2;
    }
    while (high - low > 1e-12 * high) {
      double t = (low + high) / 2;
      if (twoSided(t, degrees) / 2 > tail) {
        low = t;
      } else {
        high = t;
      }
    }
    return (low + high) / 2;
  }

  /**
   * The probability of a standard normal value above {@code z}: half of erfc(z/√2), by its
   * continued fraction (DLMF 7.9.1) from 2 on and by its power series (DLMF 7.6.2) below.
   */
  static double normalTail(double z) {
    if (z < 0) {
      return 1 - normalTail(-z);
    }
    double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    if (z < 2) {
      double term = z;
      double sum = z;
      for (int k = 1; k < 60; k++) {
        term *= z * z / (2 * k + 1);
        sum += term;
      }
      return 0.5 - density * sum;
    }
    double fraction = z;
    for (int k = 100; k >= 1; k--) {
      fraction = z + k / fraction;
    }
    return density / fraction;
  }

  /** The value that a standard normal one exceeds with probability {@code tail}, below 0.5. */
  static double normalQuantile(double tail) {
    require(tail, true);
    double low = 0;
    double high = 40;
    while (high - low > 1e-12 * high) {
      double z = (low + high) / 2;
      if (normalTail(z) > tail) {
        low = z;
      } else {
        high = z;
      }
    }
    return (low + high) / 2;
  }

  private static void require(double tail, boolean also) {
    if (!(tail > 0 && tail < 0.5 && also)) {
      throw new IllegalArgumentException("no quantile for a tail of " + tail);
    }
  }
}
