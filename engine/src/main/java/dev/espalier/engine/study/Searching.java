package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.device.Device;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.run.Constraint;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Operation.Bound;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.TableResult;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.search.Evolution;
import dev.espalier.engine.search.Recipe;
import dev.espalier.engine.search.RecipeSpace;
import dev.espalier.engine.search.Standing;
import dev.espalier.engine.search.Structure;
import dev.espalier.engine.train.TrainSettings;
import dev.espalier.engine.work.ValidationFigures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Searches for the recipe whose model is best within what a target demands, on the validation split
 * alone. Every trial is made of operations that the store keeps; so a search that was stopped goes
 * on where it was, by being done again.
 *
 * <p>Of each generation, what came by chance is trained for a third of a trial's epochs, and the
 * better half of it for all of them (one halving of Jamieson, Talwalkar 2016, arXiv:1502.07943).
 * What the search begins with is trained for all of them: it has the kinds of recipes side by side,
 * and a net that starts afresh learns later than one that is pruned. So is what lies beside the
 * best, since a look tells the larger of two neighbours to be better, not which will do.
 */
final class Searching {
  /** Of a trial's epochs, what its first look takes: one in so many. */
  private static final int PART = 3;

  private final Runner runner;
  private final Operation.Search search;
  private final ValidationRuns runs;
  private final List<Trial> trials = new ArrayList<>();
  private final List<Limit> limits = new ArrayList<>();
  private Optional<String> ended = Optional.empty();

  /**
   * One recipe that was tried.
   *
   * @param epochs of each of its training steps
   * @param figures empty when it failed
   * @param model what made it
   */
  record Trial(
      Recipe recipe,
      int epochs,
      Operation model,
      Map<Metric, Figure> figures,
      String failure,
      Standing standing) {}

  /** A constraint in numbers. */
  record Limit(Metric metric, boolean atLeast, double value, String text) {
    double excess(Map<Metric, Figure> figures) {
      Figure figure = figures.get(metric);
      if (figure == null || Double.isNaN(figure.value())) {
        return 1; // what is not known meets no constraint
      }
      double over = atLeast ? value - figure.value() : figure.value() - value;
      double slack = 1e-12 * Math.max(1, Math.abs(value));
      return over <= slack ? 0 : value == 0 ? over : over / Math.abs(value);
    }
  }

  /** What a search came to. */
  sealed interface Outcome {
    /** What was tried, one a row. */
    TableResult trials();
  }

  /** The steps that make the best model. */
  record Found(TableResult trials, Operation best, String told) implements Outcome {}

  /**
   * No model keeps to the target.
   *
   * @param closest the demands on the trial that came closest
   */
  record Nothing(TableResult trials, Result.Checks closest, EspalierException why)
      implements Outcome {}

  Searching(Runner runner, Operation.Search search) {
    this.runner = runner;
    this.search = search;
    this.runs = new ValidationRuns(runner, "compress");
  }

  /**
   * The metrics that a trial can be judged by for a target: figures that are measured on this
   * machine vary from run to run, and a search by them would not be the same twice.
   */
  static Set<Metric> judged(dev.espalier.engine.run.Target target) {
    Set<Metric> all = EnumSet.allOf(Metric.class);
    all.remove(Metric.PACKED_SIZE);
    if (target.modelled().isEmpty()) {
      all.remove(Metric.LATENCY);
      all.remove(Metric.ENERGY);
    }
    return all;
  }

