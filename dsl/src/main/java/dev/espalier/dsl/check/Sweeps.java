package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Scope.Binding;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.Step;
import dev.espalier.dsl.check.Axes.Axis;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Setting;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.Environment;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.StatementSettings;
import dev.espalier.engine.work.Cluster;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * {@code sweep … { … }}: its sentences are checked for every combination of values before anything
 * runs, and a mistake is told once, with the values that make it one.
 */
final class Sweeps {
  /** More runs are a slip of the hand. */
  private static final long MOST = 10_000;

  /** Mistakes of whatever a title names: of two recipes behind one {@code $} name, each is told. */
  private static final Set<String> NAMING =
      Set.of(Code.E204.name(), Code.E205.name(), Code.E227.name());

  private final Program program;
  private final WordMaker words;
  private final Consumer<Statement> sentence;
  private final boolean onlyNames;

  /**
   * @param sentence checks one sentence
   * @param onlyNames whether the names that the program gives are all that is wanted
   */
  Sweeps(Program program, WordMaker words, Consumer<Statement> sentence, boolean onlyNames) {
    this.program = program;
    this.words = words;
    this.sentence = sentence;
    this.onlyNames = onlyNames;
  }

  /** A sweep with those in it: all axes, what prepares each run, and what makes its models. */
  private static final class Flat {
    private final List<Axis> axes = new ArrayList<>();
    private final List<Statement> before = new ArrayList<>();
    private List<Statement> body = List.of();
    private long sentences;
  }

  void sweep(Statement.Sweep s) {
    int before = program.failures();
    Flat flat = new Flat();
    flatten(s, flat, new HashSet<>());
    Crew crew = workers(s);
    if (program.failures() == before) {
      unused(flat);
      tooLarge(flat, s);
    }
    List<Operation.SweepCell> cells = program.failures() > before ? List.of() : cells(flat, s);
    if (program.failures() > before) {
      s.name().ifPresent(n -> program.breakName(n.text()));
      return;
    }
    Operation operation =
        new Operation.Sweep(
            flat.axes.stream().map(Axes::engine).toList(),
            cells,
            crew.count(),
            crew.cluster(),
            program.environment());
    s.name().ifPresent(n -> program.bindTable(n, operation));
    program.step(s.span(), operation, s.name().map(Name::text));
  }

  // ---- axes and sentences

  private void flatten(Statement.Sweep s, Flat flat, Set<String> names) {
    Axes axes = new Axes(program, MOST);
    for (Statement.Axis axis : s.axes()) {
      axes.of(axis, names).ifPresent(flat.axes::add);
      names.add(axis.name().text());
    }
    List<Statement> sentences = new ArrayList<>();
    Optional<Statement.Sweep> inner = Optional.empty();
    for (Statement statement : s.body()) {
      if (statement instanceof Statement.Sweep one) {
        if (inner.isPresent()) {
          program.report(
              Code.E124,
              verb(one),
              "a sweep can hold one other, and this is the second",
              "write it as a sweep of its own");
        } else {
          inner = Optional.of(one);
        }
      } else if (makes(statement)) {
        sentences.add(statement);
      } else {
        refuse(s, statement);
      }
    }
    flat.sentences += s.body().size() - (inner.isPresent() ? 1 : 0);
    if (inner.isEmpty()) {
      flat.body = sentences;
      return;
    }
    flat.before.addAll(sentences);
    Statement.Sweep one = inner.get();
    one.name()
        .ifPresent(
            n ->
                program.report(
                    Code.E124,
                    n.span(),
                    "a sweep in a sweep has no table of its own",
                    "all runs are in the table of the outer one",
                    List.of(removal("as", n.span()))));
    if (!one.settings().isEmpty()) {
      Span all =
          one.settings().get(0).span().to(one.settings().get(one.settings().size() - 1).span());
      program.report(
          Code.E124,
          all,
          "a sweep in a sweep has no workers of its own",
          "say it of the outer one",
          List.of(removal("with", all)));
    }
    flatten(one, flat, names);
  }

  private Edit removal(String joint, Span span) {
    int at = program.source().text().lastIndexOf(joint, span.start() - 1);
    return program.removal(at < 0 ? span : new Span(at, span.end()));
  }

  private static boolean makes(Statement statement) {
    return statement instanceof Statement.Pipeline
        || statement instanceof Statement.Model
        || statement instanceof Statement.Data
        || statement instanceof Statement.Let
        || statement instanceof Statement.Set;
  }

