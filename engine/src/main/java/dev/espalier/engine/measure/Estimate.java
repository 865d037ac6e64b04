package dev.espalier.engine.measure;

import dev.espalier.engine.measure.Intervals.Interval;
import java.util.OptionalInt;

/**
 * A mean over training seeds and test samples, with what each of the two adds to its uncertainty.
 *
 * <p>Every seed is tested on the same samples, so values x<sub>si</sub> of seed s and sample i have
 * two crossed random effects: x<sub>si</sub> = μ + a<sub>s</sub> + b<sub>i</sub> + e<sub>si</sub>.
 * With the mean squares of seeds, samples and rest (n seeds, m samples), the mean has the variance
 *
 * <pre>  MS_seeds / (n m)  +  max(MS_samples − MS_rest, 0) / (n m)</pre>
 *
 * as in the analysis of several readers of the same cases (D. D. Dorfman, K. S. Berbaum, C. E.
 * Metz, Investigative Radiology 27 (1992) 723–731; S. L. Hillis, Statistics in Medicine 26 (2007)
 * 596–619): seeds stand for readers, samples for cases. Counting the seeds alone, or the samples
 * alone, understates how much another run on other data would differ: X. Bouthillier et al.,
 * Accounting for variance in machine learning benchmarks, MLSys 2021 (arXiv:2103.03098).
 *
 * <p>The first part is known with n − 1 degrees of freedom, the second with very many. The critical
 * value is their Student's and the normal one, weighted by the parts (W. G. Cochran, Approximate
 * significance levels of the Behrens–Fisher test, Biometrics 20 (1964) 191–195), which errs on the
 * safe side; with Hillis's degrees of freedom the interval of 3 seeds holds in 92 of 100 cases only
 * where seeds matter most.
 *
 * @param mean the mean as it is
 * @param centre of the interval: {@code mean}, for fractions drawn a little to the middle
 * @param seedVariance of the mean of one seed, as seeds vary; NaN for a single seed
 * @param sampleVariance of the mean of all seeds, as samples vary
 * @param seeds n
 * @param samples m; 1 for what is not a mean over samples
 */
