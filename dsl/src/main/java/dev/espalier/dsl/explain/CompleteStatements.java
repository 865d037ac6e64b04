package dev.espalier.dsl.explain;

import static dev.espalier.dsl.explain.CompleteWords.NOWHERE;
import static dev.espalier.dsl.explain.CompleteWords.number;
import static dev.espalier.dsl.explain.CompleteWords.plain;
import static dev.espalier.dsl.explain.CompleteWords.word;

import dev.espalier.dsl.syntax.Action;
import dev.espalier.dsl.syntax.Clause;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Setting;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.Environment;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.data.FileFormat;
import dev.espalier.engine.run.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Statements with everything that they take, given or not. The statements must be right. */
final class CompleteStatements {
  private final CompleteWords words;
  private final Predicate<String> bound;
  private final Function<String, Path> path;

  /**
   * @param bound whether the program has given a name a meaning
   * @param path where a file of the program lies
   */
  CompleteStatements(CompleteWords words, Predicate<String> bound, Function<String, Path> path) {
    this.words = words;
    this.bound = bound;
    this.path = path;
  }

  // ---- set, data, model

  /** What results depend on, in full. */
  static Statement.Set set(List<Setting> given, Environment now) {
    Set<String> there = given.stream().map(s -> s.name().text()).collect(Collectors.toSet());
    List<Setting> all = new ArrayList<>(given);
    add(all, there, "seed", count(now.seed()));
    add(all, there, "threads", count(now.threads()));
    add(all, there, "device", plain(now.device()));
    add(all, there, "offline", plain(now.offline() ? "yes" : "no"));
    return new Statement.Set(all, NOWHERE);
  }

  /** The threads alone, which the runs of a sweep have to themselves. */
  static Statement.Set threads(Environment now) {
    return new Statement.Set(List.of(new Setting(word("threads"), count(now.threads()))), NOWHERE);
  }

  /** A sweep of sentences that are written out. */
  Statement.Sweep sweep(Statement.Sweep s, List<Statement> body) {
    return new Statement.Sweep(s.axes(), body, settings("sweep", s.settings()), s.name(), s.span());
  }

  private static void add(List<Setting> all, Set<String> there, String name, Value value) {
    if (!there.contains(name)) {
      all.add(new Setting(word(name), value));
    }
  }

  private static Value.Quantity count(long n) {
    return new Value.Quantity(Long.toString(n), n, false, Optional.empty(), NOWHERE);
  }

  Statement.Data data(Statement.Data s) {
    List<Statement.DataClause> clauses = new ArrayList<>();
    List<Setting> settings = new ArrayList<>();
    boolean take = false;
    for (Statement.DataClause clause : s.clauses()) {
      take |= clause instanceof Statement.DataClause.Take;
      if (clause instanceof Statement.DataClause.Augment a) {
        clauses.add(
            new Statement.DataClause.Augment(
                a.augmentations().stream().map(c -> call(Kind.AUGMENTATION, c)).toList(), NOWHERE));
      } else if (clause instanceof Statement.DataClause.With w) {
        settings.addAll(w.settings());
      } else {
        clauses.add(clause);
      }
    }
    if (!take) {
      clauses.add(
          new Statement.DataClause.Take(
              new Value.Quantity("100", 100, true, Optional.empty(), NOWHERE), NOWHERE));
    }
    Statement.DataOrigin origin = s.origin();
    if (origin instanceof Statement.DataOrigin.BuiltIn b) {
      Optional<Entry> entry = words.find(Kind.DATA, b.call().name().text());
      Set<String> elsewhere =
          settings.stream().map(x -> x.name().text()).collect(Collectors.toSet());
      if (entry.isPresent()) {
        origin = new Statement.DataOrigin.BuiltIn(words.complete(entry.get(), b.call(), elsewhere));
      }
    } else {
      Statement.DataOrigin.Files files = (Statement.DataOrigin.Files) origin;
      Optional<String> format =
          files
              .format()
              .map(Name::text)
              .or(() -> FileFormat.guess(path.apply(files.files().get(0).text())));
      origin = new Statement.DataOrigin.Files(format.map(CompleteWords::word), files.files());
      Optional<Entry> entry = format.flatMap(f -> words.find(Kind.FORMAT, f));
      if (entry.isPresent()) {
        settings = words.complete(settings, List.of(entry.get()), List.of());
      }
    }
    if (!settings.isEmpty()) {
      clauses.add(new Statement.DataClause.With(settings, NOWHERE));
    }
    return new Statement.Data(s.name(), origin, clauses, s.span());
  }