  /**
   * Tries recipes.
   *
   * @throws EspalierException when no model can keep to the target, told from structure alone
   */
  Outcome find(String sentence, Progress progress) {
    possible();
    Model original = runner.model(search.model(), "", sentence, progress).model();
    limits(sentence, progress);
    Structure structure =
        new Structure(
            original.graph(),
            search.target(),
            search.maximize() ? Optional.empty() : Optional.of(search.objective()));
    RecipeSpace space =
        RecipeSpace.of(
            Set.copyOf(search.using()), search.target(), Optional.of(search.objective()));
    List<OutOfReach> out = OutOfReach.of(structure, search.target(), space);
    if (!out.isEmpty()) {
      throw tooSmall(out);
    }
    Evolution evolution =
        new Evolution(
            space,
            search.settings().population(),
            search.settings().sample(),
            search.environment().seed(),
            structure);
    TimeLimit limit = new TimeLimit(runner.store(), runner.key(search), search.seconds());
    boolean late = false;
    while (trials.size() < search.trials()) {
      late = !limit.allows(trials.size());
      if (late) {
        break;
      }
      int wanted = Math.min(search.settings().generation(), search.trials() - trials.size());
      List<Evolution.Next> next =
          evolution.next(
              trials.stream()
                  .map(t -> new Evolution.Member(t.recipe(), t.standing(), lack(t)))
                  .toList(),
              wanted);
      if (next.isEmpty()) {
        break;
      }
      limit.count(trials.size(), () -> generation(next, sentence, progress), trials::size);
    }
    ended = limit.note(late, trials.size());
    Optional<Trial> best =
        trials.stream()
            .filter(t -> t.standing().whole())
            .min(Comparator.comparing(Trial::standing));
    if (best.isEmpty() || !best.get().standing().feasible()) {
      EspalierException why = noneMeets(best, structure.refusal());
      return new Nothing(table(best), closest(best, why), why);
    }
    return found(sentence, progress);
  }

  /** The best that keeps to the target with all epochs too, where trials took fewer. */
  private Outcome found(String sentence, Progress progress) {
    int epochs = search.training().epochs();
    List<Trial> met =
        trials.stream()
            .filter(t -> t.standing().whole() && t.standing().feasible())
            .sorted(Comparator.comparing(Trial::standing))
            .toList();
    List<String> missed = new ArrayList<>();
    List<Trial> remade = new ArrayList<>();
    for (Trial trial : met) {
      int number = trial.standing().number();
      Trial whole =
          trial.epochs() == epochs
              ? trial
              : made(List.of(new Asked(number, trial.recipe())), epochs, true, sentence, progress)
                  .get(0);
      if (whole.standing().feasible()) {
        String told =
            "trial "
                + number
                + " of "
                + trials.size()
                + ": "
                + trial.recipe().text()
                + (missed.isEmpty()
                    ? ""
                    : "; better in their trials, but not within the target with all epochs: "
                        + String.join(", ", missed));
        return new Found(table(Optional.of(trial)), whole.model(), told);
      }
      String why = whole.failure().isEmpty() ? misses(whole) : whole.failure();
      remade.add(whole);
      missed.add("trial " + number + " (" + why + ")");
    }
    EspalierException why =
        EspalierException.run(
            "no trial that met " + search.target().name() + " does so with all its epochs",
            "compress",
            String.join(", ", missed),
            "say `trial-epochs " + epochs + "`, or relax it a little");
    Optional<Trial> closest = remade.stream().min(Comparator.comparing(Trial::standing));
    return new Nothing(table(Optional.empty()), closest(closest, why), why);
  }

  private TableResult table(Optional<Trial> chosen) {
    List<String> notes = new ArrayList<>(runs.notes());
    ended.ifPresent(notes::add);
    return new SearchTable(search, trials, limits).of(chosen, notes);
  }

  /** The part of a trial's violation that is of quality. */
  private double lack(Trial trial) {
    return limits.stream()
        .filter(l -> SweepTable.isQuality(l.metric()))
        .mapToDouble(l -> l.excess(trial.figures()))
        .sum();
  }

  // ---- what is asked

  private void possible() {
    Set<Metric> judged = judged(search.target());
    List<Metric> wanted = new ArrayList<>();
    wanted.add(search.objective());
    search.target().constraints().forEach(c -> wanted.add(c.metric()));
    for (Metric metric : wanted) {
      if (!judged.contains(metric)) {
        throw EspalierException.program(
            "a search cannot go by " + metric.word() + " on " + search.target().name(),
            "compress",
            "it is measured anew in every run, so that no search would be the same twice",
            "name a device whose figures are modelled, such as cortex-m7");
      }
    }
  }

