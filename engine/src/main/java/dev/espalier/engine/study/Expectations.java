package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Controls;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Operation.Bound;
import dev.espalier.engine.run.Result.Check;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Runner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Holds a model against what was expected of it. */
final class Expectations {
  private final Measurements measurements;

  Expectations(Measurements measurements) {
    this.measurements = measurements;
  }

  Check check(Operation.Expect expect, Progress progress) {
    Metric metric =
        Metric.find(expect.metric())
            .orElseThrow(
                () ->
                    EspalierException.program(
                        "`" + expect.metric() + "` is not a metric", "expect", "", ""));
    return check(
        expect.text(), metric, expect.bound(), expect.subject(), measurements::figure, progress);
  }

  /** Where a model's figures come from. */
  interface Figures {
    Figure of(Metric metric, Operation.Named subject, Progress progress);
  }

  /** Holds one figure of a model against a bound. */
  static Check check(
      String text,
      Metric metric,
      Bound bound,
      Operation.Named subject,
      Figures figures,
      Progress progress) {
    Figure got = figures.of(metric, subject, progress);
    double limit;
    boolean atLeast;
    if (bound instanceof Bound.Limit l) {
      limit = l.value();
      atLeast = l.atLeast();
    } else {
      Bound.Within w = (Bound.Within) bound;
      double other = figures.of(metric, w.other(), progress).value();
      double margin = w.relative() ? w.margin() * Math.abs(other) : w.margin();
      atLeast = metric.higherIsBetter();
      limit = atLeast ? other - margin : other + margin;
    }
    // The bound is a decimal in the program; a rounding of the last bit must not decide.
    double slack = 1e-12 * Math.max(1, Math.abs(limit));
    boolean passed = atLeast ? got.value() >= limit - slack : got.value() <= limit + slack;
    Figure wanted = Figure.exact(limit, metric.unit());
    String explanation = passed ? "" : explanation(metric, subject, limit, got, figures, progress);
    return new Check(text, passed, wanted, got, explanation);
  }

  private static String explanation(
      Metric metric,
      Operation.Named subject,
      double limit,
      Figure got,
      Figures figures,
      Progress progress) {
    if (Double.isNaN(got.value()) || Double.isNaN(limit)) {
      return "the figure is not known";
    }
    List<String> parts = new ArrayList<>();
    parts.add("it misses by " + amount(metric, Math.abs(got.value() - limit)));
    if (got.hasInterval() && got.low() <= limit && limit <= got.high()) {
      parts.add("the limit lies inside the 95% interval of the figure: more test data would tell");
    }
    worstStep(subject, metric, figures, progress).ifPresent(parts::add);
    return String.join("; ", parts);
  }

  /** The step on the way to the model that changed the figure most for the worse. */
  private static Optional<String> worstStep(
      Operation.Named subject, Metric metric, Figures figures, Progress progress) {
    Operation operation = subject.model();
    double after = figures.of(metric, subject, progress).value();
    double worst = 0;
    String text = null;
    while (true) {
      Optional<Operation> before = Controls.before(operation);
      if (before.isEmpty() || Measurements.dataOf(before.get()).isEmpty()) {
        return Optional.ofNullable(text);
      }
      double figure =
          figures.of(metric, new Operation.Named(subject.name(), before.get()), progress).value();
      double loss = metric.higherIsBetter() ? figure - after : after - figure;
      if (loss > worst) {
        worst = loss;
        text = "`" + Runner.verb(operation) + "` lost " + amount(metric, loss) + " of it";
      }
      after = figure;
      operation = before.get();
    }
  }

  private static String amount(Metric metric, double difference) {
    return switch (metric.unit()) {
      case FRACTION -> String.format(Locale.ROOT, "%.2f points", 100 * difference);
      case BYTES -> String.format(Locale.ROOT, "%,.0f bytes", difference);
      case NONE -> String.format(Locale.ROOT, "%.4g", difference);
      case JOULES, SECONDS, MACS -> Wording.distance(metric, difference);
      default -> String.format(Locale.ROOT, "%,.0f", difference);
    };
  }
}
