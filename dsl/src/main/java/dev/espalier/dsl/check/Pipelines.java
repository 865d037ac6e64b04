package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Scope.Binding;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.Step;
import dev.espalier.dsl.check.Subjects.Subject;
import dev.espalier.dsl.syntax.Action;
import dev.espalier.dsl.syntax.Clause;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Setting;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.distill.DistillMethod;
import dev.espalier.engine.prune.Amount;
import dev.espalier.engine.prune.ChannelShape;
import dev.espalier.engine.prune.Criterion;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.quantize.StaticInt8;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.train.TrainSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** {@code train … then prune … as small}: the statements that make models. */
final class Pipelines {
  /** How many steps one pipeline may have. */
  private static final int LONGEST = 64;

  /** What may follow {@code prune 50% of}. */
  private static final List<String> PRUNABLE = List.of("weights", "channels", "remaining");

  private final Program program;
  private final WordMaker words;
  private final Amounts amounts;
  private final Subjects subjects;
  private final Recipes recipes;

  Pipelines(Program program, WordMaker words, Amounts amounts, Subjects subjects) {
    this.program = program;
    this.words = words;
    this.amounts = amounts;
    this.subjects = subjects;
    this.recipes =
        new Recipes(
            program, (action, flow) -> action(action, false, Optional.of(flow), new ArrayList<>()));
  }

  void recipe(Statement.Recipe s) {
    recipes.declare(s);
  }

  /**
   * What comes down the pipeline.
   *
   * @param broken whether a mistake before it is why its data is unknown
   */
  record Flow(Operation model, Optional<Operation> data, boolean broken) {
    Flow(Operation model, Optional<Operation> data) {
      this(model, data, false);
    }
  }

  void pipeline(Statement.Pipeline s) {
    if (s.stages().size() > LONGEST) {
      program.report(
          Code.E108,
          s.stages().get(LONGEST).span(),
          "a pipeline of more than " + LONGEST + " steps",
          "name what is done so far with `as`, and start a new sentence");
      breakNames(s);
      return;
    }
    Flow flow = null;
    List<Runnable> bindings = new ArrayList<>();
    List<Step.Stage> stages = new ArrayList<>();
    List<String> touched = new ArrayList<>();
    String firstWords = null;
    boolean first = true;
    int start = program.failures();
    for (Statement.Stage stage : s.stages()) {
      int before = program.failures();
      Optional<Flow> next = action(stage.action(), first, Optional.ofNullable(flow), touched);
      if (next.isEmpty() || program.failures() > before) {
        // What comes after a broken step is still checked, on what is known.
        Flow known = next.orElse(flow);
        flow =
            new Flow(
                known == null ? new Operation.Given("unknown", "", "unknown") : known.model(),
                known == null ? Optional.empty() : known.data(),
                true);
      } else {
        flow = next.get();
      }
      if (firstWords == null && !touched.isEmpty()) {
        firstWords = headWords(stage);
      }
      Flow here = flow;
      stages.add(new Step.Stage(here.model(), stage.name().map(Name::text)));
      stage
          .name()
          .ifPresent(
              name ->
                  bindings.add(
                      () -> {
                        program.bind(name, binding(name.text(), here, program.line(name.span())));
                        program.step(s.span(), here.model(), Optional.of(name.text()), stages);
                      }));
      first = false;
    }
    if (program.failures() > start) {
      breakNames(s);
      return;
    }
    Statement.Stage last = s.stages().get(s.stages().size() - 1);
    bindings.forEach(Runnable::run);
    if (last.name().isEmpty()) {
      Flow end = flow;
      program.bindIt(binding("it", end, program.line(s.span())));
      program.step(s.span(), end.model(), Optional.empty(), stages);
    }
    Optional<String> name =
        s.stages().stream().flatMap(t -> t.name().stream()).findFirst().map(Name::text);
    int line =
        program.line(
            last.span().end() > 0 ? new Span(last.span().end(), last.span().end()) : s.span());
    for (String blueprint : touched) {
      program.made(
          blueprint, new Program.Making(program.source(), s.span(), line, firstWords, name));
    }
  }

  private void breakNames(Statement.Pipeline s) {
    s.stages().forEach(stage -> stage.name().ifPresent(n -> program.breakName(n.text())));
    if (s.stages().get(s.stages().size() - 1).name().isEmpty()) {
      program.breakName("it");
    }
  }

  /** The verb with what it is about: {@code distill teacher into student}. */
  private String headWords(Statement.Stage stage) {
    Span span = stage.action().verb().span();
    if (stage.action() instanceof Action.Distill d) {
      span = span.to(d.student().span());
    } else if (stage.action() instanceof Action.Train t && t.subject().isPresent()) {
      span = span.to(t.subject().get().span());
    }
    return program.words(span);
  }

  private static Binding binding(String name, Flow flow, int line) {
    return new Binding(
        name,
        Scope.Kind.MODEL,
        Optional.of(flow.model()),
        flow.data(),
        Optional.empty(),
        Subjects.reached(flow.model(), false),
        Subjects.isQuantized(flow.model()),
        line);
  }

