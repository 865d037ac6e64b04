package dev.espalier.dsl.assist;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.assist.Suggestion.Kind;
import dev.espalier.dsl.check.Checker;
import dev.espalier.dsl.check.Unit;
import dev.espalier.dsl.syntax.Continuation;
import dev.espalier.dsl.syntax.Continuation.Rule;
import dev.espalier.dsl.syntax.Cut;
import dev.espalier.dsl.syntax.Piece;
import dev.espalier.dsl.syntax.Syntax;
import dev.espalier.engine.architecture.Layer;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Parameter;
import dev.espalier.engine.run.Chartable;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything that makes sense where a sentence is cut. */
final class Candidates {
  private static final Catalog CATALOG = Catalog.standard();
  private static final Set<Scope.Kind> MODELS = EnumSet.of(Scope.Kind.MODEL);
  private static final Set<Scope.Kind> BLUEPRINTS = EnumSet.of(Scope.Kind.BLUEPRINT);
  private static final Map<String, String> CHARTS =
      Arrays.stream(Chartable.values())
          .collect(
              Collectors.toMap(Chartable::word, Chartable::doc, (a, b) -> a, LinkedHashMap::new));
  private static final Map<String, String> TABLES =
      Map.of(
          "layers", "every layer with its parameters and MACs",
          "trials", "what the search tried that found it",
          "coupling", "which channels go together, and which have to stay");

  private final Source source;
  private final Cut cut;
  private final Names names;
  private final Sentence sentence;
  private final List<Candidate> out = new ArrayList<>();

  private Candidates(Source source, Reading reading) {
    this.source = source;
    this.cut = reading.cut();
    this.names = reading.names();
    this.sentence = new Sentence(cut.before());
  }

  static List<Candidate> of(Source source, Reading reading) {
    Candidates candidates = new Candidates(source, reading);
    for (Continuation c : reading.cut().continuations()) {
      switch (c.form()) {
        case WORD -> candidates.word(c);
        case NAME -> candidates.name(c);
        case NUMBER -> candidates.number(c);
        case PARAMETER -> candidates.values();
        case TEXT -> candidates.quotedLayers(c);
      }
    }
    return candidates.out;
  }

  private void add(int rank, String text, Kind kind, String detail, String doc) {
    out.add(new Candidate(rank, new Suggestion(text, kind, detail, doc, cut.word())));
  }

  // ---- the language's own words

  private void word(Continuation c) {
    String text = c.literal();
    boolean verb = Vocabulary.verb(text).isPresent();
    Optional<Vocabulary.Word> word = verb ? Vocabulary.verb(text) : Vocabulary.joint(text);
    if (word.isEmpty() || (verb ? !opens(text) : !joins(c, text))) {
      return;
    }
    add(rank(text, verb), text, Kind.KEYWORD, word.get().doc(), Descriptions.word(word.get()));
  }

  private static final Set<String> OPENERS =
      Set.of("data", "model", "target", "let", "set", "include", "language", "note");

  private boolean opens(String verb) {
    // What comes down a pipeline is trained already.
    return !sentence.last().equals("then") || !verb.equals("train");
  }

  private int rank(String text, boolean verb) {
    int usual = 10 + Vocabulary.rank(text);
    if (!verb || sentence.last().equals("then")) {
      return usual;
    }
    boolean data = !names.newest(EnumSet.of(Scope.Kind.DATA)).isEmpty();
    boolean models = !names.newest(MODELS).isEmpty() || names.it();
    // What can be done with what is there comes first.
    if (text.equals("language")) {
      return cut.start() == 0 ? 1 : 60;
    }
    if (OPENERS.contains(text)) {
      return data ? usual + 30 : text.equals("data") ? 2 : text.equals("model") ? 3 : usual;
    }
    if (text.equals("train")) {
      return data ? models ? usual + 5 : 2 : usual + 20;
    }
    return models ? usual : usual + 40;
  }

