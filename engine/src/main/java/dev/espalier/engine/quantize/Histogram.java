package dev.espalier.engine.quantize;

/** Counts values in equal bins over a range known beforehand; memory does not grow with them. */
final class Histogram {
  private static final int BINS = 4096;

  private final double low;
  private final double width;
  private final long[] counts = new long[BINS];
  private long total;

  /** A histogram over [low, high]. */
  Histogram(double low, double high) {
    this.low = low;
    this.width = (high - low) / BINS;
  }

  void add(float value) {
    int bin = width == 0 ? 0 : (int) ((value - low) / width);
    counts[Math.max(0, Math.min(BINS - 1, bin))]++;
    total++;
  }

  /** An upper bound for the given part of the values, to a bin's width. */
  double above(double part) {
    long allowed = (long) Math.floor((1 - part) * total);
    int bin = BINS - 1;
    for (long left = 0; bin > 0; bin--) {
      left += counts[bin];
      if (left > allowed) {
        break;
      }
    }
    return low + (bin + 1) * width;
  }

  /** A lower bound for the given part of the values, to a bin's width. */
  double below(double part) {
    long allowed = (long) Math.floor((1 - part) * total);
    int bin = 0;
    for (long left = 0; bin < BINS - 1; bin++) {
      left += counts[bin];
      if (left > allowed) {
        break;
      }
    }
    return low + bin * width;
  }
}