  private Optional<Flow> action(
      Action action, boolean first, Optional<Flow> flow, List<String> touched) {
    if (action instanceof Action.Train a) {
      return train(a, first, touched);
    } else if (action instanceof Action.Finetune a) {
      return finetune(a, first, flow);
    } else if (action instanceof Action.Distill a) {
      return distill(a, first, flow, touched);
    } else if (action instanceof Action.Prune a) {
      return prune(a, first, flow);
    } else if (action instanceof Action.Quantize a) {
      return quantize(a, first, flow);
    } else if (action instanceof Action.Apply a) {
      return apply(a, first, flow);
    }
    Unbuilt.refuse(
        program, action.verb().span(), action.verb().text(), "prune or quantize instead");
    return Optional.empty();
  }

  private Optional<Flow> apply(Action.Apply a, boolean first, Optional<Flow> flow) {
    new Clauses(a, Set.of(), Map.of(Clause.With.class, "give the recipe a parameter for it"));
    Optional<Recipes.Call> call = recipes.call(a.recipe());
    if (first && a.subject().isEmpty()) {
      program.report(
          Code.E207,
          a.verb().span(),
          "`apply` to what?",
          "",
          "apply " + program.words(a.recipe().span()) + " to MODEL");
      return Optional.empty();
    }
    if (!first && a.subject().isPresent()) {
      Span named = a.subject().get().span();
      int to = program.source().text().lastIndexOf("to", named.start() - 1);
      program.report(
          Code.E117,
          named,
          "a step after `then` works on what comes before it",
          "`then` passes the model on; remove `to " + program.words(named) + "`",
          List.of(program.removal(to < 0 ? named : new Span(to, named.end()))));
      return Optional.empty();
    }
    Optional<Subject> subject =
        subject(a, a.subject(), first, flow)
            .filter(s -> !first || s.trained() || subjects.isTrained(s));
    if (call.isEmpty() || subject.isEmpty()) {
      return Optional.empty();
    }
    boolean broken = flow.map(Flow::broken).orElse(false);
    return recipes.apply(
        call.get(), new Flow(subject.get().operation(), subject.get().data(), broken));
  }

  // ---- clauses

  /** The clauses of one action, each at most once. */
  private final class Clauses {
    private final String verb;
    private final Map<Class<?>, Clause> given = new LinkedHashMap<>();

    Clauses(Action action, Set<Class<?>> allowed, Map<Class<?>, String> advice) {
      verb = action.verb().text();
      for (Clause clause : action.clauses()) {
        if (!allowed.contains(clause.getClass())) {
          String fix = advice.getOrDefault(clause.getClass(), "");
          String title = "`" + verb + "` takes no `" + clause.word() + "`";
          if (fix.isEmpty()) {
            program.report(
                Code.E119,
                clause.span(),
                title,
                "remove it",
                List.of(program.removal(clause.span())));
          } else {
            program.report(Code.E119, clause.span(), title, fix);
          }
        } else if (given.putIfAbsent(clause.getClass(), clause) != null) {
          program.report(
              Code.E118,
              clause.span(),
              "`" + clause.word() + "` is there twice",
              clause instanceof Clause.With ? "put everything into one" : "remove one of them");
        }
      }
    }

    <T extends Clause> Optional<T> get(Class<T> type) {
      return Optional.ofNullable(given.get(type)).map(type::cast);
    }

    /** Settings of training that are written otherwise. */
    Map<String, String> written() {
      return Map.of("epochs", has(Clause.For.class) ? "leave it to `for`" : WordMaker.FOR_EPOCHS);
    }

    List<Setting> settings() {
      return get(Clause.With.class).map(Clause.With::settings).orElse(List.of());
    }

    /** The data named with {@code on}; empty when there is none or it is wrong. */
    Optional<Operation> on() {
      return get(Clause.On.class).flatMap(c -> subjects.data(c.data()));
    }

    boolean has(Class<?> type) {
      return given.containsKey(type);
    }
  }

  /** The data, where the program has just one. */
  private Optional<Operation> onlyData() {
    List<String> known = program.names(Set.of(Scope.Kind.DATA));
    return known.size() == 1
        ? program.find(known.get(0)).flatMap(Binding::operation)
        : Optional.empty();
  }

  /** The only data known, where nothing names one. */
  Optional<Operation> onlyData(Span span, String verb) {
    List<String> known = program.names(Set.of(Scope.Kind.DATA));
    if (known.size() == 1) {
      return onlyData();
    }
    if (known.isEmpty()) {
      program.report(
          Code.E208,
          span,
          "`" + verb + "` needs data",
          "declare it first: data digits from mnist, then say `on digits`");
    } else {
      program.report(
          Code.E208, span, "`" + verb + "` needs data", "say which: " + String.join(", ", known));
    }
    return Optional.empty();
  }

  private Optional<Operation> dataOf(
      Clauses clauses, Optional<Operation> own, Optional<Flow> flow, Span span) {
    if (clauses.has(Clause.On.class)) {
      return clauses.on();
    }
    if (own.isEmpty() && flow.map(Flow::broken).orElse(false)) {
      return Optional.empty();
    }
    return own.isPresent() ? own : onlyData(span, clauses.verb);
  }

