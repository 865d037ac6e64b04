package dev.espalier.engine.measure;

import java.util.Arrays;

/** 95% intervals of what is measured: of one accuracy, of two models' difference, over seeds. */
public final class Intervals {
  /** The 97.5% quantile of the standard normal distribution. */
  private static final double Z = 1.959963984540054;

  /** Both ends of a 95% interval. */
  public record Interval(double low, double high) {
    public boolean contains(double value) {
      return low <= value && value <= high;
    }
  }

  /**
   * What two models differ by on the same samples.
   *
   * @param difference fraction correct of the first less that of the second; 0.01 is one point
   * @param interval of the difference
   * @param pValue two-sided, of McNemar's exact test that both err equally often
   */
  public record Difference(double difference, Interval interval, double pValue) {
    /** Whether the interval leaves out 0: the difference is more than chance. */
    public boolean isClear() {
      return !interval.contains(0);
    }
  }

  /** A mean over seeds with Student's t interval; NaN ends for a single value. */
  public record Mean(double mean, Interval interval, int count) {}

  private Intervals() {}

  /**
   * Wilson's score interval of a fraction: E. B. Wilson, Probable inference, the law of succession,
   * and statistical inference, JASA 22 (1927) 209–212. Unlike mean ± 1.96 s it holds near 0 and 1,
   * where accuracies are.
   */
  public static Interval wilson(long successes, long trials) {
    if (trials < 1 || successes < 0 || successes > trials) {
      throw new IllegalArgumentException(successes + " of " + trials);
    }
    double n = trials;
    double p = successes / n;
    double z2 = Z * Z;
    double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z * Math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
    // At the ends the formula is exact up to rounding; the rounding must not leave [0, 1].
    return new Interval(
        successes == 0 ? 0 : Math.max(0, centre - half),
        successes == trials ? 1 : Math.min(1, centre + half));
  }

  /**
   * The difference of two models' accuracies on the same samples: R. G. Newcombe, Improved
   * confidence intervals for the difference between binomial proportions based on paired data,
   * Statistics in Medicine 17 (1998) 2635–2650, method 10 (Wilson intervals squared and added, with
   * the correlation corrected for continuity). Comparing the samples both models saw is far sharper
   * than comparing two separate intervals.
   *
   * @param first whether the first model is correct, sample by sample
   * @param second the same samples for the second model
   */
  public static Difference paired(boolean[] first, boolean[] second) {
    if (first.length != second.length || first.length == 0) {
      throw new IllegalArgumentException(first.length + " and " + second.length + " samples");
    }
    long both = 0;
    long onlyFirst = 0;
    long onlySecond = 0;
    for (int i = 0; i < first.length; i++) {
      both += first[i] && second[i] ? 1 : 0;
      onlyFirst += first[i] && !second[i] ? 1 : 0;
      onlySecond += !first[i] && second[i] ? 1 : 0;
    }
    return paired(both, onlyFirst, onlySecond, first.length - both - onlyFirst - onlySecond);
  }

  /** As {@link #paired(boolean[], boolean[])} from the four counts. */
  static Difference paired(long both, long onlyFirst, long onlySecond, long neither) {
    long n = both + onlyFirst + onlySecond + neither;
    double p1 = (both + onlyFirst) / (double) n;
    double p2 = (both + onlySecond) / (double) n;
    Interval w1 = wilson(both + onlyFirst, n);
    Interval w2 = wilson(both + onlySecond, n);
    double product = (double) both * neither - (double) onlyFirst * onlySecond;
    double corrected = product > 0 ? Math.max(product - n / 2.0, 0) : product;
    double scale =
        Math.sqrt(
            (double) (both + onlyFirst)
                * (onlySecond + neither)
                * (both + onlySecond)
                * (onlyFirst + neither));
    double phi = scale == 0 ? 0 : corrected / scale;
    double difference = (onlyFirst - onlySecond) / (double) n;
    double below = add(p1 - w1.low(), w2.high() - p2, phi);
    double above = add(w1.high() - p1, p2 - w2.low(), phi);
    return new Difference(
        difference,
        new Interval(difference - below, difference + above),
        mcNemar(onlyFirst, onlySecond));
  }

