package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Scope.Binding;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.data.DataSource;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.prune.Amount;
import dev.espalier.engine.prune.Layers;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.prune.Pruner;
import dev.espalier.engine.prune.Shortfall;
import dev.espalier.engine.run.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What names and words stand for where a model or data is needed. */
final class Subjects {
  private static final Set<Scope.Kind> MODELS = Set.of(Scope.Kind.MODEL, Scope.Kind.BLUEPRINT);

  /**
   * A model, trained or not.
   *
   * @param shown as the program calls it
   * @param named whether that is a name, rather than an architecture written in place
   * @param data what it was made with
   * @param line where it was defined; 0 when unknown
   */
  record Subject(
      String shown,
      boolean named,
      boolean trained,
      Operation operation,
      Optional<Operation> data,
      int line,
      Span span) {
    boolean quantized() {
      return isQuantized(operation);
    }
  }

  /** The shapes of a larger model are looked at when it runs, so that checking stays quick. */
  static final long MOST_PARAMETERS = 3_000_000;

  private final Program program;
  private final WordMaker words;
  private final ModelFiles files;

  Subjects(Program program, WordMaker words, ModelFiles files) {
    this.program = program;
    this.words = words;
    this.files = files;
  }

  /** The model or blueprint; empty with the mistake reported. */
  Optional<Subject> of(Value value) {
    Optional<Value> resolved = program.resolve(value);
    if (resolved.isEmpty()) {
      return Optional.empty();
    }
    if (!(resolved.get() instanceof Value.Call call)) {
      program.report(
          Code.E305,
          value.span(),
          "a model is needed here, not " + Amounts.shape(resolved.get()),
          "name a model");
      return Optional.empty();
    }
    String word = call.name().text();
    Optional<Binding> binding = lookUp(call.name());
    if (program.isBroken(word)) {
      program.fail();
      return Optional.empty();
    }
    if (binding.isPresent() && call.isName()) {
      return subject(binding.get(), call.name());
    }
    Optional<Entry> architecture = words.catalog().find(Kind.ARCHITECTURE, word);
    if (architecture.isPresent()) {
      return words
          .make(architecture.get(), call, java.util.Map.of())
          .map(
              record ->
                  new Subject(
                      program.words(call.span()),
                      false,
                      false,
                      new Operation.Blueprint(written(call), (Architecture) record),
                      Optional.empty(),
                      0,
                      call.span()));
    }
    if (binding.isPresent()) {
      program.report(
          Code.E210,
          call.span(),
          "`" + word + "` takes nothing in brackets",
          "it is a name (line " + binding.get().line() + "), not an architecture",
          word,
          call.span());
      return Optional.empty();
    }
    if (call.parenthesised()) {
      words.unknown(Kind.ARCHITECTURE, call.name());
    } else {
      unknownModel(call.name());
    }
    return Optional.empty();
  }

  private static String written(Value.Call call) {
    if (!call.parenthesised()) {
      return call.name().text();
    }
    StringBuilder out = new StringBuilder(call.name().text()).append('(');
    String separator = "";
    for (Value.Argument argument : call.arguments()) {
      out.append(separator);
      argument.name().ifPresent(n -> out.append(n.text()).append(' '));
      out.append(Amounts.shape(argument.value()).replace("`", ""));
      separator = ", ";
    }
    return out.append(')').toString();
  }

  private Optional<Binding> lookUp(Name name) {
    return name.text().equals("it") ? program.it() : program.find(name.text());
  }

  /** A trained model, or a program that can only teach; empty with the mistake reported. */
  Optional<Subject> teacher(Value value) {
    if (value instanceof Value.Call call
        && call.isName()
        && program
            .find(call.name().text())
            .filter(b -> b.kind() == Scope.Kind.TEACHER)
            .isPresent()) {
      Binding b = program.find(call.name().text()).orElseThrow();
      return Optional.of(
          new Subject(
              b.name(),
              true,
              true,
              b.operation().orElseThrow(),
              Optional.empty(),
              b.line(),
              call.span()));
    }
    return of(value).filter(this::isTrained);
  }

