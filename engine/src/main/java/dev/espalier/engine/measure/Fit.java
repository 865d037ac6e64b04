package dev.espalier.engine.measure;

import dev.espalier.engine.Randomness;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.measure.Intervals.Interval;
import java.util.SplittableRandom;

/**
 * How near a model's numbers come to the targets of a regression (or, of a reconstruction, to the
 * network input). Not a number where an output is not one.
 *
 * <p>The 95% intervals are percentiles of the bootstrap over samples (Efron, Tibshirani 1993, An
 * introduction to the bootstrap, section 13.3). They speak of the sample of test data, not of other
 * seeds. For r2 the deviations of the targets are taken from their mean over all samples.
 *
 * @param squared each sample's mean squared error over the columns: what paired comparisons need
 * @param mse mean squared error, in squared units of the targets
 * @param mae mean absolute error, in units of the targets
 * @param r2 1 − squared errors / squared deviations of the targets from their mean, both added up
 *     over all columns: 1 is perfect, 0 as good as the mean; not a number where the targets do not
 *     vary
 */
public record Fit(double[] squared, Value mse, Value mae, Value r2) implements Quality {
  private static final int RESAMPLES = 1000;

  /** A figure with its interval. */
  public record Value(double value, Interval interval) {}

  @Override
  public int samples() {
    return squared.length;
  }

  /**
   * Compares outputs with what they should be.
   *
   * @param outputs [samples][columns], in the split's order
   * @throws IllegalArgumentException when there are none, or not a row for each sample
   */
  static Fit of(float[][] outputs, Task task, DataSet data, Split split) {
    int n = split.size();
    if (n == 0 || outputs.length != n) {
      throw new IllegalArgumentException(outputs.length + " rows for " + n + " samples");
    }
    int columns = task.outputs();
    double[] mean = new double[columns];
    float[] wanted = new float[columns];
    for (int i = 0; i < n; i++) {
      read(task, data, split, i, wanted);
      for (int k = 0; k < columns; k++) {
        mean[k] += wanted[k] / (double) n;
      }
    }
    double[] squared = new double[n];
    double[] absolute = new double[n];
    double[] deviation = new double[n];
    for (int i = 0; i < n; i++) {
      read(task, data, split, i, wanted);
      for (int k = 0; k < columns; k++) {
        double error = (double) outputs[i][k] - wanted[k];
        double apart = wanted[k] - mean[k];
        squared[i] += error * error / columns;
        absolute[i] += Math.abs(error) / columns;
        deviation[i] += apart * apart / columns;
      }
    }
    double[][] resampled = new double[3][RESAMPLES];
    // The data's fingerprint holds the seed that split it.
    SplittableRandom random = Randomness.of(n, "bootstrap " + data.fingerprint());
    for (int r = 0; r < RESAMPLES; r++) {
      double errors = 0;
      double distances = 0;
      double deviations = 0;
      for (int i = 0; i < n; i++) {
        int drawn = random.nextInt(n);
        errors += squared[drawn];
        distances += absolute[drawn];
        deviations += deviation[drawn];
      }
      resampled[0][r] = errors / n;
      resampled[1][r] = distances / n;
      resampled[2][r] = explained(errors, deviations);
    }
    double errors = sum(squared);
    return new Fit(
        squared,
        new Value(errors / n, Intervals.percentiles(resampled[0])),
        new Value(sum(absolute) / n, Intervals.percentiles(resampled[1])),
        new Value(explained(errors, sum(deviation)), Intervals.percentiles(resampled[2])));
  }

  /**
   * The difference of two models' mean squared errors on the same samples, with the interval of the
   * bootstrap over the differences sample by sample.
   *
   * @param fingerprint of the data, from which the samples are drawn again
   */
  public static Value difference(Fit first, Fit second, String fingerprint) {
    int n = first.samples();
    if (n != second.samples()) {
      throw new IllegalArgumentException(n + " and " + second.samples() + " samples");
    }
    double[] apart = new double[n];
    for (int i = 0; i < n; i++) {
      apart[i] = first.squared[i] - second.squared[i];
    }
    SplittableRandom random = Randomness.of(n, "paired bootstrap " + fingerprint);
    double[] means = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      for (int i = 0; i < n; i++) {
        means[r] += apart[random.nextInt(n)] / n;
      }
    }
    return new Value(sum(apart) / n, Intervals.percentiles(means));
  }

  private static void read(Task task, DataSet data, Split split, int sample, float[] into) {
    if (task instanceof Task.Reconstruction) {
      data.read(split, sample, into, 0);
    } else {
      System.arraycopy(split.targets(), sample * into.length, into, 0, into.length);
    }
  }

  private static double explained(double errors, double deviations) {
    return deviations > 0 ? 1 - errors / deviations : Double.NaN;
  }

  private static double sum(double... values) {
    double sum = 0;
    for (double v : values) {
      sum += v;
    }
    return sum;
  }
}
