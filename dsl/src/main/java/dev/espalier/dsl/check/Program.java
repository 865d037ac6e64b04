package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Scope.Binding;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.Step;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.Environment;
import dev.espalier.engine.run.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What is known while a program is checked: names, mistakes so far, steps so far. */
final class Program {
  /** More mistakes than this are not listed. */
  private static final int MOST_MISTAKES = 1000;

  /** How many values a {@code let} may hold once everything in it is written out. */
  private static final int MOST_VALUES = 10_000;

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /** What became of a blueprint: the words that made a model from it, and that model's name. */
  record Making(Source source, Span statement, int line, String words, Optional<String> name) {}

  private final List<Diagnostic> mistakes = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final Set<String> broken = new HashSet<>();
  private final Map<String, Integer> definedHere = new HashMap<>();
  private final Map<String, Making> makings = new HashMap<>();
  private final Map<Path, Integer> written = new HashMap<>();
  private final Map<String, Declared> unused = new LinkedHashMap<>();

  /** As in {@link Scope}; a new scope for every name would copy all names before it. */
  private final Map<String, Binding> bindings;

  private Optional<Binding> it;
  private Environment environment;
  private boolean threadsSet;
  private Source source;
  private int[] lineStarts;
  private int failures;
  private int statement;

  Program(Source source, Scope scope) {
    this.source = source;
    this.bindings = new LinkedHashMap<>(scope.bindings());
    this.it = scope.it();
    this.environment = scope.environment();
    this.threadsSet = scope.threadsSet();
  }

  // ---- where we are

  Source source() {
    return source;
  }

  /** Where the sentence that is being checked starts. */
  void at(int start) {
    statement = start;
  }

  /** A sentence put before the one that is being checked. */
  Edit before(String sentence) {
    return Edit.insert(statement, sentence + "\n");
  }

  /** Whether a value stands in the text itself, rather than behind a {@code $} name. */
  boolean isWritten(Span span) {
    return source.text().charAt(span.start()) != '$';
  }

  void enter(Source included) {
    source = included;
    lineStarts = null;
  }

  /** The names as they are now. */
  Scope scope() {
    return new Scope(bindings, it, environment, threadsSet);
  }

  /** What the last unnamed model is. */
  Optional<Binding> it() {
    return it;
  }

  /** Every name. */
  List<String> names() {
    return List.copyOf(bindings.keySet());
  }

  Environment environment() {
    return environment;
  }

  void environment(Environment changed) {
    environment = changed;
  }

  /** Whether the program says with how many threads to train. */
  boolean threadsSet() {
    return threadsSet;
  }

  /** From here on the program has said with how many threads to train. */
  void setThreads() {
    threadsSet = true;
  }

  /**
   * Begins a place with names of its own: what the program's names mean, and how its results come
   * about, is as it was once the returned is run. Mistakes and steps stay.
   */
  Runnable enclose() {
    Map<String, Binding> names = new LinkedHashMap<>(bindings);
    Set<String> brokenNames = new HashSet<>(broken);
    Map<String, Integer> defined = new HashMap<>(definedHere);
    Map<String, Making> made = new HashMap<>(makings);
    Optional<Binding> last = it;
    Environment surroundings = environment;
    boolean threads = threadsSet;
    definedHere.clear();
    return () -> {
      replace(bindings, names);
      broken.clear();
      broken.addAll(brokenNames);
      replace(definedHere, defined);
      replace(makings, made);
      it = last;
      environment = surroundings;
      threadsSet = threads;
    };
  }

  private static <T> void replace(Map<String, T> map, Map<String, T> content) {
    map.clear();
    map.putAll(content);
  }

  /** Gives a name a value for as long as an enclosed place lasts. */
  void assign(String name, Value value, int line) {
    bindings.remove(name);
    broken.remove(name);
    bindings.put(
        name,
        new Binding(
            name,
            Scope.Kind.VALUE,
            Optional.empty(),
            Optional.empty(),
            Optional.of(value),
            0,
            false,
            line));
  }