  private TrainSettings training(Clauses clauses, Map<String, Object> given) {
    Entry entry = words.settings("training");
    Map<String, Object> values = new HashMap<>(given);
    clauses
        .get(Clause.For.class)
        .ifPresent(
            c -> {
              OptionalInt epochs = amounts.epochs(c.goal());
              if (epochs.isPresent()) {
                values.put("epochs", epochs.getAsInt());
              }
            });
    return words
        .finish(
            entry, values, clauses.get(Clause.With.class).map(Clause::span).orElse(new Span(0, 0)))
        .map(r -> (TrainSettings) r)
        .orElseGet(() -> TrainSettings.epochs(1));
  }

  /** Reports a choice that has no validation split to be made on. */
  private void validated(Clauses clauses, TrainSettings settings, Operation data) {
    boolean none =
        data instanceof Operation.LoadData load
            && load.partition().split().size() > 1
            && load.partition().split().get(1) == 0;
    if (settings.patience() > 0 && none) {
      clauses.settings().stream()
          .filter(s -> s.name().text().equals("patience"))
          .findFirst()
          .ifPresent(
              s ->
                  program.report(
                      Code.E402,
                      s.span(),
                      "`patience` needs a validation split",
                      "the data is split without one, and the test split is for no choice",
                      "split 90/10"));
    }
  }

  // ---- subjects

  /** The model a step works on: named at the start, what comes down the pipeline after `then`. */
  private Optional<Subject> subject(
      Action action, Optional<Value> named, boolean first, Optional<Flow> flow) {
    if (first) {
      if (named.isEmpty()) {
        boolean it = program.it().isPresent() || program.isBroken("it");
        program.report(
            Code.E207,
            action.verb().span(),
            "`" + action.verb().text() + "` what?",
            it ? "" : "name a model",
            it ? action.verb().text() + " it …" : action.verb().text() + " MODEL …");
        return Optional.empty();
      }
      return subjects.of(named.get());
    }
    if (named.isPresent()) {
      program.report(
          Code.E117,
          named.get().span(),
          "a step after `then` works on what comes before it",
          "`then` passes the model on; remove `" + program.words(named.get().span()) + "`",
          List.of(program.removal(named.get().span())));
      return Optional.empty();
    }
    return flow.map(
        f ->
            new Subject(
                "the model so far", false, true, f.model(), f.data(), 0, action.verb().span()));
  }

  private boolean trainable(Subject subject, String doing) {
    if (subject.quantized()) {
      program.report(
          Code.E209,
          subject.span(),
          (subject.named() ? "`" + subject.shown() + "`" : subject.shown())
              + " is quantized and cannot be "
              + doing,
          "quantize at the end");
      return false;
    }
    return true;
  }

  // ---- train, finetune

  private static final Set<Class<?>> TRAIN_CLAUSES =
      Set.of(Clause.On.class, Clause.For.class, Clause.With.class);

  private Optional<Flow> train(Action.Train a, boolean first, List<String> touched) {
    Clauses clauses = new Clauses(a, TRAIN_CLAUSES, Map.of());
    TrainSettings settings = trainSettings(clauses, "train");
    if (!first) {
      program.report(
          Code.E206,
          a.verb().span(),
          "`train` starts from a blueprint, and this model is trained",
          "",
          "finetune",
          a.verb().span());
      return Optional.empty();
    }
    Optional<Subject> subject = subject(a, a.subject(), true, Optional.empty());
    if (subject.isEmpty()) {
      clauses.on();
      return Optional.empty();
    }
    Subject s = subject.get();
    if (s.trained()) {
      program.report(
          Code.E206,
          s.span(),
          "`"
              + s.shown()
              + "` is trained already"
              + (s.line() > 0 ? " (line " + s.line() + ")" : ""),
          "`train` starts from a blueprint",
          "finetune " + s.shown(),
          a.verb().span().to(s.span()));
      clauses.on();
      return Optional.empty();
    }
    if (s.named()) {
      touched.add(s.shown());
    }
    Optional<Operation> data = dataOf(clauses, s.data(), Optional.empty(), a.verb().span());
    data.ifPresent(d -> subjects.fits(s, d));
    data.ifPresent(d -> validated(clauses, settings, d));
    return data.map(
        d ->
            new Flow(
                new Operation.Train(s.operation(), d, settings, program.environment()),
                Optional.of(d)));
  }

  private TrainSettings trainSettings(Clauses clauses, String verb) {
    Entry entry = words.settings("training");
    return training(
        clauses,
        words.sort(clauses.settings(), verb, List.of(entry), clauses.written()).get(entry));
  }