  private Optional<Subject> subject(Binding b, Name name) {
    if (b.kind() == Scope.Kind.TEACHER) {
      onlyTeaches(b, name);
      return Optional.empty();
    }
    if (!MODELS.contains(b.kind())) {
      program.report(
          Code.E205,
          name.span(),
          "`" + name.text() + "` is " + Program.kindWords(b.kind()) + ", not a model",
          b.line() > 0 ? "defined in line " + b.line() : "");
      return Optional.empty();
    }
    return Optional.of(
        new Subject(
            name.text(),
            true,
            b.kind() == Scope.Kind.MODEL,
            b.operation().orElseThrow(),
            b.data(),
            b.line(),
            name.span()));
  }

  /** Refuses whatever is asked of a TorchScript program but to teach. */
  void onlyTeaches(Binding b, Name name) {
    program.report(
        Code.E205,
        name.span(),
        "`" + name.text() + "` is " + Program.kindWords(b.kind()) + ", which can only teach",
        "it runs, but it has no graph to change, measure or write (line " + b.line() + ")",
        "distill " + name.text() + " into …, or export it to onnx and read that");
  }

  private void unknownModel(Name name) {
    if (name.text().equals("it")) {
      program.report(
          Code.E204,
          name.span(),
          "there is no `it` yet",
          "`it` is the last result that `as` did not name");
      return;
    }
    program.breakName(name.text());
    List<String> models = program.names(MODELS);
    List<String> known = new ArrayList<>(models);
    known.addAll(words.names(Kind.ARCHITECTURE));
    program.report(
        Code.E204,
        name.span(),
        "unknown name `" + name.text() + "`",
        Nearest.to(name.text(), known)
            .map(n -> "did you mean `" + n + "`?")
            .orElse(
                models.isEmpty()
                    ? "no model is named yet"
                    : "models: " + WordMaker.listed(newestFirst(models))),
        Edit.replace(name.span(), Nearest.clear(name.text(), known)));
  }

  private static List<String> newestFirst(List<String> names) {
    List<String> out = new ArrayList<>(names);
    java.util.Collections.reverse(out);
    return out;
  }

  /** Whether it is trained; a blueprint is reported. */
  boolean isTrained(Subject subject) {
    if (subject.trained()) {
      return true;
    }
    String title = "`" + subject.shown() + "` is a blueprint; nothing has trained it";
    Optional<Program.Making> making = program.making(subject.shown());
    if (making.isPresent()) {
      Program.Making m = making.get();
      String label =
          "`"
              + m.words()
              + "` (line "
              + m.line()
              + ") made "
              + m.name().map(n -> "`" + n + "`").orElse("a new model");
      String fix =
          m.name()
              .map(n -> "use `" + n + "`")
              .orElseGet(
                  () -> {
                    String free = freeName();
                    return "end line "
                        + m.line()
                        + " with `as "
                        + free
                        + "`, then use `"
                        + free
                        + "`";
                  });
      program.report(Code.E202, subject.span(), title, label, fix, naming(m, subject.span()));
    } else {
      List<String> data = program.names(Set.of(Scope.Kind.DATA));
      program.report(
          Code.E202,
          subject.span(),
          title,
          "train it first",
          "train "
              + subject.shown()
              + " on "
              + (data.isEmpty() ? "DATA" : data.get(data.size() - 1))
              + " as "
              + freeName());
    }
    return false;
  }

  /** Names the model that was made, if it has no name, and uses that name. */
  private List<Edit> naming(Program.Making making, Span use) {
    if (making.name().isPresent()) {
      return List.of(new Edit(use, making.name().get()));
    }
    return making.source().equals(program.source())
        ? List.of(
            Edit.insert(making.statement().end(), " as " + freeName()), new Edit(use, freeName()))
        : List.of();
  }

  /**
   * The subject with the size of its input settled: where a model's file leaves that open, the data
   * it is first used on says it, from then on and for every use of its name.
   */
  Subject settled(Subject subject, Operation data) {
    if (!(subject.operation() instanceof Operation.FromOnnx model) || !files.isOpen(model)) {
      return subject;
    }
    Operation.FromOnnx sized = model.on(data);
    files.graph(sized, subject.span());
    if (subject.named()) {
      program.settle(subject.shown(), sized);
    }
    return new Subject(
        subject.shown(),
        subject.named(),
        subject.trained(),
        sized,
        subject.data(),
        subject.line(),
        subject.span());
  }

