package dev.espalier.engine.study;

import dev.espalier.engine.device.Device;
import dev.espalier.engine.measure.Estimate;
import dev.espalier.engine.measure.Holm;
import dev.espalier.engine.run.Constraint;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation.Bound;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.FigureKind;
import dev.espalier.engine.run.Result.Unit;
import dev.espalier.engine.run.Result.Verdict;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.study.Demand.Standing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which of the compared models is best: those that break a demand lose, and among the others the
 * metric decides, as far as seeds and samples allow. What would change the verdict is found by
 * judging again with other limits.
 */
final class Judgement {
  /** With fewer seeds nothing measured is decided. */
  static final int FEWEST_SEEDS = 3;

  private static final double LEVEL = 0.05;

  private final List<Contestant> models;
  private final Metric metric;
  private final Optional<Target> target;
  private final Yardstick yardstick;
  private final List<Demand> demands;

  /**
   * @param models without controls, two at least
   * @param others models that the target's constraints compare with, by name
   */
  Judgement(
      List<Contestant> models,
      Map<String, Contestant> others,
      Metric metric,
      Optional<Target> target,
      Yardstick yardstick) {
    this.models = models;
    this.metric = metric;
    this.target = target;
    this.yardstick = yardstick;
    this.demands = target.map(t -> demands(t, others)).orElse(List.of());
  }

  /**
   * How a judgement went.
   *
   * @param left the candidates that break nothing for sure, best first
   * @param clear whether the first of them is the best beyond chance, and keeps to everything
   * @param rival the one that is hardest to tell from the first
   * @param pValue of the first against the rival, corrected for the number of pairs
   */
  private record Outcome(
      List<Contestant> left, boolean clear, Optional<Contestant> rival, double pValue) {}

  Verdict verdict() {
    Outcome outcome = judge(demands);
    if (outcome.left().isEmpty()) {
      return new Verdict(Optional.empty(), noneFits());
    }
    Contestant best = outcome.left().get(0);
    List<String> parts = new ArrayList<>();
    if (outcome.clear()) {
      parts.add(won(outcome));
    } else {
      parts.add(tooClose(outcome));
    }
    binding(outcome).ifPresent(parts::add);
    if (outcome.clear()) {
      change(best).ifPresent(parts::add);
    }
    mixture().ifPresent(parts::add);
    return new Verdict(
        outcome.clear() ? Optional.of(best.name()) : Optional.empty(), String.join("; ", parts));
  }

  /** What each candidate breaks, by how much, and what cannot be told. */
  List<String> findings() {
    List<String> out = new ArrayList<>();
    for (Contestant c : models) {
      List<String> said = new ArrayList<>();
      for (Demand d : demands) {
        Standing standing = d.of(c);
        Figure f = d.figure().apply(c);
        if (Double.isNaN(f.value())) {
          said.add(
              "does not meet `"
                  + d.text()
                  + "`: the device's profile cannot tell its "
                  + d.subject());
        } else if (standing == Standing.BREAKS) {
          said.add(
              "breaks `"
                  + d.text()
                  + "` by "
                  + Wording.distance(d.metric(), f.value() - d.limit())
                  + kind(f.kind()));
        } else if (standing == Standing.UNSURE) {
          said.add("whether it keeps `" + d.text() + "` cannot be told" + range(d, f));
        }
      }
      hindrances(c).forEach(h -> said.add("cannot run there: " + h));
      if (!said.isEmpty()) {
        out.add(c.name() + ": " + String.join("; ", said));
      }
    }
    return out;
  }

  /** How many pairs were tested together; 0 where nothing was. */
  int pairs() {
    int n = judge(demands).left().size();
    return yardstick.kind(metric) == FigureKind.MEASURED ? n * (n - 1) / 2 : 0;
  }

  private static String kind(FigureKind kind) {
    return " (" + kind.name().toLowerCase(Locale.ROOT) + ")";
  }

  private static String range(Demand d, Figure f) {
    return f.hasInterval()
        ? " (95% interval "
            + Wording.value(d.metric(), f.low())
            + " to "
            + Wording.value(d.metric(), f.high())
            + ")"
        : "";
  }