  /** Whether a joint makes sense here: what the checker would refuse is not suggested. */
  private boolean joins(Continuation c, String text) {
    Rule owner = c.above(0);
    Rule statement = Sentence.statement(c);
    if (!owner.is("axis") && lacksUnit(text)) {
      return false;
    }
    if (owner.is("axis")) {
      return true;
    }
    if (statement.is("chart")) {
      boolean own = CHARTS.containsKey(sentence.word(statement.start() + 1));
      boolean by = text.equals("by") && !ofSweep(statement.start());
      return !by && !text.equals("as") && !(own && text.equals("vs"));
    }
    if (owner.is("dataClause") || text.equals("split") || text.equals("take")) {
      return !sentence.has(Sentence.rule(c, "data").map(Rule::start).orElse(0), text);
    }
    Optional<Rule> action = Sentence.rule(c, "action");
    if (action.isEmpty()) {
      return true;
    }
    int start = action.get().start();
    String verb = sentence.word(start);
    if (start + 1 >= sentence.size() && !goesOn(start)) {
      return false;
    }
    boolean clause =
        Set.of("on", "for", "with", "by", "except", "globally", "per", "in").contains(text);
    if (!clause) {
      return !text.equals("via") && !text.equals("rewind");
    }
    boolean possible =
        switch (verb) {
          case "prune", "quantize" -> !text.equals("for");
          case "train", "finetune", "distill" -> true;
          default -> false;
        };
    return possible && !sentence.has(start, text);
  }

  /** Whether the number before the cut has to say what it counts first. */
  private boolean lacksUnit(String joint) {
    int size = sentence.size();
    boolean percent = sentence.last().equals("%");
    int number = size - (percent ? 2 : 1);
    if (number < 1 || cut.before().get(number).shape() != Piece.Shape.NUMBER) {
      return false;
    }
    String before = sentence.word(number - 1);
    if (before.equals("within")) {
      boolean fraction =
          Metric.find(sentence.word(number - 4))
              .map(m -> m.unit() == Result.Unit.FRACTION)
              .orElse(false);
      return percent || fraction;
    }
    boolean level = sentence.has(0, "prune");
    boolean part = before.equals("prune") || sentence.word(number - 2).equals("prune");
    if (percent) {
      return before.equals("to") && !joint.equals("of");
    }
    return part
        || Set.of("for", "in", "of", "to").contains(before)
        || (joint.equals("of") && level);
  }

  /** Whether an action continues a pipeline: it takes the model that comes down. */
  private boolean goesOn(int action) {
    String before = sentence.word(action - 1);
    return before.equals("then") || before.equals("is");
  }

  /** Whether what stands after {@code of} is a sweep. */
  private boolean ofSweep(int start) {
    return sentence.names(start + 1).stream().anyMatch(n -> sweep(n).isPresent());
  }

  private Optional<Operation.Sweep> sweep(String name) {
    return names
        .find(name)
        .flatMap(KnownName::binding)
        .flatMap(Scope.Binding::operation)
        .filter(Operation.Sweep.class::isInstance)
        .map(Operation.Sweep.class::cast);
  }

  /** What the sweeps that are known vary. */
  private void axes(int rank) {
    Set<String> axes = new java.util.LinkedHashSet<>();
    for (KnownName table : names.newest(EnumSet.of(Scope.Kind.TABLE))) {
      sweep(table.name()).ifPresent(s -> s.axes().forEach(a -> axes.add(a.name())));
    }
    axes.forEach(a -> add(rank, a, Kind.WORD, "what a sweep varies", ""));
  }

  // ---- names and the catalog's words

