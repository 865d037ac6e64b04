package dev.espalier.dsl.assist;

import dev.espalier.dsl.syntax.Continuation;
import dev.espalier.dsl.syntax.Continuation.Rule;
import dev.espalier.dsl.syntax.Piece;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Parameter;
import dev.espalier.engine.data.FileFormat;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the words of a sentence say of the place where it is cut. */
record Sentence(List<Piece> before) {
  private static final Catalog CATALOG = Catalog.standard();

  int size() {
    return before.size();
  }

  /** The token's text; empty where there is none. */
  String word(int i) {
    return i >= 0 && i < before.size() ? before.get(i).text() : "";
  }

  /** The token just before the cut. */
  String last() {
    return word(size() - 1);
  }

  boolean has(int from, String word) {
    return before.subList(Math.min(from, size()), size()).stream().anyMatch(p -> p.is(word));
  }

  /** What stands right after the newest {@code word} since {@code from}. */
  Optional<String> after(int from, String word) {
    for (int i = size() - 2; i >= from; i--) {
      if (word(i).equals(word)) {
        return Optional.of(word(i + 1));
      }
    }
    return Optional.empty();
  }

  /** The names since {@code from}, as far as commas and the like join them. */
  Set<String> names(int from) {
    Set<String> out = new LinkedHashSet<>();
    before.subList(Math.min(from, size()), size()).stream()
        .filter(Piece::isName)
        .forEach(p -> out.add(p.text()));
    return out;
  }

  /** The rule of that name that is being read, the innermost. */
  static Optional<Rule> rule(Continuation c, String name) {
    int steps = c.steps(name);
    return steps < 0 ? Optional.empty() : Optional.of(c.above(steps));
  }

  /** The statement's rule: {@code data}, {@code pipeline}, {@code chart}. */
  static Rule statement(Continuation c) {
    int steps = c.steps("statement");
    return steps <= 0 ? new Rule("", 0) : c.above(steps - 1);
  }

  /** The verb of the action at the cut. */
  String verb(Continuation c) {
    return rule(c, "action").map(r -> word(r.start())).orElse("");
  }

  // ---- settings

  /** What takes the settings at the cut, the most special first. */
  List<Entry> takers(Continuation c) {
    int steps = c.steps("settings");
    Rule owner = c.above(steps + 1);
    return switch (owner.name()) {
      case "trainClause" -> takersOfAction(c);
      case "dataClause" -> dataTaker(c);
      case "model" -> modelTaker(owner.start());
      case "chart" -> {
        List<Entry> all = new ArrayList<>(settings("chart"));
        yield all;
      }
      case "set", "compare", "sweep", "report", "export" -> settings(owner.name());
      case "compress" -> {
        List<Entry> both = new ArrayList<>(settings("compress"));
        both.addAll(settings("training"));
        yield both;
      }
      default -> List.of();
    };
  }

  private static List<Entry> settings(String name) {
    return CATALOG.find(Kind.SETTINGS, name).map(List::of).orElse(List.of());
  }

  private List<Entry> takersOfAction(Continuation c) {
    int start = rule(c, "action").map(Rule::start).orElse(0);
    List<Entry> out = new ArrayList<>();
    switch (word(start)) {
      case "train", "finetune" -> out.addAll(settings("training"));
      case "distill" -> {
        method(start, Kind.DISTILLATION, "soft-targets").ifPresent(out::add);
        out.addAll(settings("training"));
      }
      case "prune" -> {
        method(start, Kind.CRITERION, "magnitude").ifPresent(out::add);
        if (has(start, "channels") || has(start, "to")) {
          out.addAll(settings("channels"));
        }
        if (roundsTrain(start)) {
          out.addAll(settings("training"));
        }
      }
      case "quantize" -> method(start, Kind.QUANTIZATION, "static").ifPresent(out::add);
      default -> {}
    }
    return out;
  }

  private Optional<Entry> method(int start, Kind kind, String preset) {
    return CATALOG.find(kind, after(start, "by").orElse(preset));
  }