  private Optional<Flow> finetune(Action.Finetune a, boolean first, Optional<Flow> flow) {
    Clauses clauses = new Clauses(a, TRAIN_CLAUSES, Map.of());
    TrainSettings settings = trainSettings(clauses, "finetune");
    Optional<Subject> subject = subject(a, a.subject(), first, flow);
    if (subject.isEmpty() || !subjects.isTrained(subject.get())) {
      clauses.on();
      return Optional.empty();
    }
    Subject named = subject.get();
    boolean trainable = trainable(named, "trained");
    Optional<Operation> data = dataOf(clauses, named.data(), flow, a.verb().span());
    Subject s = data.map(d -> subjects.settled(named, d)).orElse(named);
    data.ifPresent(d -> subjects.fits(s, d));
    data.ifPresent(d -> validated(clauses, settings, d));
    return !trainable || data.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Flow(
                new Operation.Finetune(s.operation(), data.get(), settings, program.environment()),
                data));
  }

  // ---- distill

  private Optional<Flow> distill(
      Action.Distill a, boolean first, Optional<Flow> flow, List<String> touched) {
    Clauses clauses =
        new Clauses(
            a,
            Set.of(
                Clause.On.class,
                Clause.For.class,
                Clause.With.class,
                Clause.By.class,
                Clause.Via.class),
            Map.of());
    clauses
        .get(Clause.Via.class)
        .ifPresent(
            via ->
                Unbuilt.refuse(
                    program,
                    new Span(via.span().start(), via.span().start() + 3),
                    "via",
                    "distill into the assistant first, and from it into the student"));
    Optional<Value.Call> by = method(clauses, "soft-targets");
    Optional<Entry> entry = by.flatMap(call -> words.entry(Kind.DISTILLATION, call.name()));
    Entry training = words.settings("training");
    Optional<DistillMethod> method = Optional.empty();
    TrainSettings settings = TrainSettings.epochs(1);
    if (entry.isPresent()) {
      Map<Entry, Map<String, Object>> given =
          words.sort(
              clauses.settings(), "distill", List.of(entry.get(), training), clauses.written());
      method =
          words.make(entry.get(), by.get(), given.get(entry.get())).map(r -> (DistillMethod) r);
      settings = training(clauses, given.get(training));
    }
    List<Subject> teachers = teachers(a, first, flow);
    Optional<Subject> student = student(a.student(), teachers);
    boolean good = teachers.size() == Math.max(1, a.teachers().size());
    if (student.isPresent() && student.get().trained()) {
      good &= trainable(student.get(), "distilled into");
    } else if (student.isPresent() && student.get().named()) {
      touched.add(student.get().shown());
    }
    Optional<Operation> own = Optional.empty();
    if (!clauses.has(Clause.On.class) && !teachers.isEmpty()) {
      List<Operation> all = teachers.stream().flatMap(t -> t.data().stream()).toList();
      if (all.stream().skip(1).anyMatch(d -> !d.equals(all.get(0)))) {
        program.report(
            Code.E208,
            a.verb().span(),
            "the teachers were trained on different data",
            "say which to use: on " + program.names(Set.of(Scope.Kind.DATA)).get(0));
        return Optional.empty();
      }
      own = teachers.get(0).data();
    }
    if (teachers.isEmpty()) {
      clauses.on();
      return Optional.empty();
    }
    Optional<Operation> data = dataOf(clauses, own, flow, a.verb().span());
    if (data.isPresent()) {
      Operation d = data.get();
      teachers = teachers.stream().map(t -> subjects.settled(t, d)).toList();
      teachers.forEach(t -> subjects.fits(t, d));
      student = student.map(s -> subjects.settled(s, d));
      if (student.isPresent() && student.get().operation() instanceof Operation.FreshCopy) {
        student = student(a.student(), teachers);
      }
      student.ifPresent(s -> subjects.fits(s, d));
      validated(clauses, settings, d);
    }
    if (!good || student.isEmpty() || data.isEmpty() || method.isEmpty()) {
      return Optional.empty();
    }
    if (givesQuantities(teachers, student.get(), data.get())) {
      program.report(
          Code.E221,
          a.verb().span(),
          "`distill` has no meaning for models that give quantities",
          "soft targets are probabilities of classes; use data with classes, and classifiers");
      return Optional.empty();
    }
    return Optional.of(
        new Flow(
            new Operation.Distill(
                teachers.stream().map(Subject::operation).toList(),
                student.get().operation(),
                data.get(),
                method.get(),
                settings,
                program.environment()),
            data));
  }

  private static boolean givesQuantities(List<Subject> teachers, Subject student, Operation data) {
    return Answers.ofData(data).orElse(false)
        || Answers.quantities(student.operation()).orElse(false)
        || teachers.stream().anyMatch(t -> Answers.quantities(t.operation()).orElse(false));
  }

  private List<Subject> teachers(Action.Distill a, boolean first, Optional<Flow> flow) {
    List<Subject> out = new ArrayList<>();
    if (!first) {
      if (!a.teachers().isEmpty()) {
        Span span = a.teachers().get(0).span().to(a.teachers().get(a.teachers().size() - 1).span());
        program.report(
            Code.E117,
            span,
            "a step after `then` works on what comes before it",
            "`then` passes the teacher on; remove `" + program.words(span) + "`",
            List.of(program.removal(span)));
        return out;
      }
      flow.ifPresent(
          f ->
              out.add(
                  new Subject(
                      "the model so far", false, true, f.model(), f.data(), 0, a.verb().span())));
      return out;
    }
    if (a.teachers().isEmpty()) {
      program.report(
          Code.E207,
          a.verb().span(),
          "`distill` from what?",
          "",
          "distill TEACHER into " + program.words(a.student().span()));
      return out;
    }
    Set<Operation> seen = new HashSet<>();
    for (Value value : a.teachers()) {
      Optional<Subject> teacher = subjects.teacher(value);
      if (teacher.isEmpty()) {
        continue;
      }
      // One alone is not looked up: an operation holds all that it comes from.
      if (a.teachers().size() > 1 && !seen.add(teacher.get().operation())) {
        program.report(
            Code.E118,
            value.span(),
            "`" + teacher.get().shown() + "` is there twice",
            "name each teacher once",
            List.of(program.removalFromList(value.span())));
        continue;
      }
      out.add(teacher.get());
    }
    return out;
  }

  private Optional<Subject> student(Value value, List<Subject> teachers) {
    if (value instanceof Value.Call call && call.isName() && call.name().text().equals("itself")) {
      if (teachers.size() != 1) {
        if (teachers.size() > 1) {
          program.report(
              Code.E205,
              call.span(),
              "`itself` is one teacher, and there are " + teachers.size(),
              "name the student");
        }
        return Optional.empty();
      }
      Subject teacher = teachers.get(0);
      if (teacher.operation() instanceof Operation.FromTorchScript) {
        program.report(
            Code.E205,
            call.span(),
            "`" + teacher.shown() + "` is a TorchScript program, which cannot be the student",
            "it has no graph to train",
            "name a student: distill " + teacher.shown() + " into mlp(30)");
        return Optional.empty();
      }
      if (teacher.quantized()) {
        trainable(teacher, "distilled into");
        return Optional.empty();
      }
      return Optional.of(
          new Subject(
              "itself",
              false,
              false,
              new Operation.FreshCopy(teacher.operation()),
              teacher.data(),
              0,
              call.span()));
    }
    return subjects.of(value);
  }

  /** The call after {@code by}; the default when there is none. */
  private Optional<Value.Call> method(Clauses clauses, String preset) {
    Optional<Clause.By> by = clauses.get(Clause.By.class);
    if (by.isEmpty()) {
      Span nowhere = new Span(0, 0);
      return Optional.of(new Value.Call(new Name(preset, nowhere), List.of(), false, nowhere));
    }
    Optional<Value> resolved = program.resolve(by.get().method());
    if (resolved.isPresent() && !(resolved.get() instanceof Value.Call)) {
      program.report(
          Code.E305,
          by.get().method().span(),
          "a method is needed here, not " + Amounts.shape(resolved.get()),
          "name a method");
      return Optional.empty();
    }
    return resolved.map(v -> (Value.Call) v);
  }

  // ---- prune

  private Optional<Flow> prune(Action.Prune a, boolean first, Optional<Flow> flow) {
    int before = program.failures();
    Clauses clauses =
        new Clauses(
            a,
            Set.of(
                Clause.On.class,
                Clause.With.class,
                Clause.By.class,
                Clause.Except.class,
                Clause.Globally.class,
                Clause.Per.class,
                Clause.In.class,
                Clause.Rewind.class),
            Map.of(
                Clause.For.class,
                "write `then finetune for 2 epochs`, or `in 5 rounds of 2 epochs`"));
    clauses
        .get(Clause.Rewind.class)
        .ifPresent(
            r ->
                Unbuilt.refuse(
                    program,
                    new Span(r.span().start(), r.span().start() + "rewind".length()),
                    "rewind",
                    "without it, each round goes on from the weights it has"));
    Optional<Value.Call> by = method(clauses, "magnitude");
    Optional<Entry> entry = by.flatMap(call -> words.entry(Kind.CRITERION, call.name()));
    int rounds = 1;
    int roundEpochs = 0;
    if (clauses.get(Clause.In.class).isPresent()) {
      Clause.In in = clauses.get(Clause.In.class).get();
      rounds = amounts.rounds(in.rounds()).orElse(1);
      roundEpochs = in.each().isPresent() ? amounts.epochs(in.each().get()).orElse(1) : 0;
    }
    boolean channels = isOf(a.amount(), "channels") || a.amount() instanceof Action.Amount.Until;
    Optional<Criterion> criterion = Optional.empty();
    Optional<ChannelShape> shape = Optional.empty();
    TrainSettings settings = TrainSettings.epochs(Math.max(1, roundEpochs));
    if (entry.isPresent()) {
      Entry training = words.settings("training");
      Map<Entry, Map<String, Object>> given =
          sortPruning(clauses, entry.get(), training, roundEpochs, channels);
      Entry widths = words.settings("channels");
      shape =
          words
              .make(
                  widths,
                  new Value.Call(a.verb(), List.of(), false, a.verb().span()),
                  given.getOrDefault(widths, Map.of()))
              .map(r -> (ChannelShape) r);
      criterion = words.make(entry.get(), by.get(), given.get(entry.get())).map(r -> (Criterion) r);
      settings =
          training(clauses, given.getOrDefault(training, Map.of()))
              .withEpochs(Math.max(1, roundEpochs));
    }
    boolean remaining = isOf(a.amount(), "remaining");
    List<PruneSpec.Override> overrides = overrides(clauses, remaining);
    Optional<Name> late = modelAfterAmount(a);
    if (late.isPresent() && (first || program.find(late.get().text()).isPresent())) {
      modelAfterAmount(a, late.get(), first);
      clauses.on();
      return Optional.empty();
    }
    Optional<Subject> subject = subject(a, a.subject(), first, flow);
    Optional<Amount> amount = amount(a, subject);
    if (subject.isEmpty() || !subjects.isTrained(subject.get())) {
      clauses.on();
      return Optional.empty();
    }
    Subject named = subject.get();
    boolean trainable = trainable(named, "pruned");
    List<Name> layers = new ArrayList<>();
    clauses.get(Clause.Per.class).ifPresent(c -> c.overrides().forEach(o -> layers.add(o.layer())));
    clauses.get(Clause.Except.class).ifPresent(c -> layers.addAll(c.layers()));
    Optional<Operation> data =
        clauses.has(Clause.On.class)
            ? clauses.on()
            : roundEpochs == 0
                ? named.data()
                : dataOf(clauses, named.data(), flow, a.verb().span());
    Subject s = data.or(this::onlyData).map(d -> subjects.settled(named, d)).orElse(named);
    subjects.haveLayers(s, layers);
    if (!trainable || amount.isEmpty() || criterion.isEmpty()) {
      return Optional.empty();
    }
    PruneSpec spec =
        new PruneSpec(
            amount.get(),
            channels,
            criterion.get(),
            clauses.has(Clause.Globally.class),
            overrides,
            clauses
                .get(Clause.Except.class)
                .map(c -> c.layers().stream().map(Name::text).toList())
                .orElse(List.of()),
            rounds,
            roundEpochs,
            shape.orElse(ChannelShape.standard()));
    if (!flow.map(Flow::broken).orElse(false) && program.failures() == before) {
      subjects.reachable(s, spec, a.amount().span());
    }
    return Optional.of(
        new Flow(
            new Operation.Prune(
                s.operation(),
                roundEpochs > 0 ? data : Optional.empty(),
                spec,
                settings,
                program.environment()),
            data));
  }

  /** {@code prune 50% teacher}, {@code prune 50% of teacher}: the model, where it is too late. */
  private static Optional<Name> modelAfterAmount(Action.Prune a) {
    if (a.subject().isEmpty()
        && a.amount() instanceof Action.Amount.Until until
        && until.budgets().size() == 1
        && until.budgets().get(0).of().isEmpty()
        && until.budgets().get(0).most() instanceof Value.Quantity q) {
      return q.unit().filter(unit -> Unit.of(unit.text()).isEmpty());
    }
    if (a.subject().isPresent() || !(a.amount() instanceof Action.Amount.Part part)) {
      return Optional.empty();
    }
    if (part.of().isPresent()) {
      return part.of().filter(of -> !PRUNABLE.contains(of.text()));
    }
    return part.part() instanceof Value.Quantity q
        ? q.unit().filter(unit -> Unit.of(unit.text()).isEmpty())
        : Optional.empty();
  }

  private void modelAfterAmount(Action.Prune a, Name model, boolean first) {
    boolean of = a.amount() instanceof Action.Amount.Part part && part.of().isPresent();
    Value part =
        a.amount() instanceof Action.Amount.Until until
            ? until.budgets().get(0).most()
            : ((Action.Amount.Part) a.amount()).part();
    String amount =
        part instanceof Value.Quantity q
            ? q.digits() + (q.percent() ? "%" : "")
            : program.words(part.span());
    if (!first) {
      program.report(
          Code.E117,
          model.span(),
          "a step after `then` works on what comes before it",
          "`then` passes the model on",
          "prune " + amount,
          a.verb().span().to(a.amount().span()));
      return;
    }
    boolean known = program.find(model.text()).isPresent();
    program.report(
        Code.E102,
        model.span(),
        "the amount comes after the model",
        of
            ? "after `of` come: " + String.join(", ", PRUNABLE)
            : "read as a unit" + (known ? ", and `" + model.text() + "` is a model" : ""),
        "prune " + model.text() + " " + amount,
        a.verb().span().to(a.amount().span()));
  }

  private Map<Entry, Map<String, Object>> sortPruning(
      Clauses clauses, Entry method, Entry training, int roundEpochs, boolean channels) {
    List<Entry> takers = new ArrayList<>(List.of(method));
    if (channels) {
      takers.add(words.settings("channels"));
    }
    if (roundEpochs > 0) {
      takers.add(training);
      return words.sort(
          clauses.settings(), "prune", takers, Map.of("epochs", "in 5 rounds of … epochs"));
    }
    List<Setting> own = new ArrayList<>();
    for (Setting setting : clauses.settings()) {
      if (method.parameter(setting.name().text()).isEmpty()
          && training.parameter(setting.name().text()).isPresent()) {
        program.report(
            Code.E119,
            setting.span(),
            "`" + setting.name().text() + "` is about training, and nothing trains here",
            "write `in 5 rounds of 2 epochs`, or `then finetune for 2 epochs with "
                + program.words(setting.span())
                + "`");
      } else if (!channels
          && words.settings("channels").parameter(setting.name().text()).isPresent()) {
        program.report(
            Code.E119,
            setting.span(),
            "`" + setting.name().text() + "` is about channels, and single weights are pruned here",
            "write `prune … 50% of channels`");
      } else {
        own.add(setting);
      }
    }
    return words.sort(own, "prune", takers, Map.of());
  }

  private List<PruneSpec.Override> overrides(Clauses clauses, boolean remaining) {
    Optional<Clause.Per> per = clauses.get(Clause.Per.class);
    if (per.isEmpty()) {
      return List.of();
    }
    if (!per.get().unit().text().equals("layer")) {
      program.report(
          Code.E305,
          per.get().unit().span(),
          "`prune` goes per layer, not per " + per.get().unit().text(),
          per.get().unit().text().equals("channel")
              ? "to remove channels, write `prune … 50% of channels`"
              : "write `per layer`");
      return List.of();
    }
    if (clauses.has(Clause.Globally.class) && per.get().overrides().isEmpty()) {
      program.report(
          Code.E118,
          per.get().span(),
          "`per layer` and `globally` exclude each other",
          "remove one of them");
    }
    List<PruneSpec.Override> out = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Clause.LayerAmount one : per.get().overrides()) {
      if (!seen.add(one.layer().text())) {
        program.report(
            Code.E118,
            one.layer().span(),
            "`" + one.layer().text() + "` is there twice",
            "give each layer one amount");
      }
      OptionalDouble part = amounts.part(one.amount(), "prune", "");
      if (part.isPresent()) {
        out.add(
            new PruneSpec.Override(
                one.layer().text(),
                remaining
                    ? new Amount.OfRemaining(part.getAsDouble())
                    : new Amount.Level(part.getAsDouble())));
      }
    }
    return out;
  }

  private static boolean isOf(Action.Amount amount, String word) {
    return amount instanceof Action.Amount.Part p
        && p.of().map(n -> n.text().equals(word)).orElse(false);
  }

  private Optional<Amount> amount(Action.Prune a, Optional<Subject> subject) {
    if (a.amount() instanceof Action.Amount.Pattern pattern) {
      Unbuilt.refuse(
          program,
          pattern.span(),
          "prune " + program.words(pattern.span()),
          "prune a percentage instead");
      return Optional.empty();
    } else if (a.amount() instanceof Action.Amount.Until until) {
      List<Amount.Budget> budgets = new ArrayList<>();
      for (Action.Amount.Budget one : until.budgets()) {
        amounts.budget(one).ifPresent(budgets::add);
      }
      return budgets.size() < until.budgets().size()
          ? Optional.empty()
          : Optional.of(new Amount.Budgets(budgets));
    }
    Action.Amount.Part p = (Action.Amount.Part) a.amount();
    String shown = a.subject().map(v -> " " + program.words(v.span())).orElse("");
    if (p.of().isPresent() && !of(p.of().get())) {
      return Optional.empty();
    }
    OptionalDouble part = amounts.part(p.part(), "prune", shown);
    if (part.isEmpty()) {
      return Optional.empty();
    }
    if (isOf(p, "remaining")) {
      return Optional.of(new Amount.OfRemaining(part.getAsDouble()));
    }
    boolean channels = isOf(p, "channels");
    if (subject.isPresent() && subject.get().trained()) {
      double reached = Subjects.reached(subject.get().operation(), channels);
      if (part.getAsDouble() <= reached + 1e-12) {
        Subject s = subject.get();
        String level = percent(reached);
        program.report(
            Code.E303,
            p.part().span(),
            (s.named() ? "`" + s.shown() + "`" : "the model before `then`")
                + " is already "
                + (channels ? "without " + level + " of its channels" : level + " sparse")
                + (s.line() > 0 ? " (line " + s.line() + ")" : ""),
            "percentages count from the dense original",
            "ask for more than "
                + level
                + (channels ? "" : ", or `" + program.words(p.part().span()) + " of remaining`"));
        return Optional.empty();
      }
    }
    return Optional.of(new Amount.Level(part.getAsDouble()));
  }

  private static String percent(double fraction) {
    return Amounts.plain(Math.round(fraction * 1e4) / 1e2) + "%";
  }

  /** Whether what follows {@code of} can be pruned. */
  private boolean of(Name of) {
    if (PRUNABLE.contains(of.text())) {
      return true;
    }
    boolean units = Set.of("filters", "units", "neurons", "kernels", "nodes").contains(of.text());
    program.report(
        Code.E201,
        of.span(),
        "`" + of.text() + "` cannot be pruned",
        units
            ? "did you mean `channels`?"
            : Nearest.to(of.text(), PRUNABLE)
                .map(n -> "did you mean `" + n + "`?")
                .orElse("there is: " + String.join(", ", PRUNABLE)),
        Edit.replace(
            of.span(), units ? Optional.of("channels") : Nearest.clear(of.text(), PRUNABLE)));
    return false;
  }

  // ---- quantize

  private Optional<Flow> quantize(Action.Quantize a, boolean first, Optional<Flow> flow) {
    Clauses clauses =
        new Clauses(
            a,
            Set.of(
                Clause.On.class,
                Clause.With.class,
                Clause.By.class,
                Clause.Except.class,
                Clause.Per.class,
                Clause.For.class),
            Map.of());
    Optional<Value.Call> by = method(clauses, "static");
    boolean awareTraining = by.isPresent() && by.get().name().text().equals("qat");
    Optional<Entry> entry = by.flatMap(call -> words.entry(Kind.QUANTIZATION, call.name()));
    if (clauses.has(Clause.For.class) && !awareTraining) {
      program.report(
          Code.E119,
          clauses.get(Clause.For.class).get().span(),
          "`quantize` takes no `for`",
          "nothing trains here");
    }
    boolean perChannel = true;
    if (clauses.get(Clause.Per.class).isPresent()) {
      Name unit = clauses.get(Clause.Per.class).get().unit();
      switch (unit.text()) {
        case "channel" -> perChannel = true;
        case "tensor" -> perChannel = false;
        default ->
            program.report(
                Code.E305,
                unit.span(),
                "`quantize` goes per channel or per tensor, not per " + unit.text(),
                "",
                "per channel");
      }
    }
    Optional<StaticInt8> method = Optional.empty();
    if (entry.isPresent()) {
      Map<Entry, Map<String, Object>> given =
          words.sort(clauses.settings(), "quantize", List.of(entry.get()), Map.of());
      method = words.make(entry.get(), by.get(), given.get(entry.get())).map(r -> (StaticInt8) r);
    }
    boolean goal = int8(a.goal());
    Optional<Subject> subject = subject(a, a.subject(), first, flow);
    if (subject.isEmpty() || !subjects.isTrained(subject.get())) {
      clauses.on();
      return Optional.empty();
    }
    Subject named = subject.get();
    if (named.quantized()) {
      program.report(
          Code.E209,
          named.span(),
          (named.named() ? "`" + named.shown() + "`" : "the model before `then`")
              + " is quantized already",
          "a model is quantized once");
      return Optional.empty();
    }
    Optional<Operation> data = dataOf(clauses, named.data(), flow, a.verb().span());
    Subject s = data.map(d -> subjects.settled(named, d)).orElse(named);
    data.ifPresent(d -> subjects.fits(s, d));
    clauses.get(Clause.Except.class).ifPresent(c -> subjects.haveLayers(s, c.layers()));
    if (!goal || data.isEmpty() || method.isEmpty()) {
      return Optional.empty();
    }
    QuantizeSpec spec =
        new QuantizeSpec(
            method.get(),
            perChannel,
            clauses
                .get(Clause.Except.class)
                .map(c -> c.layers().stream().map(Name::text).toList())
                .orElse(List.of()));
    return Optional.of(
        new Flow(
            new Operation.Quantize(s.operation(), data.get(), spec, program.environment()), data));
  }

  /** Whether the goal is 8-bit integers; reports any other. */
  private boolean int8(Value goal) {
    Optional<Value> resolved = program.resolve(goal);
    if (resolved.isEmpty()) {
      return false;
    }
    if (resolved.get() instanceof Value.Call call) {
      if (call.name().text().equals("int8") && call.arguments().isEmpty()) {
        return true;
      }
      if (call.name().text().matches("u?int\\d{1,2}|b?fp?l?o?a?t?\\d{1,2}|binary|ternary")) {
        Unbuilt.refuse(program, goal.span(), call.name().text(), "there is: int8");
      } else {
        program.report(
            Code.E201,
            goal.span(),
            "`" + call.name().text() + "` is not a number format",
            "there is: int8",
            Edit.replace(goal.span(), Nearest.clear(call.name().text(), List.of("int8"))));
      }
      return false;
    }
    Optional<Value.Quantity> q = amounts.quantity(goal, "int8");
    if (q.isEmpty()) {
      return false;
    }
    boolean bits =
        q.get().unit().map(u -> u.text().equals("bits") || u.text().equals("bit")).orElse(false);
    if (!bits || q.get().percent()) {
      program.report(
          q.get().unit().isEmpty() && !q.get().percent() ? Code.E306 : Code.E302,
          goal.span(),
          "numbers are measured in bits",
          "",
          q.get().number() == 8 && !q.get().percent() ? "8 bits" : "int8",
          goal.span());
      return false;
    }
    if (q.get().number() != 8) {
      Unbuilt.refuse(program, goal.span(), q.get().written(), "there is: 8 bits");
      return false;
    }
    return true;
  }
}