  private Span verb(Statement statement) {
    String text = program.source().text();
    int end = statement.span().start();
    while (end < statement.span().end() && Character.isLetter(text.charAt(end))) {
      end++;
    }
    return new Span(statement.span().start(), end);
  }

  private void refuse(Statement.Sweep s, Statement statement) {
    Span verb = verb(statement);
    String word = program.words(verb);
    boolean output =
        statement instanceof Statement.Show
            || statement instanceof Statement.Compare
            || statement instanceof Statement.Chart
            || statement instanceof Statement.Expect
            || statement instanceof Statement.Meets
            || statement instanceof Statement.Export
            || statement instanceof Statement.Report;
    program.report(
        Code.E124,
        verb,
        "`" + word + "` cannot stand in a sweep",
        output ? "a sweep lists what its models came to by itself" : "here models are made",
        "write it "
            + (output ? "below" : "above")
            + " the sweep"
            + (statement instanceof Statement.Show
                ? ": show " + s.name().map(Name::text).orElse("NAME")
                : ""));
  }

  private boolean isUnknown(String name, Flat flat) {
    return flat.axes.stream().noneMatch(a -> a.name().text().equals(name))
        && Stream.concat(flat.before.stream(), flat.body.stream())
            .noneMatch(s -> s instanceof Statement.Let l && l.name().text().equals(name))
        && program.find(name).isEmpty()
        && !program.isBroken(name);
  }

  private void unused(Flat flat) {
    Set<String> used = Parameters.in(flat.before);
    used.addAll(Parameters.in(flat.body));
    if (used.stream().anyMatch(n -> isUnknown(n, flat))) {
      // It may be one of the swept names, misspelt: that is told where it stands.
      return;
    }
    for (Axis axis : flat.axes) {
      String name = axis.name().text();
      if (!used.contains(name) && !name.equals(Axes.SEED)) {
        program.report(
            Code.E226,
            axis.name().span(),
            "nothing in the sweep uses `$" + name + "`",
            "every value would make the same models");
      }
    }
  }

  private void tooLarge(Flat flat, Statement.Sweep s) {
    long runs = runs(flat);
    if (runs <= MOST) {
      return;
    }
    Statement.Axis last = s.axes().get(s.axes().size() - 1);
    program.report(
        Code.E403,
        s.axes().get(0).name().span().to(last.values().get(last.values().size() - 1).span()),
        String.format(
            Locale.ROOT,
            "this sweep is of %,d runs of %d %s each",
            runs,
            flat.sentences,
            flat.sentences == 1 ? "sentence" : "sentences"),
        String.format(Locale.ROOT, "at most %,d; sweep fewer values", MOST));
  }

  private static long runs(Flat flat) {
    long product = 1;
    for (Axis axis : flat.axes) {
      product = Math.min(Long.MAX_VALUE / MOST, product) * axis.values().size();
    }
    return product;
  }

  /**
   * Who does the runs.
   *
   * @param count processes of this machine; 0 leaves it to the machine
   * @param cluster the master URL in place of them
   */
  private record Crew(int count, Optional<String> cluster) {}

  private Crew workers(Statement.Sweep s) {
    List<Setting> settings = new ArrayList<>(s.settings());
    Optional<String> cluster = Optional.empty();
    for (Setting setting : s.settings()) {
      if (setting.name().text().equals("workers")
          && program.resolve(setting.value()).orElse(null) instanceof Value.Text text) {
        if (Cluster.isAddress(text.text())) {
          cluster = Optional.of(text.text());
        } else {
          program.report(
              Code.E304,
              setting.value().span(),
              "`workers` cannot be " + program.words(setting.value().span()),
              "give a number for processes of this machine, or " + Cluster.ADDRESSES);
        }
        settings.remove(setting);
      }
    }
    Entry entry = words.settings("sweep");
    int before = program.failures();
    Map<String, Object> values = words.sort(settings, "sweep", List.of(entry), Map.of()).get(entry);
    int count =
        program.failures() > before
            ? 0
            : words
                .finish(entry, values, s.span())
                .map(r -> ((StatementSettings.Sweeping) r).workers())
                .orElse(0);
    return new Crew(count, cluster);
  }

  // ---- runs

  /** A mistake with the runs that it is made in. */
  private record Mistake(Diagnostic first, BitSet runs) {}