  private void name(Continuation c) {
    Rule owner = c.above(1);
    if (c.above(0).is("unit")) {
      unit(c);
      return;
    }
    String last = sentence.last();
    switch (owner.name()) {
      case "call" -> call(c);
      case "dataSource" -> entries(20, dev.espalier.engine.catalog.Kind.FORMAT);
      case "trainClause" -> names(0, EnumSet.of(Scope.Kind.DATA), Set.of());
      case "setting" -> settings(c);
      case "argument" -> arguments(c);
      case "pruneAmount" -> {
        add(10, "channels", Kind.WORD, "whole units go, and the model gets smaller and faster", "");
        add(11, "remaining", Kind.WORD, "a part of what is left, in each round", "");
        add(12, "weights", Kind.WORD, "single weights become zero", "");
      }
      case "budget" -> {
        add(10, "MACs", Kind.WORD, "a part of the multiply-accumulates", "");
        add(11, "parameters", Kind.WORD, "a part of the trained numbers", "");
        add(12, "size", Kind.WORD, "a part of the bytes of the file", "");
      }
      case "pruneClause" -> {
        if (last.equals("per")) {
          add(
              10,
              "layer",
              Kind.WORD,
              "each layer for itself; amounts for some may follow in { }",
              "");
        }
      }
      case "action" -> {
        if (last.equals("per")) {
          add(10, "channel", Kind.WORD, "each output channel has a scale of its own", "");
          add(11, "tensor", Kind.WORD, "one scale for a whole tensor", "");
        }
      }
      case "layerRef" -> layers(c, false);
      case "layer" -> {
        if (!last.equals("as")) {
          add(
              30,
              Layer.Residual.WORD,
              Kind.LAYER,
              "layers whose input is added to their output",
              "");
        }
      }
      case "model" -> {
        if (last.equals("from")) {
          add(10, "onnx", Kind.WORD, "a graph that can be trained, pruned and quantized", "");
          add(11, "torchscript", Kind.WORD, "a program of PyTorch, which can only teach", "");
        }
      }
      case "compare" -> {
        switch (last) {
          case "on" -> names(0, EnumSet.of(Scope.Kind.DATA), Set.of());
          case "by" -> metrics(10);
          case "for" -> demand();
          case "as" -> {}
          default -> models(owner.start() + 1);
        }
      }
      case "compress" -> {
        switch (last) {
          case "on" -> names(0, EnumSet.of(Scope.Kind.DATA), Set.of());
          case "minimize", "maximize" -> metrics(10);
          case "for" -> demand();
          case "using", "," -> searched(owner.start());
          default -> {}
        }
      }
      case "expect" -> {
        if (last.equals("expect")) {
          metrics(10);
          names(30, EnumSet.of(Scope.Kind.MODEL), Set.of());
        } else if (last.equals("of")) {
          models(sentence.size());
        } else if (last.equals("meets")) {
          names(0, EnumSet.of(Scope.Kind.TARGET), Set.of());
        }
      }
      case "bound" -> {
        if (last.equals("of")) {
          models(owner.start());
        }
      }
      case "constraints" -> demand();
      case "constraint" -> metrics(10);
      case "chart" -> chart(c, owner.start());
      case "show" -> show(c, owner.start());
      case "export" -> export(owner.start());
      default -> {}
    }
  }

  /** What models have to keep to: a target, or the metric of a first constraint. */
  private void demand() {
    names(0, EnumSet.of(Scope.Kind.TARGET), Set.of());
    metrics(10);
  }

  private void call(Continuation c) {
    Rule owner = c.above(2);
    switch (owner.name()) {
      case "subject" -> subject(c);
      case "action" -> {
        if (sentence.verb(c).equals("quantize")) {
          add(10, "int8", Kind.WORD, "8-bit integers", "");
        }
      }
      case "applied" -> names(0, EnumSet.of(Scope.Kind.RECIPE), Set.of());
      case "value" -> {
        value(c);
        if (c.above(3).is("axis")) {
          names(5, EnumSet.of(Scope.Kind.RECIPE), Set.of());
          entries(10, dev.espalier.engine.catalog.Kind.CRITERION);
          entries(20, dev.espalier.engine.catalog.Kind.ARCHITECTURE);
        }
        boolean let = c.steps("let") >= 0;
        if (let || c.above(3).is("argument") && isRecipe(sentence.word(c.above(4).start()))) {
          names(45, EnumSet.of(Scope.Kind.RECIPE), Set.of());
        }
        int rank = let ? 40 : 10;
        sentence.kinds(c, 1).forEach(kind -> entries(rank, kind));
      }
      default -> sentence.kinds(c, 1).forEach(kind -> entries(10, kind));
    }
  }