  private void limits(String sentence, Progress progress) {
    for (Constraint c : search.target().constraints()) {
      if (c.bound() instanceof Bound.Limit limit) {
        limits.add(new Limit(c.metric(), limit.atLeast(), limit.value(), c.text()));
        continue;
      }
      Bound.Within within = (Bound.Within) c.bound();
      Operation.Named other = within.other();
      runs.make(List.of(other), 1, sentence, progress);
      SweepTable.Row row = runs.row(other);
      Map<Metric, Figure> figures =
          row.figures()
              .map(f -> all(f, other.model()))
              .orElseThrow(
                  () ->
                      EspalierException.program(
                          within.other().name() + " cannot be measured",
                          "compress",
                          row.reason(),
                          ""));
      double value = figures.get(c.metric()).value();
      double margin = within.relative() ? within.margin() * Math.abs(value) : within.margin();
      boolean atLeast = c.metric().higherIsBetter();
      limits.add(
          new Limit(c.metric(), atLeast, atLeast ? value - margin : value + margin, c.text()));
    }
    if (search.target().modelled().isPresent()) {
      Device device = search.target().modelled().get();
      device
          .memory()
          .ifPresent(
              has ->
                  limits.add(
                      new Limit(Metric.MEMORY, false, has, "fits the RAM of " + device.word())));
    }
  }

  // ---- trials

  private Operation operation(Recipe recipe, int epochs) {
    TrainSettings training = search.training().withEpochs(epochs);
    return recipe.of(search.model(), search.data(), training, search.environment());
  }

  private int trialEpochs() {
    int said = search.settings().trialEpochs();
    int epochs = search.training().epochs();
    return said > 0 ? Math.min(said, epochs) : epochs;
  }

  /** A trial to come. */
  private record Asked(int number, Recipe recipe) {}

  private void generation(List<Evolution.Next> next, String sentence, Progress progress) {
    int first = trials.size() + 1;
    int epochs = trialEpochs();
    int look = Math.max(1, epochs / PART);
    List<Asked> whole = new ArrayList<>();
    List<Asked> drawn = new ArrayList<>();
    for (int i = 0; i < next.size(); i++) {
      Asked asked = new Asked(first + i, next.get(i).recipe());
      (next.get(i).drawn() && look < epochs ? drawn : whole).add(asked);
    }
    List<Trial> made = new ArrayList<>();
    if (drawn.size() > 1) {
      List<Trial> looks = made(drawn, look, false, sentence, progress);
      Set<Integer> better =
          looks.stream()
              .filter(t -> !t.standing().failed())
              .sorted(Comparator.comparing(Trial::standing))
              .limit((drawn.size() + 1) / 2)
              .map(t -> t.standing().number())
              .collect(Collectors.toSet());
      looks.stream().filter(t -> !better.contains(t.standing().number())).forEach(made::add);
      drawn.removeIf(a -> !better.contains(a.number()));
    }
    whole.addAll(drawn);
    made.addAll(made(whole, epochs, true, sentence, progress));
    made.sort(Comparator.comparingInt(t -> t.standing().number()));
    trials.addAll(made);
  }

