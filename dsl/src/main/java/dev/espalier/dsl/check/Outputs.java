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
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.run.Chartable;
import dev.espalier.engine.run.Constraint;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.StatementSettings;
import dev.espalier.engine.run.Target;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The statements that show, check and write: compare, expect, chart, show, export, report, note.
 */
final class Outputs {
  /** What `show` lists layer by layer. */
  private static final List<String> TABLES = List.of("layers", "coupling", "trials");

  private static final String TRIALS = "trials";

  private static final Set<String> UNBUILT_ASPECTS = Set.of("sensitivity", "provenance", "metrics");
  private static final List<String> OWN_CHARTS =
      Arrays.stream(Chartable.values()).map(Chartable::word).toList();

  private static final List<String> TABLE_FORMATS = List.of("csv", "npz", "html");
  private static final List<String> EXPORT_FORMATS = List.of("onnx", "csv", "npz", "html");

  private final Program program;
  private final WordMaker words;
  private final Amounts amounts;
  private final Subjects subjects;
  private final Metrics metrics;
  private final SweepTables tables;
  private final Targets targets;
  private final Reach reach;

  Outputs(
      Program program,
      WordMaker words,
      Amounts amounts,
      Subjects subjects,
      Metrics metrics,
      Targets targets,
      Reach reach) {
    this.program = program;
    this.words = words;
    this.amounts = amounts;
    this.subjects = subjects;
    this.metrics = metrics;
    this.tables = new SweepTables(program, words);
    this.targets = targets;
    this.reach = reach;
  }

  private Optional<Record> settings(
      String statement, List<dev.espalier.dsl.syntax.Setting> given, Span span) {
    Entry entry = words.settings(statement);
    int before = program.failures();
    Map<String, Object> values = words.sort(given, statement, List.of(entry), Map.of()).get(entry);
    return program.failures() > before ? Optional.empty() : words.finish(entry, values, span);
  }

  /** Reports compared models of which one gives quantities and another tells classes apart. */
  private void answerAlike(List<Name> names, List<Operation.Named> models) {
    Optional<Boolean> first = Optional.empty();
    for (Operation.Named model : models) {
      Optional<Boolean> quantities = Answers.quantities(model.model());
      if (first.isPresent() && quantities.isPresent() && !quantities.equals(first)) {
        names.stream()
            .filter(n -> n.text().equals(model.name()))
            .findFirst()
            .ifPresent(
                n ->
                    program.report(
                        Code.E221,
                        n.span(),
                        "classes and quantities cannot be compared",
                        quantities.get()
                            ? "it gives quantities, and what comes before it tells classes apart"
                            : "it tells classes apart, and what comes before it gives quantities"));
        return;
      }
      first = first.or(() -> quantities);
    }
  }

  private static Operation.Named named(Subject s) {
    return new Operation.Named(s.shown(), s.operation());
  }