  private boolean isRecipe(String word) {
    return word.startsWith("$")
        || binding(word).map(b -> b.kind() == Scope.Kind.RECIPE).orElse(false);
  }

  private void entries(int rank, dev.espalier.engine.catalog.Kind kind) {
    for (Entry entry : CATALOG.all(kind)) {
      entry(rank, entry, entry.name());
      // A name by which a word is also known is suggested where it is being written.
      for (String alias : entry.aliases()) {
        String written = source.text().substring(cut.word().start(), cut.word().end());
        if (!written.isEmpty() && alias.startsWith(written)) {
          entry(rank + 50, entry, alias);
        }
      }
    }
  }

  private void entry(int rank, Entry entry, String text) {
    add(rank, text, kind(entry.kind()), Descriptions.line(entry), Descriptions.entry(entry));
  }

  private static Kind kind(dev.espalier.engine.catalog.Kind kind) {
    return switch (kind) {
      case ARCHITECTURE -> Kind.ARCHITECTURE;
      case LAYER -> Kind.LAYER;
      case DATA -> Kind.DATA;
      case DISTILLATION, CRITERION, QUANTIZATION -> Kind.METHOD;
      default -> Kind.WORD;
    };
  }

  // ---- names that the program has given

  /** The newest comes first: it is what a program goes on with. */
  private void names(int rank, Set<Scope.Kind> kinds, Set<String> but) {
    if (kinds.contains(Scope.Kind.MODEL) || kinds.contains(Scope.Kind.BLUEPRINT)) {
      for (String own : sentence.inside()) {
        if (!own.startsWith("$") && !but.contains(own)) {
          add(rank, own, Kind.MODEL, "made in this sweep", "");
        }
      }
    }
    boolean first = true;
    for (KnownName name : names.newest(kinds)) {
      if (!but.contains(name.name())) {
        add(
            first ? rank : rank + 1,
            name.name(),
            kind(name.kind()),
            Descriptions.line(name),
            Descriptions.name(name, line(name)));
        first = false;
      }
    }
  }

  Optional<Integer> line(KnownName name) {
    return name.place().map(p -> source.line(p.start()));
  }

  private static Kind kind(Scope.Kind kind) {
    return switch (kind) {
      case DATA -> Kind.DATA;
      case BLUEPRINT -> Kind.BLUEPRINT;
      case MODEL -> Kind.MODEL;
      case TEACHER -> Kind.TEACHER;
      case TABLE -> Kind.TABLE;
      case TARGET -> Kind.TARGET;
      case RECIPE -> Kind.RECIPE;
      case VALUE -> Kind.VALUE;
    };
  }

  private void it(int rank) {
    if (names.it()) {
      add(rank, "it", Kind.MODEL, "the last model that `as` did not name", "");
    }
  }

  /** Trained models, without those named since {@code from}. */
  private void models(int from) {
    Set<String> but = sentence.names(from);
    names(0, MODELS, but);
    if (!but.contains("it")) {
      it(2);
    }
  }

  private Set<String> quantized() {
    Set<String> out = new java.util.HashSet<>();
    names.all().values().stream().filter(KnownName::isQuantized).forEach(n -> out.add(n.name()));
    return out;
  }