  /** Reports a blueprint whose layers cannot take the data's samples, as far as that is known. */
  void fits(Subject subject, Operation data) {
    if (!(data instanceof Operation.LoadData load)) {
      return;
    }
    Optional<DataSource.Samples> samples = load.source().samples();
    if (samples.isEmpty()) {
      return;
    }
    if (subject.operation() instanceof Operation.FromOnnx model) {
      files.fits(model, subject.shown(), subject.span(), samples.get());
    }
    if (!(subject.operation() instanceof Operation.Blueprint blueprint)) {
      return;
    }
    long[] shape = samples.get().shape().stream().mapToLong(Long::longValue).toArray();
    try {
      blueprint.architecture().build(shape, samples.get().classes());
    } catch (EspalierException e) {
      String place =
          e.where().isEmpty() || e.what().contains(e.where()) ? "" : " (" + e.where() + ")";
      // A layer block does not know the name that the program gave it.
      String title = e.what().replace("`model`", "`" + subject.shown() + "`") + place;
      if (e.fix().isEmpty()) {
        program.report(Code.E218, subject.span(), title, e.why());
      } else {
        program.report(Code.E218, subject.span(), title, e.why(), e.fix());
      }
    }
  }

  /** Reports layers that the model does not have, as far as that is known without running. */
  void haveLayers(Subject subject, List<Name> layers) {
    Optional<Graph> graph =
        layers.isEmpty() ? Optional.empty() : architecture(subject.operation(), subject.span());
    if (graph.isEmpty()) {
      return;
    }
    for (Name layer : layers) {
      try {
        Layers.matching(graph.get(), layer.text());
      } catch (EspalierException e) {
        String label = e.why().isEmpty() ? e.fix() : e.why() + "; " + e.fix();
        program.report(Code.E219, layer.span(), e.what(), label);
      }
    }
  }

  /**
   * Reports a budget that not even the least of channels meets, as far as the model is known
   * without running. Models of many parameters are left to the run, so that checking stays quick.
   */
  void reachable(Subject subject, PruneSpec spec, Span amount) {
    if (!(spec.amount() instanceof Amount.Budgets)) {
      return;
    }
    Optional<Graph> graph =
        architecture(subject.operation(), subject.span())
            .filter(g -> Parameters.count(g) <= MOST_PARAMETERS);
    if (graph.isEmpty()) {
      return;
    }
    Optional<Shortfall> shortfall;
    try {
      shortfall = Pruner.shortfall(graph.get(), spec);
    } catch (EspalierException e) {
      // What else is wrong with the pruning is said by the checks of its own.
      return;
    }
    shortfall.ifPresent(
        found ->
            program.report(
                Code.E401,
                amount,
                (subject.named() ? "`" + subject.shown() + "`" : "the model before `then`")
                    + " cannot be pruned to "
                    + (found.asked().isEmpty()
                        ? program.words(amount).replaceFirst("^to ", "")
                        : found.asked()),
                found.why(),
                found.fix()));
  }

  /** The graph that a model has before training, where its architecture and data are known. */
  Optional<Graph> architecture(Operation model, Span span) {
    Lineage lineage = Lineage.of(model);
    return lineage.has(Operation.Quantize.class) || lineage.has(Operation.Search.class)
        ? Optional.empty()
        : began(lineage, span);
  }

  /** The graph that a model began with, before every step, where that is known. */
  Optional<Graph> began(Lineage lineage, Span span) {
    Operation origin = lineage.origin();
    if (origin instanceof Operation.FromOnnx f) {
      return files.graph(f, span);
    } else if (origin instanceof Operation.Given g) {
      return g.value() instanceof Model m ? Optional.of(m.graph()) : Optional.empty();
    }
    List<Operation> data = lineage.data();
    return origin instanceof Operation.Blueprint b && !data.isEmpty()
        ? built(b, data.get(data.size() - 1))
        : Optional.empty();
  }