  private List<Operation.SweepCell> cells(Flat flat, Statement.Sweep s) {
    int firstMistake = program.mistakeCount();
    int firstStep = program.steps().size();
    Map<String, Mistake> mistakes = new LinkedHashMap<>();
    List<Operation.SweepCell> cells = new ArrayList<>();
    int runs = onlyNames ? 1 : (int) runs(flat);
    boolean empty = false;
    for (int run = 0; run < runs; run++) {
      int[] at = place(flat.axes, run);
      List<Operation.Named> models = models(flat, at);
      int number = run;
      for (Diagnostic d : program.takeMistakes(firstMistake)) {
        String key =
            d.code()
                + d.span()
                + System.identityHashCode(d.source())
                + (NAMING.contains(d.code()) ? d.title() : "");
        mistakes.computeIfAbsent(key, k -> new Mistake(d, new BitSet())).runs().set(number);
      }
      program.takeSteps(firstStep);
      empty |= models.isEmpty();
      cells.add(new Operation.SweepCell(Arrays.stream(at).boxed().toList(), models));
    }
    mistakes.values().forEach(m -> program.relist(told(m, flat.axes, runs)));
    if (mistakes.values().stream().noneMatch(m -> m.first().isError()) && empty) {
      program.report(
          Code.E406,
          verb(s),
          "this sweep makes no model",
          "put a sentence into it that does, such as `prune teacher $amount as slim`");
    }
    return cells;
  }

  /** The indices of the values of a run, the last axis varying fastest. */
  private static int[] place(List<Axis> axes, int run) {
    int[] at = new int[axes.size()];
    int left = run;
    for (int i = axes.size() - 1; i >= 0; i--) {
      at[i] = left % axes.get(i).values().size();
      left /= axes.get(i).values().size();
    }
    return at;
  }

  private List<Operation.Named> models(Flat flat, int[] at) {
    Runnable leave = program.enclose();
    Environment e = program.environment();
    long seed = e.seed();
    for (int i = 0; i < at.length; i++) {
      Axis axis = flat.axes.get(i);
      Value value = axis.values().get(at[i]);
      program.assign(axis.name().text(), value, program.line(axis.name().span()));
      if (axis.name().text().equals(Axes.SEED) && value instanceof Value.Quantity q) {
        seed = (long) q.number();
      }
    }
    // Runs go on side by side, one thread each; with more, they would wait for each other.
    int threads = program.threadsSet() ? e.threads() : 1;
    program.environment(new Environment(seed, threads, e.device(), e.offline()));
    flat.before.forEach(sentence);
    int first = program.steps().size();
    Optional<Binding> before = program.it();
    flat.body.forEach(sentence);
    Map<String, Operation> made = new LinkedHashMap<>();
    for (Step step : program.steps().subList(first, program.steps().size())) {
      if (step.operation() instanceof Operation.ModelMaking
          && !(step.operation() instanceof Operation.FromOnnx)) {
        step.name().ifPresent(n -> made.put(n, step.operation()));
      }
    }
    List<Operation.Named> models = new ArrayList<>();
    made.forEach((name, operation) -> models.add(new Operation.Named(name, operation)));
    if (models.isEmpty() && !program.it().equals(before)) {
      program
          .it()
          .flatMap(Binding::operation)
          .ifPresent(o -> models.add(new Operation.Named("it", o)));
    }
    leave.run();
    return models;
  }

  // ---- mistakes

  /** The mistake with the values that make it one, where it is not made with all. */
  private static Diagnostic told(Mistake m, List<Axis> axes, int runs) {
    Diagnostic d = m.first();
    if (m.runs().cardinality() == runs) {
      return d;
    }
    return new Diagnostic(
        d.code(),
        d.title() + " (with " + values(m.runs(), axes, runs) + ")",
        d.source(),
        d.span(),
        d.label(),
        d.fix(),
        d.edits());
  }

  private static String values(BitSet wrong, List<Axis> axes, int runs) {
    for (int i = 0; i < axes.size(); i++) {
      BitSet values = new BitSet();
      for (int run = wrong.nextSetBit(0); run >= 0; run = wrong.nextSetBit(run + 1)) {
        values.set(place(axes, run)[i]);
      }
      long covered = (long) values.cardinality() * (runs / axes.get(i).values().size());
      if (covered == wrong.cardinality()) {
        Axis axis = axes.get(i);
        List<String> shown =
            values.stream().mapToObj(v -> Written.of(axis.values().get(v))).toList();
        return axis.name().text() + " " + WordMaker.listed(shown);
      }
    }
    int[] at = place(axes, wrong.nextSetBit(0));
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < at.length; i++) {
      shown.add(axes.get(i).name().text() + " " + Written.of(axes.get(i).values().get(at[i])));
    }
    int more = wrong.cardinality() - 1;
    return String.join(", ", shown)
        + (more == 0 ? "" : ", and " + more + (more == 1 ? " more run" : " more runs"));
  }
}