  /** The kinds of steps that a search may use, those aside that are named already. */
  private void searched(int start) {
    Set<String> named = sentence.names(start + 1);
    for (String verb : List.of("distill", "prune", "quantize")) {
      if (!named.contains(verb)) {
        add(5, verb, Kind.KEYWORD, Vocabulary.verb(verb).map(Vocabulary.Word::doc).orElse(""), "");
      }
    }
  }

  private void subject(Continuation c) {
    int start = Sentence.rule(c, "action").map(Rule::start).orElse(0);
    String verb = sentence.word(start);
    if (Sentence.statement(c).is("compress")) {
      names(0, MODELS, quantized());
      it(2);
      return;
    }
    if (Sentence.rule(c, "action").isEmpty() || c.steps("distillClause") >= 0) {
      return;
    }
    boolean student = verb.equals("distill") && sentence.has(start, "into");
    if (!student && goesOn(start)) {
      return;
    }
    switch (verb) {
      case "train" -> {
        names(0, BLUEPRINTS, Set.of());
        entries(5, dev.espalier.engine.catalog.Kind.ARCHITECTURE);
      }
      case "apply", "finetune", "prune", "quantize" -> {
        names(0, MODELS, quantized());
        it(2);
      }
      case "distill" -> {
        if (student) {
          names(0, BLUEPRINTS, Set.of());
          entries(5, dev.espalier.engine.catalog.Kind.ARCHITECTURE);
          Set<String> but = quantized();
          but.addAll(sentence.names(start + 1));
          names(20, MODELS, but);
          add(25, "itself", Kind.WORD, "a fresh copy of the teacher's architecture", "");
        } else {
          Set<String> but = sentence.names(start + 1);
          names(0, EnumSet.of(Scope.Kind.MODEL, Scope.Kind.TEACHER), but);
          it(2);
        }
      }
      default -> {}
    }
  }

  private void values() {
    for (String own : sentence.inside()) {
      if (own.startsWith("$")) {
        add(5, own, Kind.VALUE, "what the " + sentence.word(0) + " varies", "");
      }
    }
    for (KnownName name : names.newest(EnumSet.of(Scope.Kind.VALUE))) {
      add(
          35,
          "$" + name.name(),
          Kind.VALUE,
          Descriptions.line(name),
          Descriptions.name(name, line(name)));
    }
  }

  // ---- settings and values

  private void settings(Continuation c) {
    Set<String> given = sentence.given(c);
    int rank = 10;
    for (Entry taker : sentence.takers(c)) {
      for (Parameter p : taker.parameters()) {
        if (!given.contains(p.name()) && !sentence.isHidden(taker, p)) {
          parameter(rank, p, taker.name());
        }
      }
      rank += 5;
    }
  }

  private void arguments(Continuation c) {
    Rule taker = c.above(2);
    Set<String> given = sentence.given(taker.start() + 2, c.above(1).start());
    recipeParameters(sentence.word(taker.start())).stream()
        .filter(p -> !given.contains(p))
        .forEach(p -> add(15, p, Kind.SETTING, "a parameter of the recipe", ""));
    sentence
        .entry(c, 2)
        .ifPresent(
            e ->
                e.parameters().stream()
                    .filter(p -> !p.rest() && !given.contains(p.name()))
                    .forEach(p -> parameter(20, p, e.name())));
  }

  /** The parameters of a recipe; behind a {@code $} name, those that all its recipes have. */
  private List<String> recipeParameters(String word) {
    Set<String> swept = word.startsWith("$") ? sentence.swept(word.substring(1)) : Set.of();
    return (swept.isEmpty() ? Set.of(word) : swept)
        .stream()
            .flatMap(w -> w.startsWith("$") ? let(w.substring(1)).stream() : Stream.of(w))
            .flatMap(w -> binding(w).stream())
            .filter(b -> b.kind() == Scope.Kind.RECIPE)
            .map(Checker::parameters)
            .reduce((some, others) -> some.stream().filter(others::contains).toList())
            .orElse(List.of());
  }

  private List<String> let(String name) {
    return binding(name).map(Checker::words).orElse(List.of());
  }