  Statement.Model model(Statement.Model s) {
    Statement.ModelBody body = s.body();
    if (body instanceof Statement.ModelBody.Is is) {
      Optional<Entry> entry = words.find(Kind.ARCHITECTURE, is.architecture().name().text());
      Set<String> elsewhere =
          is.settings().stream().map(x -> x.name().text()).collect(Collectors.toSet());
      if (entry.isPresent()) {
        body =
            new Statement.ModelBody.Is(
                words.complete(entry.get(), is.architecture(), elsewhere), is.settings());
      }
    } else if (body instanceof Statement.ModelBody.From from) {
      String file = from.file().text();
      String format =
          from.format().map(Name::text).orElse(file.substring(file.lastIndexOf('.') + 1));
      body =
          new Statement.ModelBody.From(
              Optional.of(word(format)),
              from.file(),
              format.equals("onnx") ? settings("model", from.settings()) : from.settings());
    } else {
      Statement.ModelBody.Block block = (Statement.ModelBody.Block) body;
      body = new Statement.ModelBody.Block(layers(block.layers()), block.span());
    }
    return new Statement.Model(s.name(), body, s.span());
  }

  private List<Statement.Layer> layers(List<Statement.Layer> layers) {
    List<Statement.Layer> out = new ArrayList<>();
    for (Statement.Layer layer : layers) {
      if (layer instanceof Statement.Layer.Single l) {
        out.add(new Statement.Layer.Single(call(Kind.LAYER, l.call()), l.name(), l.span()));
      } else {
        Statement.Layer.Nested l = (Statement.Layer.Nested) layer;
        out.add(new Statement.Layer.Nested(l.kind(), layers(l.layers()), l.name(), l.span()));
      }
    }
    return out;
  }

  private Value.Call call(Kind kind, Value.Call call) {
    return words
        .find(kind, call.name().text())
        .map(e -> words.complete(e, call, List.of()))
        .orElse(call);
  }

  private List<Setting> settings(String statement, List<Setting> given) {
    return words.complete(given, List.of(words.settings(statement)), List.of());
  }

  // ---- outputs

  /** With the device and all that is known of it. */
  Statement.Target target(Statement.Target s) {
    Value.Call device = s.device().orElseGet(() -> plain("this-machine"));
    return new Statement.Target(
        s.name(), Optional.of(call(Kind.DEVICE, device)), s.constraints(), s.span());
  }

  /**
   * A search.
   *
   * @param search what it compiles to
   * @param data what the program calls its data
   */
  Statement.Compress compress(
      Statement.Compress s, Operation.Search search, Optional<String> data) {
    return new Statement.Compress(
        s.subject(),
        s.demand(),
        search.using().stream().map(CompleteWords::word).toList(),
        Optional.of(word(search.objective().word())),
        search.maximize(),
        s.data().or(() -> data.map(CompleteWords::word)),
        search.seconds() > 0
            ? s.effort()
            : Optional.of(number(search.trials(), search.trials() == 1 ? "trial" : "trials")),
        words.complete(
            s.settings(),
            List.of(words.settings("compress"), words.settings("training")),
            List.of()),
        s.name(),
        s.span());
  }

  Statement.Compare compare(Statement.Compare s) {
    return new Statement.Compare(
        s.models(),
        s.data(),
        s.demand(),
        s.metric(),
        settings("compare", s.settings()),
        s.name(),
        s.span());
  }

  /**
   * A chart.
   *
   * @param ofTable whether it draws a sweep
   */
  Statement.Chart chart(Statement.Chart s) {
    List<Setting> settings = new ArrayList<>(s.settings());
    if (settings.stream().noneMatch(x -> x.name().text().equals("title"))) {
      settings.add(new Setting(word("title"), new Value.Text(s.heading(), NOWHERE)));
    }
    return new Statement.Chart(
        s.y(), s.x(), s.subjects(), s.series(), settings("chart", settings), s.name(), s.span());
  }

  Statement.Report report(Statement.Report s) {
    return new Statement.Report(s.file(), settings("report", s.settings()), s.span());
  }

  Statement.Export export(Statement.Export s) {
    String file = s.file().text();
    String format = s.format().map(Name::text).orElse(file.substring(file.lastIndexOf('.') + 1));
    return new Statement.Export(
        s.subject(),
        Optional.of(word(format)),
        s.file(),
        format.equals("onnx") ? settings("export", s.settings()) : s.settings(),
        s.span());
  }

  // ---- pipelines

  /**
   * An action in full.
   *
   * @param data what its data is called; empty where it has none, or none with a name
   */
  Action action(Action action, Optional<String> data) {
    Clauses clauses = new Clauses(action.clauses());
    if (action instanceof Action.Train a) {
      training(clauses, data);
      return new Action.Train(a.verb(), a.subject().map(this::subject), clauses.all());
    } else if (action instanceof Action.Finetune a) {
      training(clauses, data);
      return new Action.Finetune(a.verb(), a.subject(), clauses.all());
    } else if (action instanceof Action.Distill a) {
      on(clauses, data);
      epochs(clauses);
      Optional<Entry> method = method(clauses, Kind.DISTILLATION, "soft-targets");
      with(clauses, method, List.of(words.settings("training")), Set.of("epochs"));
      return new Action.Distill(a.verb(), a.teachers(), subject(a.student()), clauses.all());
    } else if (action instanceof Action.Prune a) {
      return prune(a, clauses, data);
    } else if (action instanceof Action.Quantize a) {
      on(clauses, data);
      Optional<Entry> method = method(clauses, Kind.QUANTIZATION, "static");
      if (!clauses.has(Clause.Per.class)) {
        clauses.add(new Clause.Per(word("channel"), List.of(), NOWHERE));
      }
      with(clauses, method, List.of(), Set.of());
      return new Action.Quantize(a.verb(), a.subject(), a.goal(), clauses.all());
    }
    return action;
  }