  /** Trained models, each once. */
  private List<Operation.Named> models(List<Name> names) {
    List<Operation.Named> out = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Name name : names) {
      if (!seen.add(name.text())) {
        program.report(
            Code.E118,
            name.span(),
            "`" + name.text() + "` is there twice",
            "name it once",
            List.of(program.removalFromList(name.span())));
        continue;
      }
      subjects.trained(name).ifPresent(s -> out.add(named(s)));
    }
    return out;
  }

  // ---- compare

  void compare(Statement.Compare s) {
    int before = program.failures();
    List<Operation.Named> models = models(s.models());
    Optional<Operation> data = s.data().flatMap(subjects::data);
    Optional<Target> target = s.demand().flatMap(targets::of);
    s.demand().ifPresent(d -> target.ifPresent(t -> targets.speaks(t, models, demandSpan(d))));
    // Left out, the task of the models decides, which is known with their data.
    Optional<String> metric =
        s.metric().isPresent() ? metrics.of(s.metric().get()).map(Metric::word) : Optional.of("");
    s.metric().ifPresent(name -> metrics.speaks(name, models));
    answerAlike(s.models(), models);
    Optional<Record> settings = settings("compare", s.settings(), s.span());
    if (program.failures() > before) {
      s.name().ifPresent(n -> program.breakName(n.text()));
      return;
    }
    if (target.isPresent()) {
      Statement.Demand demand = s.demand().orElseThrow();
      reach.compared(demand, target.get(), models, demandSpan(demand));
    }
    StatementSettings.Comparison comparison = (StatementSettings.Comparison) settings.orElseThrow();
    Operation operation =
        new Operation.Compare(
            models,
            data,
            target,
            metric.orElseThrow(),
            comparison.controls(),
            comparison.batch(),
            comparison.threads(),
            comparison.seeds(),
            program.environment());
    s.name().ifPresent(n -> program.bindTable(n, operation));
    program.step(s.span(), operation, s.name().map(Name::text));
  }

  private static Span demandSpan(Statement.Demand demand) {
    if (demand instanceof Statement.Demand.Named named) {
      return named.target().span();
    }
    List<Statement.Constraint> all = ((Statement.Demand.Constraints) demand).all();
    return all.get(0).metric().span().to(all.get(all.size() - 1).bound().span());
  }

  // ---- expect

  void expect(Statement.Expect s) {
    int before = program.failures();
    Optional<Metric> metric = metrics.of(s.metric());
    Optional<Subject> subject = subjects.trained(s.subject());
    subject.ifPresent(m -> metrics.speaks(s.metric(), List.of(named(m))));
    Operation.Bound bound = null;
    if (s.bound() instanceof Statement.Bound.Limit limit) {
      if (metric.isPresent()) {
        OptionalDouble value = amounts.of(metric.get(), limit.value());
        if (value.isPresent()) {
          bound = new Operation.Bound.Limit(limit.atLeast(), value.getAsDouble());
        }
      }
    } else {
      Statement.Bound.Within within = (Statement.Bound.Within) s.bound();
      Optional<Subject> other = subjects.trained(within.other());
      if (metric.isPresent()) {
        Operation.Named than =
            other
                .map(Outputs::named)
                .orElseGet(
                    () ->
                        new Operation.Named(
                            within.other().text(), new Operation.Given("unknown", "", "unknown")));
        bound = amounts.within(metric.get(), within.margin(), than).orElse(null);
      }
    }
    if (program.failures() > before || bound == null) {
      return;
    }
    Operation.Named model = named(subject.orElseThrow());
    Constraint wanted = new Constraint(metric.orElseThrow(), bound, program.words(s.span()));
    reach.expectation(new Target("", Optional.empty(), List.of(wanted)), model, s.bound().span());
    program.step(
        s.span(),
        new Operation.Expect(
            program.words(s.span()),
            metric.orElseThrow().word(),
            model,
            bound,
            program.environment()),
        Optional.empty());
  }

  /** Reports models that no search found, or more than one, where the trials are asked for. */
  private void searched(Name trials, List<Operation.Named> models) {
    for (Operation.Named model : models) {
      if (models.size() > 1 || !(model.model() instanceof Operation.Search)) {
        program.report(
            Code.E205,
            trials.span(),
            models.size() > 1
                ? "trials are shown of one model at a time"
                : "`" + model.name() + "` has no trials",
            "trials are those of a search: compress MODEL for … as " + model.name());
        return;
      }
    }
  }

  // ---- chart

  void chart(Statement.Chart s) {
    if (s.subjects().size() == 1) {
      Optional<Operation.Sweep> sweep = tables.sweep(s.subjects().get(0));
      if (sweep.isPresent()) {
        tables.chart(s, sweep.get());
        return;
      }
    }
    int before = program.failures();
    boolean own = OWN_CHARTS.contains(s.y().text());
    if (own) {
      s.x()
          .ifPresent(
              x ->
                  program.report(
                      Code.E119,
                      x.span(),
                      "a chart of " + s.y().text() + " has its own axes",
                      "remove `vs " + x.text() + "`",
                      List.of(program.removal(new Span(s.y().span().end() + 1, x.span().end())))));
    } else if (Metric.find(s.y().text()).isEmpty()) {
      metrics.unknown(s.y(), OWN_CHARTS);
    }
    if (!own) {
      s.x().ifPresent(metrics::of);
    }
    s.series()
        .ifPresent(
            n -> Unbuilt.refuse(program, n.span(), "chart … by", "name the models after `of`"));
    s.name()
        .ifPresent(
            n -> {
              Unbuilt.refuse(program, n.span(), "chart … as", "a chart is shown where it is drawn");
              program.breakName(n.text());
            });
    Optional<Record> settings = settings("chart", s.settings(), s.span());
    if (s.subjects().isEmpty()) {
      List<String> models = program.names(Set.of(Scope.Kind.MODEL));
      program.report(
          Code.E207,
          new Span(s.span().end(), s.span().end()),
          "a chart of what?",
          "",
          program.words(s.span())
              + " of "
              + (models.isEmpty() ? "MODEL" : models.get(models.size() - 1)));
      return;
    }
    List<Operation.Named> models = models(s.subjects());
    metrics.speaks(s.y(), models);
    if (s.y().text().equals(TRIALS)) {
      searched(s.y(), models);
    }
    s.x().ifPresent(x -> metrics.speaks(x, models));
    Chartable.find(s.y().text()).ifPresent(c -> drawable(c, s, models));
    if (program.failures() > before) {
      return;
    }
    StatementSettings.Drawing look = (StatementSettings.Drawing) settings.orElseThrow();
    if (look.title().isEmpty()) {
      look = new StatementSettings.Drawing(s.heading(), look.frontier(), look.band());
    }
    program.step(
        s.span(),
        new Operation.Chart(
            s.y().text(), s.x().map(Name::text), models, look, program.environment()),
        Optional.empty());
  }

  /** Reports subjects that a chart of its own cannot be of. */
  private void drawable(Chartable chart, Statement.Chart s, List<Operation.Named> models) {
    if (chart.isOfOne() && s.subjects().size() > 1) {
      Name second = s.subjects().get(1);
      program.report(
          Code.E119,
          second.span(),
          "a chart of " + chart.word() + " is of one model",
          "draw `" + second.text() + "` in a chart of its own",
          List.of(program.removalFromList(second.span())));
    }
    for (Operation.Named model : models) {
      if (chart.needs() == Chartable.Needs.CLASSES
          && Answers.quantities(model.model()).orElse(false)) {
        program.report(
            Code.E221,
            s.y().span(),
            "`" + chart.word() + "` has no meaning for `" + model.name() + "`",
            "it gives quantities, and there are no classes to take for one another");
      }
    }
  }

  // ---- show

  void show(Statement.Show s) {
    int before = program.failures();
    if (s.subjects().isEmpty()) {
      List<Operation.Named> things = new ArrayList<>();
      for (Name name : s.aspects()) {
        boolean aspect =
            TABLES.contains(name.text())
                || Metric.find(name.text()).isPresent()
                || UNBUILT_ASPECTS.contains(name.text());
        if (aspect && program.find(name.text()).isEmpty()) {
          List<String> models = program.names(Set.of(Scope.Kind.MODEL));
          program.report(
              Code.E207,
              name.span(),
              name.text() + " of what?",
              "",
              "show "
                  + name.text()
                  + " of "
                  + (models.isEmpty() ? "MODEL" : models.get(models.size() - 1)));
          continue;
        }
        subjects.anything(name).ifPresent(b -> add(things, b, name));
      }
      if (program.failures() == before && !things.isEmpty()) {
        program.step(
            s.span(),
            new Operation.Show(List.of(), things, program.environment()),
            Optional.empty());
      }
      return;
    }
    if (s.subjects().size() == 1) {
      Optional<Operation.Sweep> sweep = tables.sweep(s.subjects().get(0));
      if (sweep.isPresent()) {
        tables.show(s, sweep.get());
        return;
      }
    }
    List<String> aspects = new ArrayList<>();
    boolean onlyLayers = true;
    for (Name aspect : s.aspects()) {
      if (UNBUILT_ASPECTS.contains(aspect.text())) {
        Unbuilt.refuse(
            program,
            aspect.span(),
            "show " + aspect.text(),
            "there is: " + String.join(", ", TABLES) + ", " + WordMaker.listed(Metrics.all()));
      } else if (!TABLES.contains(aspect.text()) && Metric.find(aspect.text()).isEmpty()) {
        metrics.unknown(aspect, TABLES);
      }
      onlyLayers &= TABLES.contains(aspect.text());
      aspects.add(aspect.text());
    }
    List<Operation.Named> things = new ArrayList<>();
    for (Name name : s.subjects()) {
      Optional<Subject> subject = subjects.of(new Value.Call(name, List.of(), false, name.span()));
      if (subject.isPresent() && (onlyLayers || subjects.isTrained(subject.get()))) {
        things.add(named(subject.get()));
      }
    }
    s.aspects().forEach(aspect -> metrics.speaks(aspect, things));
    s.aspects().stream()
        .filter(aspect -> aspect.text().equals(TRIALS))
        .forEach(aspect -> searched(aspect, things));
    if (program.failures() == before) {
      program.step(
          s.span(), new Operation.Show(aspects, things, program.environment()), Optional.empty());
    }
  }

  private void add(List<Operation.Named> things, Binding b, Name name) {
    if (b.kind() == Scope.Kind.TEACHER) {
      subjects.onlyTeaches(b, name);
    } else if (b.operation().isPresent()) {
      things.add(new Operation.Named(name.text(), b.operation().get()));
    } else {
      String value =
          b.value().map(v -> v instanceof Value w ? Written.of(w) : v.toString()).orElse("");
      program.step(
          name.span(),
          new Operation.Note("`" + name.text() + " = " + value + "`"),
          Optional.empty());
    }
  }

  // ---- export, report, note

  void export(Statement.Export s) {
    int before = program.failures();
    Optional<Binding> binding = subjects.anything(s.subject());
    String file = s.file().text();
    String format =
        s.format().map(Name::text).orElseGet(() -> file.substring(file.lastIndexOf('.') + 1));
    Span formatSpan = s.format().map(Name::span).orElse(s.file().span());
    Optional<Record> settings = settings("export", s.settings(), s.span());
    Optional<Path> path = path(s.file());
    if (!format.equals("onnx") && !TABLE_FORMATS.contains(format)) {
      program.report(
          Code.E214,
          formatSpan,
          "`" + format + "` is not a format to export to",
          Nearest.to(format, EXPORT_FORMATS)
              .map(n -> "did you mean `" + n + "`?")
              .orElse("models go to onnx, tables to csv, npz or html"),
          s.format()
              .map(n -> Edit.replace(n.span(), Nearest.clear(format, EXPORT_FORMATS)))
              .orElse(List.of()));
    } else if (binding.isPresent()) {
      Scope.Kind kind = binding.get().kind();
      Scope.Kind wanted = format.equals("onnx") ? Scope.Kind.MODEL : Scope.Kind.TABLE;
      if (kind == Scope.Kind.TEACHER) {
        subjects.onlyTeaches(binding.get(), s.subject());
      } else if (kind == Scope.Kind.BLUEPRINT && wanted == Scope.Kind.MODEL) {
        subjects.trained(s.subject());
      } else if (kind != wanted
          && !(binding.get().operation().orElse(null) instanceof Operation.Search)) {
        program.report(
            Code.E205,
            s.subject().span(),
            "`"
                + s.subject().text()
                + "` is "
                + Program.kindWords(kind)
                + ", and "
                + format
                + " holds "
                + (wanted == Scope.Kind.MODEL ? "models" : "tables"),
            kind == Scope.Kind.MODEL
                ? "write it to onnx"
                : kind == Scope.Kind.TABLE
                    ? "write it to csv, npz or html"
                    : "it cannot be exported");
      }
    }
    if (program.failures() > before || binding.isEmpty() || settings.isEmpty()) {
      return;
    }
    program.writes(path.orElseThrow(), s.file().span());
    program.step(
        s.span(),
        new Operation.Export(
            new Operation.Named(s.subject().text(), binding.get().operation().orElseThrow()),
            format,
            path.get()),
        Optional.empty());
  }

  private Optional<Path> path(Value.Text file) {
    if (file.text().isBlank()) {
      program.report(Code.E216, file.span(), "a file name is needed", "it is empty");
      return Optional.empty();
    }
    try {
      Path path = program.path(file.text());
      if (Files.isDirectory(path)) {
        program.report(
            Code.E216, file.span(), "`" + file.text() + "` is a folder", "name a file in it");
        return Optional.empty();
      }
      return Optional.of(path);
    } catch (InvalidPathException e) {
      program.report(Code.E216, file.span(), "this is no file name", e.getReason());
      return Optional.empty();
    }
  }

  void report(Statement.Report s) {
    Optional<Record> settings = settings("report", s.settings(), s.span());
    Optional<Path> path = path(s.file());
    if (settings.isPresent() && path.isPresent()) {
      program.writes(path.get(), s.file().span());
      program.step(
          s.span(),
          new Operation.Report(path.get(), ((StatementSettings.Page) settings.get()).title()),
          Optional.empty());
    }
  }

  void note(Statement.Note s) {
    // The line of the closing quotes must not count for the common indentation.
    String text = s.text().text().stripTrailing().stripIndent().strip();
    program.step(s.span(), new Operation.Note(text), Optional.empty());
  }
}