  private Optional<Scope.Binding> binding(String name) {
    return names.find(name).flatMap(KnownName::binding);
  }

  private void parameter(int rank, Parameter p, String owner) {
    add(
        rank,
        p.name(),
        Kind.SETTING,
        p.doc() + " (" + Descriptions.line(p) + ")",
        Descriptions.parameter(p, owner));
  }

  private void value(Continuation c) {
    Optional<Parameter> parameter = sentence.parameter(c);
    if (parameter.isEmpty()) {
      return;
    }
    Parameter p = parameter.get();
    List<String> words = p.type() == Parameter.Type.FLAG ? List.of("yes", "no") : p.choices();
    int rank = 10;
    for (String word : words) {
      boolean preset = p.preset().equals(Optional.of(word));
      add(
          rank++,
          word,
          Kind.VALUE,
          p.doc() + (preset ? " (default)" : ""),
          Descriptions.parameter(p, p.name()));
    }
  }

  private void number(Continuation c) {
    if (Sentence.statement(c).is("version")) {
      add(10, "1", Kind.VALUE, "the version of the language", "");
      return;
    }
    boolean negative = sentence.last().equals("-");
    Optional<Parameter> parameter =
        c.steps("value") >= 0 && !negative ? sentence.parameter(c) : Optional.empty();
    parameter
        .filter(
            p -> p.preset().filter(d -> !d.isEmpty() && Character.isDigit(d.charAt(0))).isPresent())
        .filter(p -> p.preset().get().chars().noneMatch(Character::isWhitespace))
        .ifPresent(
            p ->
                add(
                    30,
                    p.preset().get()
                        + (p.unit().isEmpty() || p.unit().equals(Parameter.BY)
                            ? ""
                            : " " + p.unit()),
                    Kind.VALUE,
                    "the default; " + Descriptions.line(p),
                    Descriptions.parameter(p, p.name())));
  }

  // ---- units

  private void unit(Continuation c) {
    boolean percent = sentence.last().equals("%");
    String digits = sentence.word(sentence.size() - (percent ? 2 : 1));
    Rule owner = c.above(2);
    if (owner.is("goal")) {
      Rule around = c.above(3);
      switch (around.name()) {
        case "trainClause" -> units(percent, digits, Unit.Measure.EPOCHS);
        case "pruneClause" ->
            units(
                percent,
                digits,
                sentence.word(owner.start() - 1).equals("of")
                    ? Unit.Measure.EPOCHS
                    : Unit.Measure.ROUNDS);
        case "compress" -> units(percent, digits, Unit.Measure.TRIALS, Unit.Measure.DURATION);
        case "budget" ->
            units(percent, digits, Unit.Measure.SIZE, Unit.Measure.MACS, Unit.Measure.FLOP);
        case "action" -> units(percent, digits, Unit.Measure.BITS);
        default -> {}
      }
      return;
    }
    if (owner.is("dataClause")) {
      units(percent, digits, Unit.Measure.SAMPLES);
      return;
    }
    int bound = c.steps("bound");
    if (bound >= 0) {
      boundUnit(c, c.above(bound), percent, digits);
      return;
    }
    boolean passedOn = c.steps("applied") >= 0 || c.steps("axis") >= 0;
    if (Sentence.statement(c).is("let") || passedOn && sentence.parameter(c).isEmpty()) {
      // What it is a value for is said elsewhere.
      units(percent, digits, Unit.Measure.values());
      return;
    }
    sentence
        .parameter(c)
        .map(Parameter::unit)
        .filter(u -> !u.isEmpty() && !u.equals(Parameter.BY) && !percent)
        .ifPresent(
            u -> {
              Optional<Unit.Measure> counted =
                  Unit.of(u).map(Unit::measure).filter(m -> m != Unit.Measure.SIZE);
              if (counted.isPresent()) {
                units(false, digits, counted.get());
              } else {
                // A setting of a word has the one unit that the word tells.
                add(10, u, Kind.UNIT, "what it is measured in", "");
              }
            });
  }