  private static double add(double a, double b, double phi) {
    return Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
  }

  /**
   * McNemar's exact test: the two-sided binomial probability that the samples on which two models
   * differ fall so unevenly by chance (Q. McNemar, Psychometrika 12 (1947) 153–157; recommended for
   * classifiers by T. Dietterich, Neural Computation 10 (1998) 1895–1923).
   */
  static double mcNemar(long onlyFirst, long onlySecond) {
    long n = onlyFirst + onlySecond;
    long fewer = Math.min(onlyFirst, onlySecond);
    if (fewer == onlyFirst && fewer == onlySecond) {
      return 1;
    }
    // P(X <= fewer), X ~ Binomial(n, 1/2), is I_{1/2}(n - fewer, fewer + 1).
    return Math.min(1, 2 * regularizedBeta(0.5, n - fewer, fewer + 1));
  }

  /**
   * The 2.5% and the 97.5% percentile of resampled figures; NaN ends where one is not a number. The
   * figures are put in order.
   */
  static Interval percentiles(double... resampled) {
    java.util.Arrays.sort(resampled);
    int n = resampled.length;
    if (n == 0 || Double.isNaN(resampled[n - 1])) {
      return new Interval(Double.NaN, Double.NaN);
    }
    return new Interval(
        resampled[(int) Math.floor(0.025 * (n - 1))], resampled[(int) Math.ceil(0.975 * (n - 1))]);
  }

  /** The mean of independent values, one a seed, with Student's t interval (n − 1 degrees). */
  public static Mean mean(double... values) {
    int n = values.length;
    if (n == 0) {
      throw new IllegalArgumentException("no values");
    }
    double sum = 0;
    for (double v : values) {
      sum += v;
    }
    // Equal values have no spread; their rounded sum would make one.
    boolean equal = Arrays.stream(values).allMatch(v -> v == values[0]);
    double mean = equal ? values[0] : sum / n;
    if (n == 1) {
      return new Mean(mean, new Interval(Double.NaN, Double.NaN), 1);
    }
    double squares = 0;
    for (double v : values) {
      squares += (v - mean) * (v - mean);
    }
    double half = StudentT.quantile(0.025, n - 1) * Math.sqrt(squares / (n - 1) / n);
    return new Mean(mean, new Interval(mean - half, mean + half), n);
  }

  /**
   * I_x(a, b) by the continued fraction DLMF 8.17.22, evaluated by Lentz's method.
   *
   * @see <a href="https://dlmf.nist.gov/8.17">DLMF 8.17</a>
   */
  static double regularizedBeta(double x, double a, double b) {
    if (x <= 0) {
      return 0;
    }
    if (x >= 1) {
      return 1;
    }
    if (x > (a + 1) / (a + b + 2)) {
      // The fraction converges fast on this side of the mean only.
      return 1 - regularizedBeta(1 - x, b, a);
    }
    double front =
        Math.exp(
            logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
    double tiny = 1e-300;
    double c = 1;
    double d = 1 - (a + b) * x / (a + 1);
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    double fraction = d;
    for (int m = 1; m <= 10_000; m++) {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 + even * d;
      d = 1 / (Math.abs(d) < tiny ? tiny : d);
      c = 1 + even / c;
      c = Math.abs(c) < tiny ? tiny : c;
      fraction *= d * c;
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 + odd * d;
      d = 1 / (Math.abs(d) < tiny ? tiny : d);
      c = 1 + odd / c;
      c = Math.abs(c) < tiny ? tiny : c;
      double step = d * c;
      fraction *= step;
      if (Math.abs(step - 1) < 1e-14) {
        break;
      }
    }
    return front * fraction / a;
  }

  /** ln Γ(x), x > 0: Stirling's series after shifting the argument above 10 (DLMF 5.11.1). */
  private static double logGamma(double x) {
    double shift = 0;
    double y = x;
    while (y < 10) {
      shift -= Math.log(y);
      y++;
    }
    double inverse = 1 / (y * y);
    double series =
        (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse / 1680))) / y;
    return shift + (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series;
  }
}
