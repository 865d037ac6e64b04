package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Scope.Binding;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.check.Subjects.Subject;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.Environment;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.run.Constraint;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.StatementSettings;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.search.RecipeSpace;
import dev.espalier.engine.train.TrainSettings;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code compress teacher for mcu using distill, prune minimize energy within 40 trials}. */
final class Searches {
  /** Trials when the sentence does not say how many. */
  private static final int TRIALS = 40;

  private static final int MOST_TRIALS = 10_000;
  private static final double MOST_SECONDS = 30 * 24 * 3600;

  /**
   * How much is tried.
   *
   * @param seconds 0 is no limit
   */
  private record Effort(int trials, double seconds) {}

  private static final Effort USUAL = new Effort(TRIALS, 0);

  /** What the search cannot do without a metric of quality: every other one falls without end. */
  private static final Set<Metric> QUALITIES =
      EnumSet.of(Metric.ACCURACY, Metric.ERRORS, Metric.MSE, Metric.MAE, Metric.R2);

  private final Program program;
  private final WordMaker words;
  private final Subjects subjects;
  private final Metrics metrics;
  private final Targets targets;
  private final Pipelines pipelines;
  private final Reach reach;

  Searches(
      Program program,
      WordMaker words,
      Subjects subjects,
      Metrics metrics,
      Targets targets,
      Pipelines pipelines,
      Reach reach) {
    this.program = program;
    this.words = words;
    this.subjects = subjects;
    this.metrics = metrics;
    this.targets = targets;
    this.pipelines = pipelines;
    this.reach = reach;
  }

  void compress(Statement.Compress s) {
    int before = program.failures();
    Span verb = new Span(s.span().start(), s.span().start() + "compress".length());
    Optional<Subject> subject = subjects.of(s.subject()).filter(subjects::isTrained);
    Optional<Target> target = targets.of(s.demand());
    Set<String> using = using(s);
    Optional<Metric> objective = s.objective().flatMap(metrics::of);
    Effort effort = s.effort().map(this::effort).orElse(USUAL);
    Entry own = words.settings("compress");
    Entry training = words.settings("training");
    Map<Entry, Map<String, Object>> given =
        words.sort(s.settings(), "compress", List.of(own, training), Map.of());
    Optional<Operation> data =
        subject.isEmpty()
            ? s.data().flatMap(subjects::data)
            : s.data().isPresent()
                ? s.data().flatMap(subjects::data)
                : subject.get().data().or(() -> pipelines.onlyData(verb, "compress"));
    if (subject.isPresent() && subject.get().quantized()) {
      program.report(
          Code.E209,
          s.subject().span(),
          "`" + subject.get().shown() + "` is quantized already",
          "its integers can be neither trained nor pruned; compress the model before that");
    }
    if (program.failures() > before || subject.isEmpty() || target.isEmpty() || data.isEmpty()) {
      s.name().ifPresent(n -> program.breakName(n.text()));
      return;
    }
    Subject settled = subjects.settled(subject.get(), data.get());
    subjects.fits(settled, data.get());
    Operation.Named model = new Operation.Named(settled.shown(), settled.operation());
    targets.speaks(target.get(), List.of(model), span(s.demand()));
    s.objective().ifPresent(n -> metrics.speaks(n, List.of(model)));
    boolean quantities =
        Answers.quantities(settled.operation()).or(() -> Answers.ofData(data.get())).orElse(false);
    if (quantities && using.contains("distill")) {
      if (s.using().isEmpty()) {
        using.remove("distill");
      } else {
        program.report(
            Code.E221,
            name(s.using(), "distill").span(),
            "`distill` has no meaning for models that give quantities",
            "soft targets are probabilities of classes",
            List.of(program.removalFromList(name(s.using(), "distill").span())));
      }
    }
    Metric sought = objective.orElse(quantities ? Metric.MSE : Metric.ACCURACY);
    boolean maximize = s.objective().isPresent() ? s.maximize() : sought.higherIsBetter();
    direction(s, sought, maximize);
    judged(s, target.get(), sought);
    floor(s, target.get(), sought);
    if (program.failures() == before) {
      reach.search(s.demand(), target.get(), model, using, s.subject().span());
    }
    Optional<Record> how = words.finish(own, given.get(own), s.span());
    Optional<Record> steps = words.finish(training, given.get(training), s.span());
    if (program.failures() > before || how.isEmpty() || steps.isEmpty()) {
      s.name().ifPresent(n -> program.breakName(n.text()));
      return;
    }
    Environment e = program.environment();
    StatementSettings.Searching searching = (StatementSettings.Searching) how.get();
    Operation.Search search =
        new Operation.Search(
            settled.operation(),
            data.get(),
            target.get(),
            List.copyOf(using),
            sought,
            maximize,
            effort.trials(),
            effort.seconds(),
            searching,
            (TrainSettings) steps.get(),
            new Environment(e.seed(), searching.threads(), e.device(), e.offline()));
    Binding binding =
        new Binding(
            s.name().map(Name::text).orElse("it"),
            Scope.Kind.MODEL,
            Optional.of(search),
            data,
            Optional.empty(),
            0,
            false,
            program.line(s.span()));
    s.name().ifPresentOrElse(n -> program.bind(n, binding), () -> program.bindIt(binding));
    program.step(s.span(), search, s.name().map(Name::text));
  }