  private void training(Clauses clauses, Optional<String> data) {
    on(clauses, data);
    epochs(clauses);
    with(clauses, Optional.empty(), List.of(words.settings("training")), Set.of("epochs"));
  }

  private Action prune(Action.Prune a, Clauses clauses, Optional<String> data) {
    Action.Amount amount = a.amount();
    if (amount instanceof Action.Amount.Part p && p.of().isEmpty()) {
      amount = new Action.Amount.Part(p.part(), Optional.of(word("weights")), p.span());
    }
    boolean channels =
        amount instanceof Action.Amount.Until
            || amount instanceof Action.Amount.Part p
                && p.of().map(o -> o.text().equals("channels")).orElse(false);
    boolean trains = clauses.get(Clause.In.class).map(in -> in.each().isPresent()).orElse(false);
    if (trains) {
      on(clauses, data);
    }
    Optional<Entry> method = method(clauses, Kind.CRITERION, "magnitude");
    if (!clauses.has(Clause.Globally.class) && !clauses.has(Clause.Per.class)) {
      clauses.add(new Clause.Per(word("layer"), List.of(), NOWHERE));
    }
    if (!clauses.has(Clause.In.class)) {
      clauses.add(new Clause.In(number(1, "round"), Optional.empty(), NOWHERE));
    }
    List<Entry> takers = new ArrayList<>();
    if (channels) {
      takers.add(words.settings("channels"));
    }
    if (trains) {
      takers.add(words.settings("training"));
    }
    with(clauses, method, takers, Set.of("epochs"));
    return new Action.Prune(a.verb(), a.subject(), amount, clauses.all());
  }

  private void on(Clauses clauses, Optional<String> data) {
    if (!clauses.has(Clause.On.class)) {
      data.ifPresent(name -> clauses.first(new Clause.On(word(name), NOWHERE)));
    }
  }

  private void epochs(Clauses clauses) {
    if (!clauses.has(Clause.For.class)) {
      long preset =
          Long.parseLong(
              words
                  .settings("training")
                  .parameter("epochs")
                  .flatMap(p -> p.preset())
                  .orElseThrow());
      clauses.add(new Clause.For(number(preset, preset == 1 ? "epoch" : "epochs"), NOWHERE));
    }
  }

  private Optional<Entry> method(Clauses clauses, Kind kind, String preset) {
    if (!clauses.has(Clause.By.class)) {
      clauses.add(new Clause.By(plain(preset), NOWHERE));
    }
    return clauses
        .get(Clause.By.class)
        .flatMap(by -> words.call(by.method()))
        .flatMap(call -> words.find(kind, call.name().text()));
  }

  private void with(
      Clauses clauses, Optional<Entry> method, List<Entry> others, Set<String> otherwise) {
    Set<String> elsewhere = new HashSet<>(otherwise);
    List<Entry> takers = new ArrayList<>(method.stream().toList());
    takers.addAll(others);
    method.ifPresent(
        entry ->
            clauses
                .get(Clause.By.class)
                .flatMap(by -> words.call(by.method()))
                .ifPresent(call -> elsewhere.addAll(words.given(entry, call))));
    List<Setting> given =
        clauses.get(Clause.With.class).map(Clause.With::settings).orElse(List.of());
    List<Setting> all = words.complete(given, takers, elsewhere);
    if (!all.isEmpty()) {
      clauses.put(new Clause.With(all, NOWHERE));
    }
  }

  /** A model by name as it is; an architecture written in place in full. */
  private Value subject(Value value) {
    Optional<Value.Call> call = words.call(value);
    if (call.isEmpty()) {
      return value;
    }
    String name = call.get().name().text();
    boolean itself = name.equals("itself") || name.equals("it");
    if (!call.get().parenthesised() && (itself || bound.test(name))) {
      return value;
    }
    Value.Call complete = call(Kind.ARCHITECTURE, call.get());
    return complete.arguments().size() == call.get().arguments().size() ? value : complete;
  }

  /** The clauses of an action, to which more are added behind. */
  private static final class Clauses {
    private final List<Clause> all;

    Clauses(List<Clause> given) {
      all = new ArrayList<>(given);
    }

    <T extends Clause> Optional<T> get(Class<T> type) {
      return all.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    boolean has(Class<? extends Clause> type) {
      return get(type).isPresent();
    }

    void add(Clause clause) {
      // Settings stand best at the end.
      int at = all.size();
      while (at > 0 && all.get(at - 1) instanceof Clause.With) {
        at--;
      }
      all.add(at, clause);
    }

    void first(Clause clause) {
      all.add(0, clause);
    }

    void put(Clause.With clause) {
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i) instanceof Clause.With) {
          all.set(i, clause);
          return;
        }
      }
      all.add(clause);
    }

    List<Clause> all() {
      return all;
    }
  }
}
