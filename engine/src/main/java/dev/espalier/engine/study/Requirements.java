package dev.espalier.engine.study;

import dev.espalier.engine.Progress;
import dev.espalier.engine.device.Device;
import dev.espalier.engine.device.EnergyCounter;
import dev.espalier.engine.device.Estimate;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.run.Constraint;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Check;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.Unit;
import dev.espalier.engine.run.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Holds models against targets: each constraint, and what the device itself demands. */
final class Requirements {
  private final Measurements measurements;

  Requirements(Measurements measurements) {
    this.measurements = measurements;
  }

  Result.Checks check(Operation.Meets meets, Progress progress) {
    List<Check> all = of(meets.target(), meets.subject(), progress);
    return new Result.Checks(
        meets.text(), all, summary(meets.subject().name(), meets.target(), all));
  }

  /** Every constraint's outcome in order, then whether the device can hold the model. */
  List<Check> of(Target target, Operation.Named subject, Progress progress) {
    List<Check> checks = new ArrayList<>();
    for (Constraint constraint : target.constraints()) {
      Check check =
          Expectations.check(
              constraint.text(),
              constraint.metric(),
              constraint.bound(),
              subject,
              (metric, model, p) -> figure(target, metric, model, p),
              progress);
      checks.add(check.passed() ? check : withAdvice(check, constraint, target, subject, progress));
    }
    target.modelled().ifPresent(device -> checks.addAll(fits(device, subject, progress)));
    return checks;
  }

  /**
   * A figure of a model on a target: modelled for its device, or measured on this machine. Not a
   * number where the device's profile does not tell.
   */
  Figure figure(Target target, Metric metric, Operation.Named subject, Progress progress) {
    Optional<Device> device = target.modelled();
    if (device.isPresent()
        && (metric == Metric.LATENCY || metric == Metric.ENERGY || metric == Metric.MEMORY)) {
      return modelled(estimate(device.get(), subject, progress), metric);
    }
    if (metric == Metric.ENERGY && !EnergyCounter.system().isThere()) {
      // One constraint that cannot be told must not hide the others.
      return Figure.measured(Double.NaN, metric.unit());
    }
    return measurements.figure(metric, subject, progress);
  }

  /** What a device's profile tells of a metric; not a number where it does not. */
  static Figure modelled(Estimate estimate, Metric metric) {
    return Figure.modelled(value(estimate, metric).number().orElse(Double.NaN), metric.unit());
  }

  private static Estimate.Value value(Estimate estimate, Metric metric) {
    return switch (metric) {
      case LATENCY -> estimate.latency();
      case ENERGY -> estimate.energy();
      case MEMORY -> estimate.memory();
      default -> throw new IllegalArgumentException(metric + " does not depend on a device");
    };
  }

  private Estimate estimate(Device device, Operation.Named subject, Progress progress) {
    return device.estimate(measurements.model(subject, progress).graph());
  }

  // ---- what the device itself demands

  private List<Check> fits(Device device, Operation.Named subject, Progress progress) {
    Estimate estimate = estimate(device, subject, progress);
    List<Check> checks = new ArrayList<>();
    fits(device, "flash", device.flash(), estimate.flash()).ifPresent(checks::add);
    fits(device, "RAM", device.memory(), estimate.memory()).ifPresent(checks::add);
    return checks;
  }

  private static Optional<Check> fits(
      Device device, String what, OptionalLong has, Estimate.Value needed) {
    if (has.isEmpty() || needed.number().isEmpty()) {
      return Optional.empty();
    }
    double bytes = needed.number().getAsDouble();
    boolean passed = bytes <= has.getAsLong();
    return Optional.of(
        new Check(
            "fits the " + what + " of " + device.word(),
            passed,
            Figure.exact(has.getAsLong(), Unit.BYTES),
            Figure.modelled(bytes, Unit.BYTES),
            passed
                ? ""
                : String.format(
                    Locale.ROOT,
                    "it needs %.3g times what there is (%s); %s",
                    bytes / has.getAsLong(),
                    ((Estimate.Value.Modelled) needed).source(),
                    what.equals("RAM")
                        ? "prune channels of the first layers, or quantize"
                        : "prune channels, or quantize")));
  }

