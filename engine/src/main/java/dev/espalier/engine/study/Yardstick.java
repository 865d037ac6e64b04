package dev.espalier.engine.study;

import dev.espalier.engine.Model;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.device.Device;
import dev.espalier.engine.measure.Accuracy;
import dev.espalier.engine.measure.Estimate;
import dev.espalier.engine.measure.Fit;
import dev.espalier.engine.measure.Intervals;
import dev.espalier.engine.measure.Intervals.Interval;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.FigureKind;
import dev.espalier.engine.run.Result.Unit;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.function.Function;

/**
 * The figures of compared models and the differences between them, over their seeds.
 *
 * <p>What a model gets right is uncertain through its seed and through the test samples; everything
 * else through its seed alone. With one seed only the samples speak.
 */
final class Yardstick {
  private final Optional<Device> device;
  private final DataSet data;
  private final Function<Model, Figure> energy;
  private final Map<Contestant.Made, dev.espalier.engine.device.Estimate> modelled =
      new WeakHashMap<>();

  /**
   * @param device whose latency, energy and memory are modelled; empty for those of this machine
   * @param energy what measures it on this machine, which takes long and is done when asked for
   */
  Yardstick(Optional<Device> device, DataSet data, Function<Model, Figure> energy) {
    this.device = device;
    this.data = data;
    this.energy = energy;
  }

  /** Whether it comes from the device's description. */
  boolean isModelled(Metric metric) {
    return device.isPresent()
        && (metric == Metric.LATENCY || metric == Metric.ENERGY || metric == Metric.MEMORY);
  }

  FigureKind kind(Metric metric) {
    if (isModelled(metric)) {
      return FigureKind.MODELLED;
    }
    return switch (metric) {
      case ACCURACY, ERRORS, MSE, MAE, R2, LATENCY, ENERGY -> FigureKind.MEASURED;
      default -> FigureKind.EXACT;
    };
  }

  /** Of one seed; not a number where the device's description does not tell. */
  Figure of(Metric metric, Contestant.Made made) {
    if (!isModelled(metric)) {
      return metric == Metric.ENERGY
          ? energy.apply(made.model())
          : Measurements.figure(metric, made.model(), made.measurement());
    }
    return Requirements.modelled(modelled(made), metric);
  }

  /** What the device would take for a model. */
  dev.espalier.engine.device.Estimate modelled(Contestant.Made made) {
    return modelled.computeIfAbsent(made, m -> device.orElseThrow().estimate(m.model().graph()));
  }

  /** Over all seeds: the mean and its 95% interval, where it is not the same in all. */
  Figure of(Metric metric, Contestant c) {
    if (c.seeds() == 1) {
      return of(metric, c.first());
    }
    return figure(estimate(metric, c), metric.unit(), kind(metric), metric);
  }

  /** A mean of what is no metric, one value a seed. */
  static Figure mean(double[] values, Unit unit, FigureKind kind) {
    return values.length == 1
        ? new Figure(values[0], Double.NaN, Double.NaN, unit, kind)
        : figure(Estimate.ofSeeds(values), unit, kind, Metric.LATENCY);
  }

  private static Figure figure(Estimate e, Unit unit, FigureKind kind, Metric metric) {
    if (e.standardError() == 0) {
      return new Figure(e.mean(), Double.NaN, Double.NaN, unit, kind);
    }
    Interval i = e.interval();
    // A fraction is no less than none of them and no more than all; nothing else here is below 0.
    boolean fraction = unit == Unit.FRACTION;
    double low = metric == Metric.R2 ? i.low() : Math.max(0, i.low());
    return new Figure(e.mean(), low, fraction ? Math.min(1, i.high()) : i.high(), unit, kind);
  }

  /** Over at least two seeds. */
  Estimate estimate(Metric metric, Contestant c) {
    int n = c.seeds();
    switch (metric) {
      case ACCURACY:
        return Estimate.ofFraction(correct(c));
      case ERRORS:
        Estimate right = Estimate.ofFraction(correct(c));
        int m = right.samples();
        Estimate wrong = right.scaled(-m);
        return new Estimate(
            wrong.mean() + m,
            wrong.centre() + m,
            wrong.seedVariance(),
            wrong.sampleVariance(),
            n,
            m);
      case MSE:
        double[][] squared = new double[n][];
        for (int s = 0; s < n; s++) {
          squared[s] = fit(c, s).squared();
        }
        return Estimate.ofSamples(squared);
      default:
        return Estimate.ofSeeds(values(metric, c));
    }
  }

  private double[] values(Metric metric, Contestant c) {
    return c.made().stream().mapToDouble(m -> of(metric, m).value()).toArray();
  }

  /** The first less the second, seed by seed and sample by sample; over at least two seeds. */
  Estimate difference(Metric metric, Contestant a, Contestant b) {
    int n = a.seeds();
    switch (metric) {
      case ACCURACY:
        return Estimate.ofDifference(correct(a), correct(b));
      case ERRORS:
        Estimate right = Estimate.ofDifference(correct(a), correct(b));
        return right.scaled(-right.samples());
      case MSE:
        return squares(a, b);
      case R2:
        // The targets are the same, so r2 falls with the mean squared error in one proportion.
        double deviation = fit(a, 0).mse().value() / (1 - fit(a, 0).r2().value());
        return squares(a, b).scaled(-1 / deviation);
      default:
        double[] apart = values(metric, a);
        double[] other = values(metric, b);
        for (int s = 0; s < n; s++) {
          apart[s] -= other[s];
        }
        return Estimate.ofSeeds(apart);
    }
  }

  private static Estimate squares(Contestant a, Contestant b) {
    double[][] apart = new double[a.seeds()][];
    for (int s = 0; s < apart.length; s++) {
      apart[s] = fit(a, s).squared().clone();
      double[] other = fit(b, s).squared();
      for (int i = 0; i < other.length; i++) {
        apart[s][i] -= other[i];
      }
    }
    return Estimate.ofSamples(apart);
  }

  /** The difference in quality of two models of one seed each, with the interval of the samples. */
  Figure ofSamples(Contestant a, Contestant b) {
    if (a.first().measurement().quality() instanceof Accuracy x
        && b.first().measurement().quality() instanceof Accuracy y) {
      Intervals.Difference d = Intervals.paired(x.correct(), y.correct());
      return new Figure(
          d.difference(),
          d.interval().low(),
          d.interval().high(),
          Unit.FRACTION,
          FigureKind.MEASURED);
    }
    Fit.Value d = Fit.difference(fit(a, 0), fit(b, 0), data.fingerprint());
    return new Figure(
        d.value(), d.interval().low(), d.interval().high(), Unit.NONE, FigureKind.MEASURED);
  }

  /** Whether two were measured on equally many samples. */
  static boolean comparable(Contestant a, Contestant b) {
    return a.first().measurement().quality().samples()
        == b.first().measurement().quality().samples();
  }

  private static boolean[][] correct(Contestant c) {
    return c.made().stream()
        .map(m -> ((Accuracy) m.measurement().quality()).correct())
        .toArray(boolean[][]::new);
  }

  private static Fit fit(Contestant c, int seed) {
    return (Fit) c.made().get(seed).measurement().quality();
  }
}
