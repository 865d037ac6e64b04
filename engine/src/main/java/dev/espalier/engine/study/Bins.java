package dev.espalier.engine.study;

import dev.espalier.engine.run.Result.ChartSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** A histogram: bins of one width between two ends; exact zeros are counted apart. */
final class Bins {
  private final double low;
  private final double high;
  private final double[] counts;
  private long zeros;
  private long all;

  Bins(double low, double high, int bins) {
    this.low = low;
    this.high = high > low ? high : low + 1;
    this.counts = new double[bins];
  }

  void add(double value) {
    all++;
    if (value == 0) {
      zeros++;
      return;
    }
    int bin = (int) ((value - low) / (high - low) * counts.length);
    counts[Math.min(counts.length - 1, Math.max(0, bin))]++;
  }

  long all() {
    return all;
  }

  long zeros() {
    return zeros;
  }

  /** The middles of the bins. */
  List<Double> centres() {
    List<Double> out = new ArrayList<>();
    double width = (high - low) / counts.length;
    for (int b = 0; b < counts.length; b++) {
      out.add(shortest(low + (b + 0.5) * width, width));
    }
    return out;
  }

  /** What part of all values is in each bin. */
  List<Double> parts() {
    List<Double> out = new ArrayList<>();
    for (double count : counts) {
      out.add(all == 0 ? 0 : count / all);
    }
    return out;
  }

  List<Double> counts() {
    List<Double> out = new ArrayList<>();
    for (double count : counts) {
      out.add(count);
    }
    return out;
  }

  ChartSpec.Series series(String name, List<Double> y) {
    return new ChartSpec.Series(name, centres(), y, List.of(), List.of());
  }

  /** No more digits than tell a bin's centre from the next one: axes show it as it is. */
  private static double shortest(double centre, double width) {
    int digits = width > 0 ? (int) Math.ceil(-Math.log10(width)) : 0;
    return BigDecimal.valueOf(centre).setScale(digits, RoundingMode.HALF_EVEN).doubleValue();
  }
}
