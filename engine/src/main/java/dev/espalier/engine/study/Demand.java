package dev.espalier.engine.study;

import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Result.Figure;
import java.util.function.Function;

/**
 * One thing that candidates have to keep to.
 *
 * @param metric whose unit the figure has
 * @param subject what is bounded, as messages name it: {@code size}, {@code accuracy against big}
 * @param limit in the metric's own unit
 * @param written as the program has it; empty when it does not
 * @param figure a candidate's; not a number where it is not known
 */
record Demand(
    Metric metric,
    String subject,
    String written,
    boolean atLeast,
    double limit,
    Function<Contestant, Figure> figure) {

  /** How a candidate stands to it. */
  enum Standing {
    MEETS,
    BREAKS,
    /** The interval of what is a matter of samples holds the limit. */
    UNSURE
  }

  Standing of(Contestant candidate) {
    Figure f = figure.apply(candidate);
    if (Double.isNaN(f.value())) {
      return Standing.BREAKS; // as everywhere: what is unknown meets no constraint
    }
    // The limit is a decimal in the program; a rounding of the last bit must not decide.
    double slack = 1e-12 * Math.max(1e-6, Math.abs(limit));
    boolean interval = f.hasInterval() && isQuality();
    double worst = interval ? atLeast ? f.low() : f.high() : f.value();
    double best = interval ? atLeast ? f.high() : f.low() : f.value();
    if (atLeast ? worst >= limit - slack : worst <= limit + slack) {
      return Standing.MEETS;
    }
    return (atLeast ? best < limit - slack : best > limit + slack)
        ? Standing.BREAKS
        : Standing.UNSURE;
  }

  /** Whether test samples speak of it, so that its interval decides and not its value alone. */
  private boolean isQuality() {
    return switch (metric) {
      case ACCURACY, ERRORS, MSE, MAE, R2 -> true;
      default -> false;
    };
  }

  /** The limit at which this candidate would keep to it for sure, written as it would be. */
  Demand relaxedFor(Contestant candidate) {
    Figure f = figure.apply(candidate);
    double needed = f.value();
    if (f.hasInterval() && isQuality()) {
      needed = atLeast ? f.low() : f.high();
    }
    return withLimit(Wording.bounding(metric, needed, atLeast));
  }

  Demand withLimit(double changed) {
    return new Demand(metric, subject, "", atLeast, changed, figure);
  }

  /** By which part of the limit a candidate misses it; infinite where that is not known. */
  double excess(Contestant candidate) {
    double value = figure.apply(candidate).value();
    if (Double.isNaN(value)) {
      return Double.POSITIVE_INFINITY;
    }
    double by = atLeast ? limit - value : value - limit;
    return limit == 0 ? by : by / Math.abs(limit);
  }

  /** {@code size at most 100 KB}. */
  String text() {
    return written.isEmpty() ? subject + " " + bound() : written;
  }

  /** {@code at most 100 KB}; differences to another model are written as such. */
  String bound() {
    boolean relative = subject.contains(" against ");
    return (atLeast ? "at least " : "at most ")
        + (relative ? Wording.difference(metric, limit) : Wording.bound(metric, limit, atLeast));
  }
}