  private List<Trial> made(
      List<Asked> asked, int epochs, boolean whole, String sentence, Progress progress) {
    progress.check();
    List<Operation.Named> models =
        asked.stream()
            .map(a -> new Operation.Named("trial " + a.number(), operation(a.recipe(), epochs)))
            .toList();
    runs.make(models, search.settings().workers(), sentence, progress);
    List<Trial> out = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      int number = asked.get(i).number();
      SweepTable.Row row = runs.row(models.get(i));
      Operation model = models.get(i).model();
      Map<Metric, Figure> figures = row.figures().map(f -> all(f, model)).orElse(Map.of());
      Standing standing =
          figures.isEmpty() ? Standing.failure(number) : standing(figures, number, whole);
      out.add(new Trial(asked.get(i).recipe(), epochs, model, figures, row.reason(), standing));
    }
    return out;
  }

  private Standing standing(Map<Metric, Figure> figures, int number, boolean whole) {
    double violation = 0;
    for (Limit limit : limits) {
      violation += limit.excess(figures);
    }
    Figure sought = figures.get(search.objective());
    double loss =
        sought == null || Double.isNaN(sought.value())
            ? Double.POSITIVE_INFINITY
            : search.maximize() ? -sought.value() : sought.value();
    return new Standing(false, whole, violation, loss, figures.get(Metric.SIZE).value(), number);
  }

  /** With what is told from the model's structure. */
  private Map<Metric, Figure> all(ValidationFigures measured, Operation model) {
    Map<Metric, Figure> all = new EnumMap<>(measured.figures());
    Graph graph = runner.model(model, "", "", Progress.NONE).model().graph();
    all.put(Metric.NON_ZERO, Figure.exact(Parameters.nonZero(graph), Metric.NON_ZERO.unit()));
    Optional<Device> device = search.target().modelled();
    if (device.isPresent()) {
      var estimate = device.get().estimate(graph);
      for (Metric metric : List.of(Metric.LATENCY, Metric.ENERGY, Metric.MEMORY)) {
        all.put(metric, Requirements.modelled(estimate, metric));
      }
    } else {
      all.put(
          Metric.MEMORY, Figure.exact(Cost.peakActivationBytes(graph, 1), Metric.MEMORY.unit()));
    }
    return all;
  }

  /** The constraints that a trial breaks, with what it comes to instead. */
  private String misses(Trial trial) {
    List<String> missed = new ArrayList<>();
    for (Limit limit : limits) {
      if (limit.excess(trial.figures()) > 0) {
        Figure got = trial.figures().get(limit.metric());
        double value = got == null ? Double.NaN : got.value();
        missed.add("`" + limit.text() + "` (" + Wording.value(limit.metric(), value) + ")");
      }
    }
    return String.join(", ", missed);
  }

  // ---- when nothing fits

  private EspalierException tooSmall(List<OutOfReach> out) {
    List<String> proofs =
        out.stream()
            .map(o -> "`" + o.demand() + "`, and the smallest recipe leaves at least " + o.least())
            .toList();
    return EspalierException.program(
        "no recipe can meet " + search.target().name(),
        "compress",
        "it demands " + String.join("; ", proofs),
        "relax it, or start from a smaller model; nothing was trained");
  }

  /** The demands on what came closest, as they stood on the validation split. */
  private Result.Checks closest(Optional<Trial> closest, EspalierException why) {
    List<Result.Check> checks = new ArrayList<>();
    for (Limit limit : limits) {
      Metric metric = limit.metric();
      Figure unknown = Figure.measured(Double.NaN, metric.unit());
      Figure got = closest.map(t -> t.figures().get(metric)).orElse(unknown);
      boolean met = closest.isPresent() && limit.excess(closest.get().figures()) == 0;
      checks.add(
          new Result.Check(
              limit.text(),
              met,
              Figure.exact(limit.value(), metric.unit()),
              got == null ? unknown : got,
              met || closest.isEmpty()
                  ? ""
                  : "trial " + closest.get().standing().number() + ", on the validation split"));
    }
    if (checks.isEmpty()) {
      // Nothing is demanded but that a recipe works.
      checks.add(
          new Result.Check(
              "a recipe that works",
              false,
              Figure.exact(1, Result.Unit.COUNT),
              Figure.exact(0, Result.Unit.COUNT),
              ""));
    }
    return new Result.Checks(
        why.what(), checks, why.fix().isEmpty() ? why.why() : why.why() + "; " + why.fix());
  }

  private EspalierException noneMeets(Optional<Trial> closest, Optional<String> refusal) {
    String tried = trials.size() + (trials.size() == 1 ? " recipe" : " recipes");
    if (closest.isEmpty()) {
      return EspalierException.run(
          "none of " + tried + " could be made",
          "compress",
          trials.isEmpty()
              ? refusal.map(r -> "such as: " + r).orElse("")
              : "the first: " + trials.get(0).failure(),
          "");
    }
    Trial t = closest.get();
    List<String> relaxed = new ArrayList<>();
    for (Limit limit : limits) {
      if (limit.excess(t.figures()) > 0) {
        Figure got = t.figures().get(limit.metric());
        double value = got == null ? Double.NaN : got.value();
        if (!Double.isNaN(value)) {
          relaxed.add(
              limit.metric().word()
                  + (limit.atLeast() ? " at least " : " at most ")
                  + Wording.bound(limit.metric(), value, limit.atLeast())
                  + " (by "
                  + Wording.distance(limit.metric(), value - limit.value())
                  + ")");
        }
      }
    }
    return EspalierException.run(
        "none of " + tried + " meets " + search.target().name(),
        "compress",
        "trial "
            + t.standing().number()
            + " came closest ("
            + t.recipe().text()
            + ") and misses "
            + misses(t)
            + " on the validation split",
        relaxed.isEmpty()
            ? "ask for less"
            : "relax to "
                + String.join(" and ", relaxed)
                + ", or try more: within "
                + (search.seconds() > 0
                    ? TimeLimit.text(2 * search.seconds())
                    : 2 * search.trials() + " trials")
                + "; what was tried stays stored");
  }
}