  /** Takes the mistakes from {@code first} on off the list, to be told otherwise. */
  List<Diagnostic> takeMistakes(int first) {
    List<Diagnostic> last = mistakes.subList(first, mistakes.size());
    List<Diagnostic> taken = List.copyOf(last);
    last.clear();
    return taken;
  }

  /** Lists a mistake that was taken off, told otherwise; it counts already. */
  void relist(Diagnostic diagnostic) {
    if (mistakes.size() < MOST_MISTAKES) {
      mistakes.add(diagnostic);
    }
  }

  /** Takes the steps from {@code first} on off the list. */
  List<Step> takeSteps(int first) {
    List<Step> last = steps.subList(first, steps.size());
    List<Step> taken = List.copyOf(last);
    last.clear();
    return taken;
  }

  /**
   * The line of a span's start, from 1; asked for every name, so that it must not read the text.
   */
  int line(Span span) {
    if (lineStarts == null) {
      lineStarts = new int[source.line(source.text().length()) + 1];
      int lines = 1;
      for (int at = source.text().indexOf('\n'); at >= 0; ) {
        lineStarts[lines++] = at + 1;
        at = source.text().indexOf('\n', at + 1);
      }
      lineStarts = Arrays.copyOf(lineStarts, lines);
    }
    int found = Arrays.binarySearch(lineStarts, span.start());
    return found >= 0 ? found + 1 : -found - 1;
  }

  /** The text as written, on one line. */
  String words(Span span) {
    return String.join(
        " ", BLANKS.split(source.text().substring(span.start(), span.end()).strip()));
  }

  /** A path of the program: relative ones start from where the program lies. */
  Path path(String written) {
    Path folder =
        source.file().map(f -> f.toAbsolutePath().getParent()).orElseGet(() -> Path.of(""));
    return folder.resolve(written).normalize();
  }

  /** A name and where it was given. */
  private record Declared(Source source, Name name) {}

  /**
   * Remembers a file that the program makes, so that reading it later is no mistake, and making it
   * again is one.
   */
  void writes(Path file, Span span) {
    Integer before = written.put(file.toAbsolutePath().normalize(), line(span));
    if (before != null) {
      report(
          Code.W103,
          span,
          "`" + file.getFileName() + "` is written in line " + before + " already",
          "only what is written last will be in it");
    }
  }

  /** Remembers a declaration that means nothing unless its name is used. */
  void declares(Name name) {
    unused.put(name.text(), new Declared(source, name));
  }

  /** A program of declarations alone is meant for others to use, or not finished. */
  private static boolean makesOrTells(Step step) {
    return !(step.operation() instanceof Operation.LoadData)
        && !(step.operation() instanceof Operation.FromOnnx)
        && !(step.operation() instanceof Operation.Note);
  }

  /** Warns of declarations that nothing used, where the text is a whole program. */
  void warnOfUnused() {
    if (failures > 0 || steps.stream().noneMatch(Program::makesOrTells)) {
      return;
    }
    for (Declared d : unused.values()) {
      if (d.source().file().isEmpty() || !d.source().equals(source)) {
        continue;
      }
      Diagnostic warning =
          Code.W102.at(
              d.source(),
              d.name().span(),
              "nothing uses `" + d.name().text() + "`",
              "remove the line, or use the name");
      int at = 0;
      while (at < mistakes.size()
          && (!mistakes.get(at).source().equals(source)
              || mistakes.get(at).span().start() <= warning.span().start())) {
        at++;
      }
      if (mistakes.size() < MOST_MISTAKES) {
        mistakes.add(at, warning);
      }
    }
  }

  boolean willExist(Path file) {
    return java.nio.file.Files.exists(file)
        || written.containsKey(file.toAbsolutePath().normalize());
  }

  /** Takes one of several names out, with the comma or word before it. */
  Edit removalFromList(Span span) {
    Edit removal = removal(span);
    String before = source.text().substring(0, removal.span().start());
    for (String joint : List.of(",", " and", " vs")) {
      if (before.endsWith(joint)) {
        return new Edit(new Span(before.length() - joint.length(), span.end()), "");
      }
    }
    return removal;
  }