  // ---- judging

  private Outcome judge(List<Demand> by) {
    List<Contestant> left =
        models.stream()
            .filter(c -> hindrances(c).isEmpty())
            .filter(c -> by.stream().noneMatch(d -> d.of(c) == Standing.BREAKS))
            .sorted(order())
            .toList();
    if (left.isEmpty()) {
      return new Outcome(left, false, Optional.empty(), Double.NaN);
    }
    Contestant best = left.get(0);
    boolean sure = by.stream().allMatch(d -> d.of(best) == Standing.MEETS);
    if (left.size() == 1) {
      return new Outcome(left, sure, Optional.empty(), Double.NaN);
    }
    double[] corrected = corrected(left);
    Contestant rival = left.get(1);
    double most = corrected[0];
    for (int k = 1; k < left.size() - 1; k++) {
      // The pairs of the first come first.
      if (corrected[k] > most) {
        most = corrected[k];
        rival = left.get(k + 1);
      }
    }
    boolean decided =
        yardstick.kind(metric) == FigureKind.MEASURED
            ? best.seeds() >= FEWEST_SEEDS && most < LEVEL
            : most < LEVEL;
    return new Outcome(left, sure && decided, Optional.of(rival), most);
  }

  private Comparator<Contestant> order() {
    Comparator<Contestant> by =
        Comparator.comparingDouble(
            c -> {
              double value = yardstick.of(metric, c).value();
              // What is not known comes last.
              return Double.isNaN(value)
                  ? Double.POSITIVE_INFINITY
                  : metric.higherIsBetter() ? -value : value;
            });
    return by;
  }

