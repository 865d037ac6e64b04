package dev.espalier.engine.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.data.Task;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FitTest {
  private static final Task.Regression ONE = new Task.Regression(List.of("y"));

  private static DataSet data(int columns, float... targets) {
    Split split = Split.ofTargets(1, new float[targets.length / columns], columns, targets);
    return new DataSet(
        "data",
        new long[] {1},
        columns == 1 ? ONE : new Task.Regression(List.of("y", "z")),
        split,
        split,
        split,
        new float[] {1},
        new float[] {0},
        List.of(),
        "data");
  }

  private static Fit fit(DataSet data, float[][] outputs) {
    return Fit.of(outputs, data.task(), data, data.test());
  }

  @Test
  void figuresAreThoseOfTheirDefinitions() {
    Fit fit = fit(data(1, 1.5f, 2, 2.5f, 5), new float[][] {{1}, {2}, {3}, {4}});
    assertEquals(0.375, fit.mse().value(), 1e-12);
    assertEquals(0.5, fit.mae().value(), 1e-12);
    assertEquals(1 - 1.5 / 7.25, fit.r2().value(), 1e-12);
  }

  @Test
  void severalColumnsAreAddedUp() {
    Fit fit = fit(data(2, 0, 10, 2, 30), new float[][] {{1, 10}, {1, 26}});
    assertEquals((1 + 0 + 1 + 16) / 4.0, fit.mse().value(), 1e-12);
    assertEquals((1 + 0 + 1 + 4) / 4.0, fit.mae().value(), 1e-12);
    assertEquals(1 - 18.0 / (2 + 200), fit.r2().value(), 1e-12);
  }

  @Test
  void targetsThatDoNotVaryExplainNothing() {
    Fit fit = fit(data(1, 3, 3, 3), new float[][] {{1}, {2}, {3}});
    assertTrue(Double.isNaN(fit.r2().value()));
    assertEquals(5.0 / 3, fit.mse().value(), 1e-12);
  }

  @Test
  void outputsThatAreNotNumbersGiveNoFigure() {
    Fit fit = fit(data(1, 1, 2), new float[][] {{Float.NaN}, {2}});
    assertTrue(Double.isNaN(fit.mse().value()));
    assertTrue(Double.isNaN(fit.mse().interval().low()));
  }

  @Test
  void intervalsAreAsWideAsTheSpreadOfTheErrorsMakesThem() {
    int n = 2000;
    SplittableRandom random = new SplittableRandom(1);
    float[] targets = new float[n];
    float[][] outputs = new float[n][1];
    for (int i = 0; i < n; i++) {
      targets[i] = (float) random.nextGaussian();
      outputs[i][0] = targets[i] + (float) (0.5 * random.nextGaussian());
    }
    DataSet data = data(1, targets);
    Fit fit = fit(data, outputs);
    double mean = fit.mse().value();
    double squares = 0;
    for (double s : fit.squared()) {
      squares += (s - mean) * (s - mean);
    }
    double width = 2 * 1.96 * Math.sqrt(squares / n / n);
    Intervals.Interval interval = fit.mse().interval();
    // A thousand resamples know the ends to about a tenth of a deviation.
    assertEquals(width, interval.high() - interval.low(), 0.1 * width);
    assertTrue(interval.contains(mean));
    assertEquals(fit.mse(), fit(data, outputs).mse(), "the same samples are drawn again");
  }

  @Test
  void differencesOfModelsOnTheSameSamplesAreSharp() {
    int n = 500;
    SplittableRandom random = new SplittableRandom(2);
    float[] targets = new float[n];
    float[][] first = new float[n][1];
    float[][] second = new float[n][1];
    for (int i = 0; i < n; i++) {
      targets[i] = (float) random.nextGaussian();
      float error = (float) random.nextGaussian();
      first[i][0] = targets[i] + error;
      second[i][0] = targets[i] + 0.95f * error;
    }
    DataSet data = data(1, targets);
    Fit a = fit(data, first);
    Fit b = fit(data, second);
    Fit.Value difference = Fit.difference(a, b, data.fingerprint());
    assertEquals(a.mse().value() - b.mse().value(), difference.value(), 1e-9);
    assertTrue(difference.interval().low() > 0, difference.toString());
    assertTrue(b.mse().interval().high() > a.mse().interval().low(), "apart they overlap");
  }
}