  private static Optional<Graph> built(Operation.Blueprint blueprint, Operation data) {
    if (!(data instanceof Operation.LoadData load)) {
      return Optional.empty();
    }
    return load.source()
        .samples()
        .map(
            s ->
                blueprint
                    .architecture()
                    .build(s.shape().stream().mapToLong(Long::longValue).toArray(), s.classes()));
  }

  private String freeName() {
    for (String candidate : List.of("small", "trained", "ready")) {
      if (program.find(candidate).isEmpty()) {
        return candidate;
      }
    }
    return "result";
  }

  /** A trained model by name; empty with the mistake reported. */
  Optional<Subject> trained(Name name) {
    return of(new Value.Call(name, List.of(), false, name.span())).filter(this::isTrained);
  }

  /** Whatever has that name, or is meant by {@code it}. */
  Optional<Binding> anything(Name name) {
    if (program.isBroken(name.text())) {
      program.fail();
      return Optional.empty();
    }
    Optional<Binding> binding = lookUp(name);
    if (binding.isEmpty()) {
      if (name.text().equals("it")) {
        unknownModel(name);
      } else {
        program.breakName(name.text());
        List<String> known = program.names();
        program.report(
            Code.E204,
            name.span(),
            "unknown name `" + name.text() + "`",
            Nearest.to(name.text(), known)
                .map(n -> "did you mean `" + n + "`?")
                .orElse(
                    known.isEmpty()
                        ? "nothing is named yet"
                        : "known: " + WordMaker.listed(newestFirst(known))),
            Edit.replace(name.span(), Nearest.clear(name.text(), known)));
      }
    }
    return binding;
  }

  /** The data of that name; empty with the mistake reported. */
  Optional<Operation> data(Name name) {
    if (program.isBroken(name.text())) {
      program.fail();
      return Optional.empty();
    }
    Optional<Binding> binding = program.find(name.text());
    if (binding.isPresent() && binding.get().kind() == Scope.Kind.DATA) {
      return binding.get().operation();
    }
    if (binding.isPresent()) {
      program.report(
          Code.E205,
          name.span(),
          "`" + name.text() + "` is " + Program.kindWords(binding.get().kind()) + ", not data",
          knownData());
      return Optional.empty();
    }
    program.breakName(name.text());
    List<String> known = program.names(Set.of(Scope.Kind.DATA));
    Optional<String> near = Nearest.to(name.text(), known);
    if (near.isEmpty() && words.catalog().find(Kind.DATA, name.text()).isPresent()) {
      program.report(
          Code.E204,
          name.span(),
          "unknown data `" + name.text() + "`",
          "it has to be declared first",
          "data " + name.text() + " from " + name.text(),
          List.of(program.before("data " + name.text() + " from " + name.text())));
    } else {
      program.report(
          Code.E204,
          name.span(),
          "unknown data `" + name.text() + "`",
          near.map(n -> "did you mean `" + n + "`?").orElse(knownData()),
          Edit.replace(name.span(), Nearest.clear(name.text(), known)));
    }
    return Optional.empty();
  }

  private String knownData() {
    List<String> known = program.names(Set.of(Scope.Kind.DATA));
    return known.isEmpty()
        ? "declare data first: data digits from mnist"
        : "data: " + WordMaker.listed(newestFirst(known));
  }

  // ---- what is known of a model without running anything

  /** Whether it holds integers. */
  static boolean isQuantized(Operation operation) {
    return operation instanceof Operation.Quantize;
  }

  /** The part of its prunable weights (or channels) that is gone, as far as the program tells. */
  static double reached(Operation operation, boolean channels) {
    double left = 1;
    for (Operation step : Lineage.of(operation).steps()) {
      if (step instanceof Operation.Prune p) {
        if (p.spec().channels() == channels) {
          if (p.spec().amount() instanceof Amount.Level level) {
            return 1 - left * (1 - level.fraction());
          }
          // What a budget takes is known only when it has run.
          if (p.spec().amount() instanceof Amount.OfRemaining part) {
            left *= Math.pow(1 - part.fraction(), p.spec().rounds());
          }
        }
      } else if (!(step instanceof Operation.Finetune
          || step instanceof Operation.Quantize
          || step instanceof Operation.Distill)) {
        // New weights, or those of a step that did not end.
        break;
      }
    }
    return 1 - left;
  }
}