  // ---- what is said of it

  private Check withAdvice(
      Check check,
      Constraint constraint,
      Target target,
      Operation.Named subject,
      Progress progress) {
    Metric metric = constraint.metric();
    Graph graph = measurements.model(subject, progress).graph();
    boolean floats = graph.nodes().stream().noneMatch(n -> n.operator().equals("DequantizeLinear"));
    double got = check.got().value();
    double limit = check.wanted().value();
    String advice;
    if (Double.isNaN(got)) {
      advice =
          target
              .modelled()
              .map(device -> why(estimate(device, subject, progress), metric))
              .orElseGet(() -> EnergyCounter.system().why());
    } else {
      String share = String.format(Locale.ROOT, "%.0f%%", Math.floor(100 * limit / got));
      boolean smaller = !metric.higherIsBetter() && limit > 0 && got > limit;
      advice =
          switch (metric) {
            case SIZE, PACKED_SIZE, MEMORY ->
                smaller
                    ? (floats ? "quantize to int8, or prune channels" : "prune channels")
                        + " to "
                        + share
                        + " of it"
                    : "";
            case LATENCY, ENERGY, MACS ->
                smaller
                    ? (floats && metric != Metric.MACS ? "quantize to int8, or prune" : "prune")
                        + " channels to about "
                        + share
                        + " of the MACs"
                    : "";
            case PARAMETERS, NON_ZERO -> smaller ? "prune to " + share + " of it" : "";
            default -> "";
          };
    }
    String explanation =
        advice.isEmpty()
            ? check.explanation()
            : Double.isNaN(got) ? advice : check.explanation() + "; to close it: " + advice;
    return new Check(check.text(), false, check.wanted(), check.got(), explanation);
  }

  private static String why(Estimate estimate, Metric metric) {
    return value(estimate, metric) instanceof Estimate.Value.Unknown unknown ? unknown.why() : "";
  }

  /** Which constraint binds: the one that fails by most, or has least to spare. */
  private static String summary(String subject, Target target, List<Check> checks) {
    List<Check> failed = checks.stream().filter(c -> !c.passed()).toList();
    Check binding = null;
    double most = Double.NEGATIVE_INFINITY;
    for (Check check : failed.isEmpty() ? checks : failed) {
      double use = use(check);
      if (binding == null || use > most) {
        binding = check;
        most = use;
      }
    }
    String kinds = mixes(checks) ? "; measured and modelled figures decide together" : "";
    if (binding == null) {
      return subject + " meets " + target.name() + ": nothing is demanded";
    }
    String used =
        Double.isInfinite(most) || Double.isNaN(most)
            ? ""
            : String.format(Locale.ROOT, " (at %.0f%% of the limit)", 100 * most);
    return failed.isEmpty()
        ? subject + " meets " + target.name() + "; `" + binding.text() + "` binds" + used + kinds
        : subject
            + " does not meet "
            + target.name()
            + ": "
            + failed.size()
            + " of "
            + checks.size()
            + " demands fail, and `"
            + binding.text()
            + "` binds"
            + used
            + kinds;
  }

  private static boolean mixes(List<Check> checks) {
    return checks.stream()
            .map(c -> c.got().kind())
            .filter(k -> k != Result.FigureKind.EXACT)
            .distinct()
            .count()
        > 1;
  }

  /** How much of its limit a figure uses: above 1 where it fails. */
  private static double use(Check check) {
    double got = check.got().value();
    double limit = check.wanted().value();
    if (Double.isNaN(got) || Double.isNaN(limit)) {
      return Double.POSITIVE_INFINITY;
    }
    boolean atLeast = check.passed() ? got > limit : got < limit;
    double use = atLeast ? limit / got : got / limit;
    return Double.isFinite(use) && use >= 0 ? use : check.passed() ? 0 : Double.POSITIVE_INFINITY;
  }
}