  /** Whether it says {@code in 5 rounds of 2 epochs}. */
  private boolean roundsTrain(int start) {
    for (int i = start; i < size(); i++) {
      if (word(i).equals("in")) {
        return has(i, "of");
      }
    }
    return false;
  }

  private List<Entry> dataTaker(Continuation c) {
    int start = rule(c, "data").map(Rule::start).orElse(0);
    int from = start + 2;
    String word = word(from + 1);
    if (word.startsWith("\"")) {
      try {
        return FileFormat.guess(Path.of(word.substring(1, word.length() - 1)))
            .flatMap(name -> CATALOG.find(Kind.FORMAT, name))
            .map(List::of)
            .orElse(List.of());
      } catch (InvalidPathException e) {
        return List.of();
      }
    }
    boolean file = word(from + 2).startsWith("\"");
    return CATALOG.find(file ? Kind.FORMAT : Kind.DATA, word).map(List::of).orElse(List.of());
  }

  private List<Entry> modelTaker(int start) {
    if (word(start + 2).equals("from")) {
      return word(start + 3).equals("torchscript") ? List.of() : settings("model");
    }
    return CATALOG.find(Kind.ARCHITECTURE, word(start + 3)).map(List::of).orElse(List.of());
  }

  /** How a setting of training is written elsewhere in a sentence. */
  boolean isHidden(Entry taker, Parameter p) {
    return taker.name().equals("training")
        && p.name().equals("epochs")
        && !word(0).equals("compress");
  }

  /**
   * The names that a sweep or a recipe gives inside itself: what it sweeps and its parameters, with
   * {@code $}, and what its sentences make, without.
   */
  Set<String> inside() {
    Set<String> out = new LinkedHashSet<>();
    boolean sweep = word(0).equals("sweep");
    if (!sweep && !word(0).equals("recipe")) {
      return out;
    }
    Set<String> axes = new LinkedHashSet<>();
    for (int i = 1; i < size(); i++) {
      if (sweep && word(i).equals("over")) {
        axes.add("$" + word(i - 1));
      } else if (sweep && word(i).equals("{")) {
        out.addAll(axes);
      } else if (sweep && (word(i - 1).equals("as") || word(i - 1).equals("model"))) {
        out.add(word(i));
      } else if (!sweep && word(i).equals("is")) {
        break;
      } else if (!sweep && word(i).startsWith("$")) {
        out.add(word(i));
      }
    }
    return out;
  }

  /** The names among the values that a sweep of this sentence gives a name. */
  Set<String> swept(String name) {
    Set<String> out = new LinkedHashSet<>();
    for (int i = 2; i < size(); i++) {
      if (word(i).equals("over") && word(i - 1).equals(name)) {
        for (int j = i + 1; j < size() && !word(j).equals("{"); j++) {
          out.add(word(j));
        }
      }
    }
    return out;
  }

  /** The settings that are given already. */
  Set<String> given(Continuation c) {
    int start = rule(c, "settings").map(Rule::start).orElse(size());
    Set<String> out = new LinkedHashSet<>();
    int depth = 0;
    boolean first = true;
    for (int i = start; i < size(); i++) {
      String word = word(i);
      if (word.equals("(") || word.equals("[")) {
        depth++;
      } else if (word.equals(")") || word.equals("]")) {
        depth--;
      }
      if (first && depth == 0) {
        out.add(word);
      }
      first = word.equals(",") && depth == 0;
    }
    return out;
  }

  // ---- values

  /** What the value at the cut is for: a setting, or an argument of a word. */
  Optional<Parameter> parameter(Continuation c) {
    for (int i = 0; i < c.rules().size(); i++) {
      Rule rule = c.above(i);
      if (rule.is("setting")) {
        String name = word(rule.start());
        return takers(c).stream().flatMap(t -> t.parameter(name).stream()).findFirst();
      }
      if (rule.is("argument")) {
        return argument(c, i);
      }
    }
    return Optional.empty();
  }