  /** The p-values of all pairs of candidates, corrected together; those of the first come first. */
  private double[] corrected(List<Contestant> left) {
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      for (int j = i + 1; j < left.size(); j++) {
        all.add(pValue(left.get(i), left.get(j)));
      }
    }
    return Holm.adjusted(all.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private double pValue(Contestant a, Contestant b) {
    if (a.seeds() > 1) {
      double p = yardstick.difference(metric, a, b).pValue(0);
      return Double.isNaN(p) ? 1 : p;
    }
    boolean exact = yardstick.kind(metric) != FigureKind.MEASURED;
    return exact && yardstick.of(metric, a).value() != yardstick.of(metric, b).value() ? 0 : 1;
  }

  // ---- demands

  private List<Demand> demands(Target t, Map<String, Contestant> others) {
    List<Demand> all = new ArrayList<>();
    for (Constraint c : t.constraints()) {
      Metric m = c.metric();
      if (c.bound() instanceof Bound.Limit limit) {
        all.add(
            new Demand(
                m, m.word(), c.text(), limit.atLeast(), limit.value(), k -> yardstick.of(m, k)));
      } else {
        Bound.Within within = (Bound.Within) c.bound();
        Contestant other = others.get(within.other().name());
        double margin =
            within.relative()
                ? within.margin() * Math.abs(yardstick.of(m, other).value())
                : within.margin();
        all.add(
            new Demand(
                m,
                m.word() + " against " + other.name(),
                c.text(),
                m.higherIsBetter(),
                m.higherIsBetter() ? -margin : margin,
                k -> difference(m, k, other)));
      }
    }
    t.modelled().ifPresent(d -> all.addAll(room(d)));
    return all;
  }

  /** What the device itself has room for. */
  private List<Demand> room(Device device) {
    List<Demand> all = new ArrayList<>();
    room(
            "flash of " + device.word(),
            device.flash(),
            k -> yardstick.modelled(k.first()).flash().number().orElse(Double.NaN))
        .ifPresent(all::add);
    room(
            "RAM of " + device.word(),
            device.memory(),
            k -> yardstick.modelled(k.first()).memory().number().orElse(Double.NaN))
        .ifPresent(all::add);
    return all;
  }

  private Optional<Demand> room(
      String what, OptionalLong has, java.util.function.ToDoubleFunction<Contestant> needed) {
    // Where the device's profile does not tell, nothing is demanded.
    if (has.isEmpty() || models.stream().anyMatch(c -> Double.isNaN(needed.applyAsDouble(c)))) {
      return Optional.empty();
    }
    return Optional.of(
        new Demand(
            Metric.SIZE,
            what,
            "",
            false,
            has.getAsLong(),
            c ->
                new Figure(
                    needed.applyAsDouble(c),
                    Double.NaN,
                    Double.NaN,
                    Unit.BYTES,
                    FigureKind.MODELLED)));
  }

  private List<String> hindrances(Contestant c) {
    return target.flatMap(Target::modelled).isPresent()
        ? yardstick.modelled(c.first()).hindrances()
        : List.of();
  }

  /** With the interval over seeds and samples, or over samples alone. */
  private Figure difference(Metric m, Contestant a, Contestant b) {
    if (a == b) {
      return new Figure(0, Double.NaN, Double.NaN, m.unit(), yardstick.kind(m));
    }
    if (a.seeds() > 1) {
      Estimate e = yardstick.difference(m, a, b);
      return e.standardError() == 0
          ? new Figure(e.mean(), Double.NaN, Double.NaN, m.unit(), yardstick.kind(m))
          : new Figure(
              e.mean(), e.interval().low(), e.interval().high(), m.unit(), yardstick.kind(m));
    }
    if (m == Metric.ACCURACY || m == Metric.MSE) {
      return yardstick.ofSamples(a, b);
    }
    return new Figure(
        yardstick.of(m, a).value() - yardstick.of(m, b).value(),
        Double.NaN,
        Double.NaN,
        m.unit(),
        yardstick.kind(m));
  }

  // ---- sentences

  private String purpose() {
    return target.map(t -> " for " + t.name()).orElse("");
  }

  private String margin(Contestant a, Contestant b) {
    Figure d = difference(metric, a, b);
    return d.hasInterval()
        ? Wording.difference(metric, d.value(), d.low(), d.high())
        : Wording.difference(metric, d.value());
  }

  private String won(Outcome outcome) {
    Contestant best = outcome.left().get(0);
    FigureKind kind = yardstick.kind(metric);
    if (models.size() == 1) {
      return best.name() + " keeps to everything" + purpose();
    }
    if (outcome.rival().isEmpty()) {
      return best.name()
          + " wins"
          + purpose()
          + ": of "
          + models.size()
          + " models the only one that keeps to everything";
    }
    Contestant next = outcome.left().get(1);
    String seeds =
        kind == FigureKind.MEASURED
            ? ", " + best.seeds() + " seeds" + probability(outcome)
            : kind(kind);
    return best.name()
        + (target.isEmpty() ? " is best by " + metric.word() : " wins" + purpose())
        + ": "
        + (target.isEmpty() ? "" : metric.word() + " ")
        + margin(best, next)
        + " against "
        + next.name()
        + seeds;
  }

  /** Of the pair that is hardest to tell apart, which need not be that of the two best. */
  private static String probability(Outcome outcome) {
    boolean several = outcome.left().size() > 2;
    String p =
        outcome.pValue() < 0.001
            ? ", p < 0.001"
            : String.format(
                Locale.ROOT, several ? ", p at most %.3f" : ", p = %.3f", outcome.pValue());
    return several ? p + " against each of the others" : p;
  }

  private String tooClose(Outcome outcome) {
    Contestant best = outcome.left().get(0);
    String start = "too close to call" + purpose() + " by " + metric.word() + ": ";
    Optional<Demand> unsure =
        demands.stream().filter(d -> d.of(best) != Standing.MEETS).findFirst();
    if (unsure.isPresent()) {
      Demand d = unsure.get();
      Figure f = d.figure().apply(best);
      return "too close to call"
          + purpose()
          + ": "
          + best.name()
          + " is ahead by "
          + metric.word()
          + ", and whether it keeps `"
          + d.text()
          + "` cannot be told"
          + range(d, f);
    }
    Contestant rival = outcome.rival().orElseThrow();
    Figure apart = difference(metric, best, rival);
    if (apart.value() == 0) {
      return start + "equal " + best.name() + " and " + rival.name();
    }
    if (best.seeds() < FEWEST_SEEDS) {
      return start
          + (best.seeds() == 1 ? "one seed" : best.seeds() + " seeds")
          + ", and a verdict needs at least "
          + FEWEST_SEEDS
          + "; "
          + best.name()
          + " is ahead on "
          + (best.seeds() == 1 ? "this one" : "these");
    }
    return start
        + best.name()
        + " is ahead of "
        + rival.name()
        + " by "
        + margin(best, rival).substring(1)
        + ", "
        + best.seeds()
        + " seeds; "
        + decisive(yardstick.difference(metric, best, rival), outcome.left().size());
  }

  /** How many seeds would tell so much apart, corrected for the number of pairs. */
  private static String decisive(Estimate e, int candidates) {
    double level = LEVEL / (candidates * (candidates - 1) / 2.0);
    OptionalInt seeds = e.seedsToDecide(0, level);
    if (seeds.isPresent() && seeds.getAsInt() > e.seeds()) {
      return String.format(
          Locale.ROOT, "about %,d seeds would decide a difference as large", seeds.getAsInt());
    } else if (seeds.isPresent()) {
      return "a few more seeds may decide a difference as large";
    }
    double samples = e.samplesToDecide(0, level);
    return samples > e.samples() && e.samples() > 1
        ? String.format(
            Locale.ROOT,
            "no number of seeds would decide a difference as small: the test set of %,d samples is"
                + " too small, and %,.0f or more would do",
            e.samples(),
            samples)
        : "no number of seeds within reason would decide a difference as small";
  }

  private Optional<String> binding(Outcome outcome) {
    if (demands.isEmpty()) {
      return Optional.empty();
    }
    Contestant best = outcome.left().get(0);
    List<Contestant> out =
        models.stream()
            .filter(c -> !outcome.left().contains(c))
            .filter(c -> order().compare(c, best) < 0)
            .toList();
    Map<String, List<String>> keepsOut = new TreeMap<>();
    for (Demand d : demands) {
      for (Contestant c : out) {
        if (d.of(c) == Standing.BREAKS) {
          keepsOut.computeIfAbsent(d.text(), k -> new ArrayList<>()).add(c.name());
        }
      }
    }
    if (!keepsOut.isEmpty()) {
      return Optional.of(
          keepsOut.entrySet().stream()
              .map(
                  e ->
                      "`" + e.getKey() + "` binds: it keeps out " + String.join(", ", e.getValue()))
              .collect(Collectors.joining("; ")));
    }
    return Optional.of("no constraint binds: none keeps out a better model");
  }

  /** The smallest change of a limit that another verdict follows from, found by judging again. */
  private Optional<String> change(Contestant winner) {
    List<Change> changes = new ArrayList<>();
    for (Contestant c : models) {
      if (c == winner || !hindrances(c).isEmpty()) {
        continue;
      }
      relaxed(c).ifPresent(changes::add);
    }
    for (Demand d : demands) {
      tightened(d, winner).ifPresent(changes::add);
    }
    return changes.stream()
        .sorted(Comparator.comparingDouble(Change::size))
        .flatMap(c -> effect(c, winner).stream())
        .findFirst();
  }

  /**
   * Other limits.
   *
   * @param size the largest part by which one of them changes
   * @param text {@code size were at most 140 KB instead of 100 KB}
   */
  private record Change(List<Demand> demands, double size, String text) {}

  /** Limits with which a candidate that breaks some would keep to all. */
  private Optional<Change> relaxed(Contestant c) {
    List<Demand> changed = new ArrayList<>();
    List<String> said = new ArrayList<>();
    double size = 0;
    for (Demand d : demands) {
      if (d.of(c) != Standing.BREAKS) {
        changed.add(d);
        continue;
      }
      if (Double.isInfinite(d.excess(c))) {
        return Optional.empty();
      }
      Demand r = d.relaxedFor(c);
      changed.add(r);
      said.add(d.subject() + " were " + r.bound() + " instead of " + limit(d));
      size = Math.max(size, Math.abs(r.limit() - d.limit()) / Math.max(1e-9, Math.abs(d.limit())));
    }
    return said.isEmpty()
        ? Optional.empty()
        : Optional.of(new Change(changed, size, String.join(" and ", said)));
  }

  private static String limit(Demand d) {
    return d.bound().replaceFirst("at (least|most) ", "");
  }

  /** A limit that the winner just breaks, and the next candidate keeps to. */
  private Optional<Change> tightened(Demand d, Contestant winner) {
    double its = d.figure().apply(winner).value();
    return models.stream()
        .filter(c -> c != winner)
        .map(d::relaxedFor)
        .filter(r -> d.atLeast() ? r.limit() > its : r.limit() < its)
        .filter(r -> d.atLeast() ? r.limit() > d.limit() : r.limit() < d.limit())
        .min(Comparator.comparingDouble(r -> Math.abs(r.limit() - d.limit())))
        .map(
            r ->
                new Change(
                    demands.stream().map(o -> o == d ? r : o).toList(),
                    Math.abs(r.limit() - d.limit()) / Math.max(1e-9, Math.abs(d.limit())),
                    d.subject() + " were " + r.bound() + " instead of " + limit(d)));
  }

  private Optional<String> effect(Change change, Contestant winner) {
    Outcome outcome = judge(change.demands());
    if (outcome.left().isEmpty()) {
      return Optional.empty();
    }
    Contestant best = outcome.left().get(0);
    if (outcome.clear() && best != winner) {
      return Optional.of("it would lose to " + best.name() + " if " + change.text());
    }
    if (!outcome.clear()) {
      String other =
          best == winner ? outcome.rival().map(Contestant::name).orElse("") : best.name();
      return Optional.of(
          "it would be too close to call"
              + (other.isEmpty() ? "" : " with " + other)
              + " if "
              + change.text());
    }
    return Optional.empty();
  }

  private String noneFits() {
    Contestant closest = null;
    double least = Double.POSITIVE_INFINITY;
    for (Contestant c : models) {
      double worst =
          hindrances(c).isEmpty()
              ? demands.stream()
                  .filter(d -> d.of(c) == Standing.BREAKS)
                  .mapToDouble(d -> d.excess(c))
                  .max()
                  .orElse(0)
              : Double.POSITIVE_INFINITY;
      if (closest == null || worst < least) {
        closest = c;
        least = worst;
      }
    }
    Contestant c = closest;
    if (Double.isInfinite(least)) {
      return "none fits"
          + purpose().replaceFirst(" for", "")
          + ": what would run there is not known of any model";
    }
    String relax =
        demands.stream()
            .filter(d -> d.of(c) == Standing.BREAKS)
            .map(d -> d.subject() + " " + d.relaxedFor(c).bound() + " instead of " + limit(d))
            .collect(Collectors.joining(" and "));
    return "none fits"
        + purpose().replaceFirst(" for", "")
        + ": "
        + c.name()
        + " comes closest, and would fit with "
        + relax;
  }

  private Optional<String> mixture() {
    Map<FigureKind, List<String>> kinds = new TreeMap<>();
    kinds.computeIfAbsent(yardstick.kind(metric), k -> new ArrayList<>()).add(metric.word());
    for (Demand d : demands) {
      FigureKind kind = d.figure().apply(models.get(0)).kind();
      List<String> named = kinds.computeIfAbsent(kind, k -> new ArrayList<>());
      if (!named.contains(d.subject())) {
        named.add(d.subject());
      }
    }
    kinds.remove(FigureKind.EXACT);
    if (kinds.size() < 2) {
      return Optional.empty();
    }
    return Optional.of(
        "it rests on "
            + kinds.entrySet().stream()
                .map(
                    e ->
                        e.getKey().name().toLowerCase(Locale.ROOT)
                            + " "
                            + String.join(", ", e.getValue()))
                .collect(Collectors.joining(" and on ")));
  }
}