  private void boundUnit(Continuation c, Rule bound, boolean percent, String digits) {
    // `expect METRIC of MODEL …` and `METRIC …`.
    int expect = c.steps("expect");
    String word =
        expect >= 0 ? sentence.word(c.above(expect).start() + 1) : sentence.word(bound.start() - 1);
    boolean within = sentence.word(bound.start()).equals("within");
    Optional<Metric> metric = Metric.find(word);
    if (within && percent) {
      units(false, digits, Unit.Measure.RELATIVE);
    } else if (within && metric.map(m -> m.unit() == Result.Unit.FRACTION).orElse(true)) {
      units(percent, digits, Unit.Measure.POINTS);
    } else if (!percent) {
      metric.flatMap(m -> Unit.of(m.unit())).ifPresent(m -> units(false, digits, m));
    }
  }

  private static final List<String> USUAL = List.of("KB", "MB", "ms", "MMACs", "MFLOP");

  private void units(boolean percent, String digits, Unit.Measure... measures) {
    if (percent) {
      return;
    }
    for (Unit.Measure measure : measures) {
      for (Unit unit : Unit.of(measure)) {
        boolean one = digits.equals("1");
        boolean plural = unit.word().endsWith("s") && unit.word().length() > 3;
        int usual = USUAL.indexOf(unit.word());
        boolean counted =
            measure != Unit.Measure.SIZE
                && (measure.words().equals(unit.word())
                    || measure.words().equals(unit.word() + "s"));
        int rank = usual >= 0 ? 10 + usual : counted ? (plural != one ? 10 : 11) : 20;
        add(rank, unit.word(), Kind.UNIT, "unit of " + measure.words(), "");
      }
    }
  }

  // ---- outputs

  private void metrics(int rank) {
    for (Metric m : Metric.values()) {
      boolean usual = m == Metric.ACCURACY || m == Metric.SIZE || m == Metric.LATENCY;
      add(
          usual ? rank : rank + 5,
          m.word(),
          Kind.METRIC,
          Descriptions.line(m),
          Descriptions.metric(m));
    }
  }

  private void chart(Continuation c, int start) {
    if (sentence.size() == start + 1) {
      metrics(10);
      CHARTS.forEach((word, doc) -> add(12, word, Kind.WORD, doc, ""));
    } else if (sentence.last().equals("vs") || sentence.last().equals("by")) {
      metrics(10);
      axes(12);
    } else if (sentence.has(start, "of")) {
      names(5, EnumSet.of(Scope.Kind.TABLE), Set.of());
      int of = start;
      while (!sentence.word(of).equals("of")) {
        of++;
      }
      models(of);
    }
  }

  private void show(Continuation c, int start) {
    int of = start;
    while (of < sentence.size() && !sentence.word(of).equals("of")) {
      of++;
    }
    if (of < sentence.size()) {
      models(of);
      names(5, EnumSet.of(Scope.Kind.TABLE), sentence.names(of));
      boolean tables = sentence.names(start + 1).stream().anyMatch(TABLES::containsKey);
      if (tables) {
        names(10, BLUEPRINTS, sentence.names(of));
      }
      return;
    }
    Set<String> but = sentence.names(start + 1);
    models(start + 1);
    names(
        5,
        EnumSet.of(Scope.Kind.DATA, Scope.Kind.BLUEPRINT, Scope.Kind.TABLE, Scope.Kind.VALUE),
        but);
    TABLES.forEach((word, doc) -> add(10, word, Kind.WORD, doc, ""));
    metrics(15);
  }