  private Optional<Parameter> argument(Continuation c, int steps) {
    Rule argument = c.above(steps);
    Optional<Entry> entry = entry(c, steps + 1);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    // A name and then a value, unless the value itself is what starts here.
    if (argument.start() < size()) {
      Optional<Parameter> named = entry.get().parameter(word(argument.start()));
      if (named.isPresent() && !word(argument.start() + 1).equals("(")) {
        return named;
      }
    }
    Optional<Parameter> rest =
        entry.get().parameters().stream().filter(Parameter::rest).findFirst();
    if (rest.isPresent()) {
      return rest;
    }
    Set<String> given = given(c.above(steps + 1).start() + 2, argument.start());
    int position = position(c.above(steps + 1).start() + 2, argument.start());
    List<Parameter> open =
        entry.get().parameters().stream().filter(p -> !given.contains(p.name())).toList();
    return position < open.size() ? Optional.of(open.get(position)) : Optional.empty();
  }

  /** The arguments before the one at the cut that have names. */
  Set<String> given(int from, int to) {
    Set<String> out = new LinkedHashSet<>();
    for (List<Piece> argument : arguments(from, to)) {
      if (argument.size() > 1 && argument.get(0).isName() && !argument.get(1).is("(")) {
        out.add(argument.get(0).text());
      }
    }
    return out;
  }

  private int position(int from, int to) {
    return (int)
        arguments(from, to).stream()
            .filter(a -> a.size() < 2 || !a.get(0).isName() || a.get(1).is("("))
            .count();
  }

  private List<List<Piece>> arguments(int from, int to) {
    List<List<Piece>> out = new ArrayList<>();
    List<Piece> current = new ArrayList<>();
    int depth = 0;
    for (int i = from; i < Math.min(to, size()); i++) {
      Piece p = before.get(i);
      if (p.is("(") || p.is("[")) {
        depth++;
      } else if (p.is(")") || p.is("]")) {
        depth--;
      }
      if (depth == 0 && p.is(",")) {
        out.add(current);
        current = new ArrayList<>();
      } else {
        current.add(p);
      }
    }
    if (!current.isEmpty()) {
      out.add(current);
    }
    return out;
  }

  /** The catalog's word of the call that many rules above the innermost. */
  Optional<Entry> entry(Continuation c, int steps) {
    Rule call = c.above(steps);
    String name = word(call.start());
    return kinds(c, steps).stream().flatMap(k -> CATALOG.find(k, name).stream()).findFirst();
  }

  /** What kinds of word the call that many rules above the innermost may be. */
  List<Kind> kinds(Continuation c, int steps) {
    Rule owner = c.above(steps + 1);
    return switch (owner.name()) {
      case "dataSource" -> List.of(Kind.DATA);
      case "dataClause" -> List.of(Kind.AUGMENTATION);
      case "model", "subject" -> List.of(Kind.ARCHITECTURE);
      case "layer" -> List.of(Kind.LAYER);
      case "target" -> List.of(Kind.DEVICE);
      case "method" -> List.of(methods(verb(c)));
      case "value" -> kindsOfValue(c, steps + 1);
      default -> List.of();
    };
  }

  private List<Kind> kindsOfValue(Continuation c, int steps) {
    int i = steps;
    while (c.above(i).is("value")) {
      i++;
    }
    Rule owner = c.above(i);
    if (owner.is("let")) {
      // A value may stand wherever a `$` name may.
      return List.of(
          Kind.ARCHITECTURE,
          Kind.OPTIMIZER,
          Kind.SCHEDULE,
          Kind.DISTILLATION,
          Kind.CRITERION,
          Kind.QUANTIZATION);
    }
    Optional<Parameter> parameter = Optional.empty();
    if (owner.is("setting")) {
      String name = word(owner.start());
      parameter = takers(c).stream().flatMap(t -> t.parameter(name).stream()).findFirst();
    } else if (owner.is("argument")) {
      parameter = argument(c, i);
    }
    return parameter.map(Parameter::kinds).orElse(List.of());
  }

  static Kind methods(String verb) {
    return switch (verb) {
      case "distill" -> Kind.DISTILLATION;
      case "quantize" -> Kind.QUANTIZATION;
      default -> Kind.CRITERION;
    };
  }
}