  /** The steps in the order they are done in, each once. */
  private Set<String> using(Statement.Compress s) {
    Set<String> said = new java.util.HashSet<>();
    for (Name name : s.using()) {
      if (name.text().equals("factorize")) {
        Unbuilt.refuse(
            program,
            name.span(),
            "using factorize",
            "steps: " + WordMaker.listed(RecipeSpace.STEPS));
      } else if (!RecipeSpace.STEPS.contains(name.text())) {
        program.report(
            Code.E201,
            name.span(),
            "a search has no step `" + name.text() + "`",
            Nearest.to(name.text(), RecipeSpace.STEPS)
                .map(n -> "did you mean `" + n + "`?")
                .orElse("steps: " + WordMaker.listed(RecipeSpace.STEPS)),
            Edit.replace(name.span(), Nearest.clear(name.text(), RecipeSpace.STEPS)));
      } else if (!said.add(name.text())) {
        program.report(
            Code.E118,
            name.span(),
            "`" + name.text() + "` is there twice",
            "name it once",
            List.of(program.removalFromList(name.span())));
      }
    }
    Set<String> ordered = new java.util.LinkedHashSet<>(RecipeSpace.STEPS);
    if (!s.using().isEmpty()) {
      ordered.retainAll(said);
    }
    return ordered;
  }

  private static Name name(List<Name> names, String text) {
    return names.stream().filter(n -> n.text().equals(text)).findFirst().orElseThrow();
  }

  private Effort effort(Value effort) {
    Optional<Value> value = program.resolve(effort);
    if (value.isEmpty()) {
      return USUAL;
    }
    if (!(value.get() instanceof Value.Quantity q) || q.percent()) {
      program.report(
          Code.E305,
          effort.span(),
          "how many recipes to try is a number",
          "within 40 trials, or within 10 minutes");
      return USUAL;
    }
    String unit = q.unit().map(Name::text).orElse("");
    if (unit.isEmpty()) {
      program.report(
          Code.E306,
          effort.span(),
          "a number of what?",
          "",
          q.written() + " trials",
          effort.span());
      return USUAL;
    }
    if (!unit.equals("trials") && !unit.equals("trial")) {
      return time(q, unit, effort.span());
    }
    double n = q.number();
    if (n != Math.rint(n) || n < 1 || n > MOST_TRIALS) {
      program.report(
          Code.E304,
          effort.span(),
          n < 1 ? "a search without a trial finds nothing" : "trials are whole numbers",
          "from 1 to 10000");
      return USUAL;
    }
    return new Effort((int) n, 0);
  }

  /** A limit by the clock: as many recipes as there is time for. */
  private Effort time(Value.Quantity q, String word, Span span) {
    Optional<Unit> unit =
        Unit.of(word)
            .filter(u -> u.measure() == Unit.Measure.DURATION || u.measure() == Unit.Measure.TIME);
    if (unit.isEmpty()) {
      program.report(
          Code.E307,
          span,
          "a search is counted in trials or in time",
          "within 40 trials, or within 10 minutes");
      return USUAL;
    }
    double seconds = q.number() * unit.get().factor();
    if (!(seconds >= 1 && seconds <= MOST_SECONDS)) {
      program.report(
          Code.E304,
          span,
          seconds < 1 ? "no recipe is tried in so little time" : "that is too long",
          "from 1 s to 720 hours");
      return USUAL;
    }
    return new Effort(MOST_TRIALS, seconds);
  }

  private static Span span(Statement.Demand demand) {
    if (demand instanceof Statement.Demand.Named n) {
      return n.target().span();
    }
    List<Statement.Constraint> all = ((Statement.Demand.Constraints) demand).all();
    return all.get(0).metric().span().to(all.get(all.size() - 1).bound().span());
  }

  private void direction(Statement.Compress s, Metric sought, boolean maximize) {
    if (s.objective().isPresent()
        && maximize != sought.higherIsBetter()
        && sought != Metric.SPARSITY) {
      String right = sought.higherIsBetter() ? "maximize" : "minimize";
      program.report(
          Code.E304,
          s.objective().get().span(),
          "less " + sought.word() + (maximize ? " is better" : " is worse"),
          "write `" + right + " " + sought.word() + "`");
    }
  }

  /** What is measured by the clock of this machine is no base for a search. */
  private void judged(Statement.Compress s, Target target, Metric sought) {
    List<Metric> wanted = new ArrayList<>();
    wanted.add(sought);
    target.constraints().stream().map(Constraint::metric).forEach(wanted::add);
    for (Metric metric : wanted) {
      boolean clock =
          target.modelled().isEmpty() && (metric == Metric.LATENCY || metric == Metric.ENERGY);
      if (clock || metric == Metric.PACKED_SIZE) {
        Unbuilt.refuse(
            program,
            metric == sought && s.objective().isPresent()
                ? s.objective().get().span()
                : span(s.demand()),
            "compress by " + metric.word() + (clock ? " of this machine" : ""),
            clock
                ? "it is measured anew each time; name a device that is modelled: target mcu is"
                    + " cortex-m7 { … }"
                : "bound the size");
        return;
      }
    }
  }

  private void floor(Statement.Compress s, Target target, Metric sought) {
    boolean kept = target.constraints().stream().anyMatch(c -> QUALITIES.contains(c.metric()));
    if (!QUALITIES.contains(sought) && !kept) {
      program.report(
          Code.E405,
          s.objective().map(Name::span).orElse(s.span()),
          "nothing keeps the model good: the one of least " + sought.word() + " knows nothing",
          "demand a quality too, such as `accuracy at least 90%`, or leave out what to minimize");
    }
  }
}