public record Estimate(
    double mean,
    double centre,
    double seedVariance,
    double sampleVariance,
    int seeds,
    int samples) {

  /** How likely a difference as large as the one seen is to be found with the seeds proposed. */
  public static final double POWER = 0.8;

  /** Smaller probabilities are not told apart. */
  private static final double LEAST_TAIL = 1e-15;

  /** What differs by no more than this part does so by the rounding of sums. */
  private static final double ROUNDING = 1e-13;

  /** More seeds are never proposed. */
  private static final int MOST_SEEDS = 10_000;

  /**
   * Values that stand for a whole test split: a size, a latency, one for each seed; Student's t.
   *
   * @throws IllegalArgumentException when there are none
   */
  public static Estimate ofSeeds(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values");
    }
    double[][] each = new double[values.length][1];
    for (int s = 0; s < values.length; s++) {
      each[s][0] = values[s];
    }
    return crossed(each, new double[0], 0);
  }

  /**
   * Values of samples, at least two, that are no fractions: squared errors, or their differences.
   *
   * @param values [seeds][samples]
   */
  public static Estimate ofSamples(double[][] values) {
    return crossed(values, new double[0], 0);
  }

  /**
   * The fraction correct. So that the interval holds near 0 and 1 and where all samples agree, it
   * is computed with two samples more that every seed has right and two that every seed has wrong
   * (A. Agresti, B. A. Coull, The American Statistician 52 (1998) 119–126).
   *
   * @param correct [seeds][samples]
   */
  public static Estimate ofFraction(boolean[][] correct) {
    double[][] values = new double[correct.length][];
    for (int s = 0; s < correct.length; s++) {
      values[s] = new double[correct[s].length];
      for (int i = 0; i < correct[s].length; i++) {
        values[s][i] = correct[s][i] ? 1 : 0;
      }
    }
    return crossed(values, new double[] {0, 1}, 2);
  }

  /**
   * The fraction correct of a first model less that of a second on the same samples, seed by seed.
   * It is computed with half a sample more of each of the four ways in which two models can answer
   * (A. Agresti, Y. Min, Statistics in Medicine 24 (2005) 729–740).
   *
   * @param first [seeds][samples]
   * @param second [seeds][samples]
   */
  public static Estimate ofDifference(boolean[][] first, boolean[][] second) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(first.length + " and " + second.length + " seeds");
    }
    double[][] values = new double[first.length][];
    for (int s = 0; s < first.length; s++) {
      if (first[s].length != second[s].length) {
        throw new IllegalArgumentException(
            first[s].length + " and " + second[s].length + " samples");
      }
      values[s] = new double[first[s].length];
      for (int i = 0; i < first[s].length; i++) {
        values[s][i] = (first[s][i] ? 1 : 0) - (second[s][i] ? 1 : 0);
      }
    }
    return crossed(values, new double[] {-1, 0, 0, 1}, 0.5);
  }

  /**
   * @param added values of samples that are added, the same for every seed
   * @param weight how many of each
   */
  private static Estimate crossed(double[][] values, double[] added, double weight) {
    int n = values.length;
    int m = n == 0 ? 0 : values[0].length;
    if (m == 0) {
      throw new IllegalArgumentException(n + " seeds, " + m + " samples");
    }
    double[] ofSeed = new double[n];
    double[] ofSample = new double[m];
    double sum = 0;
    for (int s = 0; s < n; s++) {
      if (values[s].length != m) {
        throw new IllegalArgumentException(m + " and " + values[s].length + " samples");
      }
      for (int i = 0; i < m; i++) {
        ofSeed[s] += values[s][i] / m;
        ofSample[i] += values[s][i] / n;
      }
      sum += ofSeed[s];
    }
    double mean = sum / n;
    double all = m + weight * added.length;
    double extra = 0;
    for (double v : added) {
      extra += weight * v;
    }
    double centre = (mean * m + extra) / all;
    // The added samples are the same for every seed, so they move all seeds' means alike.
    double shrink = m / all;
    double seedSquares = 0;
    for (double v : ofSeed) {
      seedSquares += square(shrink * (v - mean));
    }
    // Equal values add up to a mean that is off in its last bits.
    boolean noise = seedSquares <= n * square(ROUNDING * mean);
    double seedVariance = n == 1 ? Double.NaN : noise ? 0 : seedSquares / (n - 1);
    if (all <= 1) {
      return new Estimate(mean, centre, seedVariance, 0, n, m);
    }
    double sampleSquares = 0;
    double rest = 0;
    for (int i = 0; i < m; i++) {
      sampleSquares += square(ofSample[i] - centre);
      for (int s = 0; s < n; s++) {
        rest += square(values[s][i] - ofSample[i] - (ofSeed[s] - mean));
      }
    }
    for (double v : added) {
      sampleSquares += weight * square(v - centre);
    }
    double samplesMean = n * sampleSquares / (all - 1);
    double restMean = n == 1 ? 0 : rest / ((n - 1) * (all - 1));
    return new Estimate(
        mean, centre, seedVariance, Math.max(0, samplesMean - restMean) / (n * all), n, m);
  }

  /** The same in another unit: every value times {@code factor}. */
  public Estimate scaled(double factor) {
    return new Estimate(
        mean * factor,
        centre * factor,
        seedVariance * square(factor),
        sampleVariance * square(factor),
        seeds,
        samples);
  }

  private static double square(double v) {
    return v * v;
  }

  /** The variance of a mean over so many seeds on these samples. */
  private double variance(int ofSeeds) {
    return seedVariance / ofSeeds + sampleVariance;
  }

  /** How many standard errors a mean over so many seeds is off with twice this probability. */
  private double critical(double tail, int ofSeeds) {
    double part = seedVariance / ofSeeds;
    double normal = StudentT.normalQuantile(tail);
    return part == 0
        ? normal
        : (part * StudentT.quantile(tail, ofSeeds - 1) + sampleVariance * normal)
            / variance(ofSeeds);
  }

  /** The standard error of the mean; NaN for a single seed. */
  public double standardError() {
    return Math.sqrt(variance(seeds));
  }

  /** The 95% interval over other seeds and other samples; NaN ends for a single seed. */
  public Interval interval() {
    if (seeds == 1) {
      return new Interval(Double.NaN, Double.NaN);
    }
    double half = critical(0.025, seeds) * standardError();
    return new Interval(centre - half, centre + half);
  }

  /**
   * Two-sided, that the mean over all seeds and samples is {@code value}; 1 for a single seed, of
   * which nothing can be said.
   */
  public double pValue(double value) {
    if (seeds == 1) {
      return 1;
    }
    double distance = Math.abs(centre - value);
    double error = standardError();
    if (distance == 0 || error == 0) {
      return distance == 0 ? 1 : 0;
    }
    double low = LEAST_TAIL;
    double high = 0.5 - 1e-9;
    for (int i = 0; i < 32; i++) {
      double tail = Math.sqrt(low * high);
      if (critical(tail, seeds) * error > distance) {
        low = tail;
      } else {
        high = tail;
      }
    }
    return 2 * high;
  }

  /**
   * With how many seeds a difference from {@code value} as large as this one would be found, with
   * the probability {@link #POWER}.
   *
   * @param level two-sided, of the test
   * @return empty when no number of seeds would do, because other samples alone can move the mean
   *     that far; {@link #samplesToDecide} then
   */
  public OptionalInt seedsToDecide(double value, double level) {
    double distance = Math.abs(centre - value);
    if (distance <= farthest(level) * Math.sqrt(sampleVariance)
        || !decides(MOST_SEEDS, distance, level)) {
      return OptionalInt.empty();
    }
    int low = 2;
    int high = MOST_SEEDS;
    while (low < high) {
      int middle = (low + high) / 2;
      if (decides(middle, distance, level)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return OptionalInt.of(low);
  }

  private boolean decides(int ofSeeds, double distance, double level) {
    return distance
        >= (critical(level / 2, ofSeeds) + critical(1 - POWER, ofSeeds))
            * Math.sqrt(variance(ofSeeds));
  }

  private static double farthest(double level) {
    return StudentT.normalQuantile(level / 2) + StudentT.normalQuantile(1 - POWER);
  }

  /**
   * The fewest samples with which, given seeds enough, a difference from {@code value} as large as
   * this one would be found with the probability {@link #POWER}; infinite when there is none.
   */
  public double samplesToDecide(double value, double level) {
    double distance = Math.abs(centre - value);
    return Math.ceil(samples * sampleVariance * square(farthest(level) / distance));
  }
}