  /** Takes a word out together with the blank before it. */
  Edit removal(Span span) {
    int start = span.start();
    while (start > 0 && " \t".indexOf(source.text().charAt(start - 1)) >= 0) {
      start--;
    }
    return new Edit(new Span(start, span.end()), "");
  }

  // ---- mistakes

  void report(Code code, Span span, String title, String label) {
    add(code.at(source, span, title, label));
  }

  void report(Code code, Span span, String title, String label, String fix) {
    add(code.at(source, span, title, label, fix));
  }

  /** A mistake with text that mends it where it takes the place of {@code replaced}. */
  void report(Code code, Span span, String title, String label, String fix, Span replaced) {
    add(code.at(source, span, title, label, fix).with(List.of(new Edit(replaced, fix))));
  }

  /** A mistake with words that say how to mend it, and the edits that do so. */
  void report(Code code, Span span, String title, String label, String fix, List<Edit> edits) {
    add(code.at(source, span, title, label, fix).with(edits));
  }

  /** A mistake whose label says what was meant, with the edits that write it. */
  void report(Code code, Span span, String title, String label, List<Edit> edits) {
    add(code.at(source, span, title, label).with(edits));
  }

  void add(Diagnostic diagnostic) {
    if (diagnostic.isError()) {
      failures++;
    }
    if (mistakes.size() < MOST_MISTAKES) {
      mistakes.add(diagnostic);
    }
  }

  /** Something does not work because of a mistake that is reported already. */
  void fail() {
    failures++;
  }

  int failures() {
    return failures;
  }

  int mistakeCount() {
    return mistakes.size();
  }

  /** Puts the mistakes from {@code first} on in the order of the text. */
  void sortMistakes(int first) {
    mistakes.subList(first, mistakes.size()).sort(Comparator.comparingInt(d -> d.span().start()));
  }

  List<Diagnostic> mistakes() {
    return mistakes;
  }

  List<Step> steps() {
    return steps;
  }

  void step(Span statement, Operation operation, Optional<String> name) {
    step(statement, operation, name, List.of());
  }

  void step(Span statement, Operation operation, Optional<String> name, List<Step.Stage> pipeline) {
    steps.add(
        new Step(
            source.text().substring(statement.start(), statement.end()),
            source,
            statement,
            operation,
            name,
            pipeline));
  }

  // ---- names

  /** A name that a mistaken statement would have defined; its use is no second mistake. */
  void breakName(String name) {
    broken.add(name);
  }

  boolean isBroken(String name) {
    return broken.contains(name);
  }

  /** Gives a name its meaning. */
  void bind(Name name, Binding binding) {
    if (name.text().equals("it") || name.text().equals("itself")) {
      report(
          Code.E120,
          name.span(),
          "`" + name.text() + "` is a reserved word, not a name",
          "choose another name");
      return;
    }
    Integer before = definedHere.put(name.text(), line(name.span()));
    if (before != null) {
      report(
          Code.W101,
          name.span(),
          "`" + name.text() + "` has a meaning already (line " + before + ")",
          "from here on it means this");
    }
    makings.remove(name.text());
    broken.remove(name.text());
    bindings.remove(binding.name());
    bindings.put(binding.name(), binding);
  }

  /** Gives a name to the table that an operation makes. */
  void bindTable(Name name, Operation operation) {
    bind(
        name,
        new Binding(
            name.text(),
            Scope.Kind.TABLE,
            Optional.of(operation),
            Optional.empty(),
            Optional.empty(),
            0,
            false,
            line(name.span())));
  }

  /** Gives a name that it has already an operation that says more of the same model. */
  void settle(String name, Operation operation) {
    bindings.computeIfPresent(
        name,
        (n, b) ->
            new Binding(
                b.name(),
                b.kind(),
                Optional.of(operation),
                b.data(),
                b.value(),
                b.sparsity(),
                b.quantized(),
                b.line()));
  }