  private void export(int start) {
    if (sentence.last().equals("export")) {
      names(0, MODELS, Set.of());
      it(2);
      names(5, EnumSet.of(Scope.Kind.TABLE), Set.of());
    } else if (sentence.last().equals("to")) {
      boolean table =
          names.find(sentence.word(start + 1)).map(n -> n.kind() == Scope.Kind.TABLE).orElse(false);
      add(table ? 11 : 10, "onnx", Kind.WORD, "a model, as a graph", "");
      add(table ? 10 : 11, "csv", Kind.WORD, "a table", "");
      add(table ? 11 : 12, "npz", Kind.WORD, "the numbers of a table, for NumPy", "");
      add(table ? 12 : 13, "html", Kind.WORD, "a table, as a page", "");
    }
  }

  // ---- layers

  private void quotedLayers(Continuation c) {
    if (cut.text() && c.above(0).is("layerRef")) {
      layers(c, true);
    }
  }

  private void layers(Continuation c, boolean quoted) {
    Optional<Rule> action = Sentence.rule(c, "action");
    Optional<Operation> model = action.flatMap(a -> model(a.start()));
    if (model.isEmpty()) {
      return;
    }
    Set<String> but =
        sentence.names(
            Sentence.rule(c, "pruneClause")
                .or(() -> Sentence.rule(c, "shrinkClause"))
                .map(Rule::start)
                .orElse(0));
    int i = 10;
    for (String layer : Checker.layers(model.get(), names.scope())) {
      boolean plain = layer.matches("[A-Za-z_][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*");
      if (!but.contains(layer)) {
        add(
            i++,
            quoted || !plain ? "\"" + layer + "\"" : layer,
            Kind.LAYER,
            "layer of the model",
            "");
      }
    }
  }

  /** The model that an action works on. */
  // Whether something came to the scope is a question of objects.
  @SuppressWarnings("ReferenceEquality")
  private Optional<Operation> model(int action) {
    if (!goesOn(action)) {
      String name = sentence.word(action + 1);
      return name.equals("it")
          ? names.scope().it().flatMap(Scope.Binding::operation)
          : names.find(name).flatMap(KnownName::binding).flatMap(Scope.Binding::operation);
    }
    // What the sentence makes up to here is what it would make if it ended here.
    Piece then = cut.before().get(action - 1);
    String made = source.text().substring(cut.start(), then.span().start());
    Source part = new Source(source.name(), made, source.file());
    Scope after = Checker.names(part, Syntax.read(part), names.scope());
    if (after == names.scope()) {
      return Optional.empty();
    }
    Optional<Scope.Binding> it = after.it().filter(b -> names.scope().it().orElse(null) != b);
    Optional<Scope.Binding> newest = after.bindings().values().stream().reduce((a, b) -> b);
    return it.or(() -> newest).flatMap(Scope.Binding::operation);
  }

  /** What a text in quotes names at this place, by its endings; empty where it is no file. */
  static Optional<List<String>> files(Cut cut) {
    for (Continuation c : cut.continuations()) {
      if (c.form() != Continuation.Form.TEXT || c.steps("file") < 0) {
        continue;
      }
      Sentence sentence = new Sentence(cut.before());
      Rule owner = c.above(1);
      return Optional.of(
          switch (owner.name()) {
            case "include" -> List.of("esp");
            case "report" -> List.of("html");
            case "export" ->
                sentence.last().equals("to")
                    ? List.of("onnx", "csv", "npz", "html")
                    : List.of(sentence.last());
            case "model" -> sentence.last().equals("torchscript") ? List.of("pt") : List.of("onnx");
            case "dataSource" -> dataEndings(sentence);
            default -> List.of();
          });
    }
    return Optional.empty();
  }

  private static List<String> dataEndings(Sentence sentence) {
    return switch (sentence.after(0, "from").orElse("")) {
      case "csv" -> List.of("csv", "csv.gz");
      case "npz" -> List.of("npz");
      case "idx" -> List.of("gz", "ubyte");
      case "images" -> List.of("zip");
      default -> List.of("csv", "npz", "csv.gz", "zip");
    };
  }
}