  void bindIt(Binding binding) {
    it = Optional.of(binding);
    broken.remove("it");
  }

  Optional<Binding> find(String name) {
    unused.remove(name);
    return Optional.ofNullable(bindings.get(name));
  }

  List<String> names(Set<Scope.Kind> kinds) {
    return bindings.values().stream()
        .filter(b -> kinds.contains(b.kind()))
        .map(Binding::name)
        .toList();
  }

  void made(String blueprint, Making making) {
    makings.put(blueprint, making);
  }

  Optional<Making> making(String blueprint) {
    return Optional.ofNullable(makings.get(blueprint));
  }

  // ---- values of `let`

  /**
   * The value with every {@code $name} replaced; empty, with the mistake reported, when one fails.
   */
  Optional<Value> resolve(Value value) {
    int[] budget = {MOST_VALUES};
    Optional<Value> resolved = resolve(value, budget);
    if (budget[0] < 0) {
      report(
          Code.E108, value.span(), "this value is too large when written out", "too many values");
      return Optional.empty();
    }
    return resolved;
  }

  private Optional<Value> resolve(Value value, int[] budget) {
    if (--budget[0] < 0) {
      return Optional.empty();
    }
    if (value instanceof Value.Parameter p) {
      Optional<Binding> binding = find(p.name());
      if (binding.isPresent() && binding.get().value().orElse(null) instanceof Value v) {
        Value here = v.at(p.span());
        budget[0] -= size(here);
        return Optional.of(here);
      }
      if (isBroken(p.name())) {
        fail();
        return Optional.empty();
      }
      if (binding.isPresent()) {
        report(
            Code.E205,
            p.span(),
            "`" + p.name() + "` is " + kindWords(binding.get().kind()) + ", not a value",
            "write it without `$`",
            p.name());
        return Optional.empty();
      }
      broken.add(p.name());
      List<String> values = names(Set.of(Scope.Kind.VALUE));
      report(
          Code.E212,
          p.span(),
          "unknown name `$" + p.name() + "`",
          Nearest.to(p.name(), values)
              .map(n -> "did you mean `$" + n + "`?")
              .orElse("give it a value first: let " + p.name() + " = …"),
          Edit.replace(p.span(), Nearest.clear(p.name(), values).map(n -> "$" + n)));
      return Optional.empty();
    } else if (value instanceof Value.ListOf list) {
      List<Value> items = new ArrayList<>();
      boolean all = true;
      for (Value item : list.items()) {
        Optional<Value> resolved = resolve(item, budget);
        all &= resolved.isPresent();
        resolved.ifPresent(items::add);
      }
      return all ? Optional.of(new Value.ListOf(items, list.span())) : Optional.empty();
    } else if (value instanceof Value.Call call) {
      List<Value.Argument> arguments = new ArrayList<>();
      boolean all = true;
      for (Value.Argument argument : call.arguments()) {
        Optional<Value> resolved = resolve(argument.value(), budget);
        all &= resolved.isPresent();
        resolved.ifPresent(v -> arguments.add(new Value.Argument(argument.name(), v)));
      }
      return all
          ? Optional.of(new Value.Call(call.name(), arguments, call.parenthesised(), call.span()))
          : Optional.empty();
    }
    return Optional.of(value);
  }

  private static int size(Value value) {
    if (value instanceof Value.ListOf list) {
      return 1 + list.items().stream().mapToInt(Program::size).sum();
    } else if (value instanceof Value.Call call) {
      return 1 + call.arguments().stream().mapToInt(a -> size(a.value())).sum();
    }
    return 1;
  }

  static String kindWords(Scope.Kind kind) {
    return switch (kind) {
      case DATA -> "data";
      case BLUEPRINT -> "a blueprint";
      case MODEL -> "a trained model";
      case TEACHER -> "a TorchScript program";
      case TABLE -> "a table";
      case TARGET -> "a target";
      case RECIPE -> "a recipe";
      case VALUE -> "a value";
    };
  }
}
