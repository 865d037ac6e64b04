package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Setting;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns words with their arguments and settings into the catalog's records. */
final class WordMaker {
  /** How training is told how long: not as a setting. */
  static final String FOR_EPOCHS = "for … epochs";

  private static final int MOST_LISTED = 12;

  private final Program program;
  private final Catalog catalog;

  WordMaker(Program program, Catalog catalog) {
    this.program = program;
    this.catalog = catalog;
  }

  Catalog catalog() {
    return catalog;
  }

  /** The settings that a statement itself takes. */
  Entry settings(String name) {
    return catalog.find(Kind.SETTINGS, name).orElseThrow();
  }

  /** The word, or empty with the mistake reported. */
  Optional<Entry> entry(Kind kind, Name word) {
    Optional<Entry> entry = catalog.find(kind, word.text());
    if (entry.isEmpty()) {
      unknown(kind, word);
    }
    return entry;
  }

  void unknown(Kind kind, Name word) {
    if (Unbuilt.isWord(kind, word.text())) {
      Unbuilt.refuse(program, word.span(), word.text(), "there is: " + listed(names(kind)));
      return;
    }
    List<String> all = names(kind);
    Optional<String> near = Nearest.to(word.text(), all);
    String label;
    if (near.isPresent()) {
      List<String> others = all.stream().filter(n -> !n.equals(near.get())).toList();
      label =
          "did you mean `"
              + near.get()
              + "`?"
              + (others.isEmpty() ? "" : " (also: " + listed(others) + ")");
    } else {
      label = "there is: " + listed(all);
    }
    program.report(
        Code.E201,
        word.span(),
        "`" + word.text() + "` is not " + article(kind.words()),
        label,
        Edit.replace(word.span(), Nearest.clear(word.text(), all)));
  }

  static String article(String noun) {
    return ("aeiou".indexOf(noun.charAt(0)) >= 0 ? "an " : "a ") + noun;
  }

  List<String> names(Kind kind) {
    return catalog.all(kind).stream().map(Entry::name).toList();
  }

  static String listed(List<String> names) {
    return names.size() <= MOST_LISTED
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, MOST_LISTED)) + " …";
  }

  /** The record that a call stands for. */
  Optional<Record> make(Kind kind, Value.Call call) {
    return entry(kind, call.name()).flatMap(e -> make(e, call, Map.of()));
  }

  /** The record of a word with its arguments and with settings given elsewhere. */
  Optional<Record> make(Entry entry, Value.Call call, Map<String, Object> settings) {
    int before = program.failures();
    Map<String, Object> values = new LinkedHashMap<>(settings);
    List<Parameter> open = new ArrayList<>(entry.parameters());
    Optional<Parameter> rest = entry.parameters().stream().filter(Parameter::rest).findFirst();
    List<Value> collected = new ArrayList<>();
    for (Value.Argument argument : call.arguments()) {
      if (argument.name().isPresent()) {
        Name name = argument.name().get();
        Optional<Parameter> parameter = entry.parameter(name.text());
        if (parameter.isEmpty()) {
          noSetting(
              entry.name(), entry.parameters(), name, argument.span(), Optional.empty(), List.of());
          continue;
        }
        open.remove(parameter.get());
        put(values, parameter.get(), argument.value(), argument.span());
      } else if (rest.isPresent()) {
        collected.add(argument.value());
      } else {
        Optional<Parameter> next = open.stream().findFirst();
        if (next.isEmpty()) {
          program.report(
              Code.E210,
              argument.span(),
              entry.parameters().isEmpty()
                  ? "`" + entry.name() + "` takes nothing in brackets"
                  : "`" + entry.name() + "` takes " + count(entry.parameters().size()),
              entry.parameters().isEmpty() ? "" : "it takes: " + listedParameters(entry));
          continue;
        }
        open.remove(next.get());
        put(values, next.get(), argument.value(), argument.span());
      }
    }
    if (!collected.isEmpty()) {
      Span span = collected.get(0).span().to(collected.get(collected.size() - 1).span());
      put(values, rest.get(), new Value.ListOf(collected, span), span);
    }
    if (program.failures() > before) {
      return Optional.empty();
    }
    return finish(entry, values, call.span());
  }

  private static String count(int n) {
    return n == 1 ? "one thing" : "at most " + n + " things";
  }

  private static String listedParameters(Entry entry) {
    return String.join(", ", entry.parameters().stream().map(Parameter::name).toList());
  }

  /** The record from converted values, defaults filled in. */
  Optional<Record> finish(Entry entry, Map<String, Object> values, Span span) {
    for (Parameter p : entry.parameters()) {
      if (p.preset().isEmpty() && !values.containsKey(p.name()) && !p.rest()) {
        program.report(
            Code.E210,
            span,
            "`" + entry.name() + "` needs " + p.name(),
            p.doc() + (p.range().isEmpty() ? "" : ", " + p.range()));
        return Optional.empty();
      }
    }
    try {
      Map<String, Object> all = new LinkedHashMap<>(values);
      for (Parameter p : entry.parameters()) {
        if (p.rest() && p.preset().isEmpty()) {
          all.putIfAbsent(p.name(), List.of());
        }
      }
      return Optional.of(entry.make(all));
    } catch (EspalierException e) {
      program.report(Code.E210, span, e.what(), e.fix().isEmpty() ? e.why() : e.fix());
      return Optional.empty();
    }
  }

  private void put(Map<String, Object> values, Parameter parameter, Value value, Span span) {
    if (values.containsKey(parameter.name())) {
      program.report(
          Code.E211, span, "`" + parameter.name() + "` is given twice", "remove one of them");
      return;
    }
    convert(parameter, value).ifPresent(v -> values.put(parameter.name(), v));
  }

  /**
   * Sorts settings to what takes them.
   *
   * @param verb the statement, for messages
   * @param takers what takes settings here, the most special first
   * @param hidden names of settings that are written otherwise, with how
   * @return for each taker its values by name
   */
  Map<Entry, Map<String, Object>> sort(
      List<Setting> settings, String verb, List<Entry> takers, Map<String, String> hidden) {
    Map<Entry, Map<String, Object>> out = new LinkedHashMap<>();
    takers.forEach(t -> out.put(t, new LinkedHashMap<>()));
    for (Setting setting : settings) {
      String name = setting.name().text();
      if (hidden.containsKey(name)) {
        program.report(
            Code.E203,
            setting.span(),
            "`" + verb + "` has no setting `" + name + "`",
            "",
            hidden.get(name).replace("…", written(setting.value())),
            hidden.get(name).equals(FOR_EPOCHS) ? forEpochs(settings, setting) : List.of());
        continue;
      }
      Optional<Entry> taker =
          takers.stream().filter(t -> t.parameter(name).isPresent()).findFirst();
      if (taker.isEmpty()) {
        unknownSetting(settings, setting, verb, takers, hidden);
        continue;
      }
      put(
          out.get(taker.get()),
          taker.get().parameter(name).orElseThrow(),
          setting.value(),
          setting.span());
    }
    return out;
  }

  /** Takes the epochs out of the settings and says them with {@code for}. */
  private List<Edit> forEpochs(List<Setting> settings, Setting epochs) {
    Span first = settings.get(0).span();
    int with = program.source().text().lastIndexOf("with", first.start());
    boolean number =
        epochs.value() instanceof Value.Quantity q && q.unit().isEmpty() && !q.percent();
    if (!number || with < 0 || settings.indexOf(epochs) != settings.lastIndexOf(epochs)) {
      return List.of();
    }
    String words = FOR_EPOCHS.replace("…", written(epochs.value()));
    if (settings.size() == 1) {
      return List.of(new Edit(new Span(with, first.end()), words));
    }
    if (settings.get(0) == epochs) {
      Span rest = new Span(with, settings.get(1).span().start());
      return List.of(new Edit(rest, words + " with "));
    }
    return List.of(Edit.insert(with, words + " "), program.removalFromList(epochs.span()));
  }

  private String written(Value value) {
    return program.words(value.span());
  }

  private void unknownSetting(
      List<Setting> settings,
      Setting setting,
      String verb,
      List<Entry> takers,
      Map<String, String> hidden) {
    String name = setting.name().text();
    Entry first = takers.get(0);
    boolean method = first.kind() != Kind.SETTINGS;
    List<Parameter> all = new ArrayList<>();
    for (Entry taker : takers) {
      taker.parameters().stream().filter(p -> !hidden.containsKey(p.name())).forEach(all::add);
    }
    Optional<String> fix = Optional.empty();
    if (method) {
      fix =
          catalog.all(first.kind()).stream()
              .filter(e -> e.parameter(name).isPresent())
              .findFirst()
              .map(e -> "by " + e.name() + " with " + program.words(setting.span()));
    }
    boolean trains = takers.stream().anyMatch(t -> t.name().equals("training"));
    if (fix.isEmpty() && trains) {
      String asked = name.equals("learning-rate") || name.equals("rate") ? "lr" : name;
      fix =
          catalog.all(Kind.OPTIMIZER).stream()
              .filter(e -> e.parameter(asked).isPresent())
              .findFirst()
              .map(
                  e ->
                      "optimizer "
                          + (asked.equals("lr") ? "adam" : e.name())
                          + "("
                          + asked
                          + " "
                          + written(setting.value())
                          + ")");
    }
    boolean replaces = fix.isPresent() && fix.get().startsWith("optimizer ");
    boolean chosen = settings.stream().anyMatch(s -> s.name().text().equals("optimizer"));
    noSetting(
        method ? first.name() : verb,
        all,
        setting.name(),
        setting.span(),
        fix,
        replaces && !chosen ? Edit.replace(setting.span(), fix) : List.of());
  }

  private void noSetting(
      String owner,
      List<Parameter> parameters,
      Name name,
      Span span,
      Optional<String> fix,
      List<Edit> edits) {
    List<String> names = parameters.stream().map(Parameter::name).toList();
    String takes =
        names.isEmpty() ? owner + " takes no settings" : owner + " takes: " + listed(names);
    String label =
        Nearest.to(name.text(), names).map(n -> "did you mean `" + n + "`? ").orElse("") + takes;
    String title = "`" + owner + "` has no setting `" + name.text() + "`";
    if (fix.isPresent()) {
      program.report(Code.E203, span, title, label, fix.get(), edits);
    } else {
      program.report(
          Code.E203,
          span,
          title,
          label,
          Edit.replace(name.span(), Nearest.clear(name.text(), names)));
    }
  }

  /** The value as the record wants it; empty with the mistake reported. */
  Optional<Object> convert(Parameter p, Value given) {
    Optional<Value> resolved = program.resolve(given);
    if (resolved.isEmpty()) {
      return Optional.empty();
    }
    Value value = resolved.get();
    Optional<Object> plain =
        switch (p.type()) {
          case INTEGER, REAL, FRACTION -> number(p, value).map(n -> (Object) n);
          case FLAG -> flag(p, value);
          case TEXT -> text(p, value);
          case CHOICE -> choice(p, value);
          case INTEGERS, REALS -> numbers(p, value);
          case WORD -> word(p, value);
        };
    if (plain.isEmpty()) {
      return plain;
    }
    try {
      return Optional.of(p.checked(plain.get()));
    } catch (EspalierException | ArithmeticException e) {
      program.report(
          Code.E304,
          value.span(),
          "`" + p.name() + "` cannot be " + shape(value),
          p.range().isEmpty() ? p.doc() : "give a value " + p.range());
      return Optional.empty();
    }
  }

  private static String shape(Value value) {
    return value instanceof Value.Quantity q ? q.written() : Amounts.shape(value);
  }

  /**
   * Reports a value of another kind.
   *
   * @param meant the value as it would be right; empty when that cannot be known
   */
  private Optional<Object> wrong(Parameter p, Value value, String meant) {
    String title = "`" + p.name() + "` takes " + p.type().words() + ", not " + Amounts.shape(value);
    if (meant.isEmpty()) {
      program.report(Code.E305, value.span(), title, p.doc());
    } else {
      program.report(Code.E305, value.span(), title, "", fix(p, value, meant), edit(value, meant));
    }
    return Optional.empty();
  }

  /** The value, with the name before it where the program wrote that too. */
  private String fix(Parameter p, Value value, String meant) {
    String before = program.source().text().substring(0, value.span().start()).stripTrailing();
    return before.endsWith(p.name()) ? p.name() + " " + meant : meant;
  }

  private List<Edit> edit(Value value, String meant) {
    return program.isWritten(value.span()) ? List.of(new Edit(value.span(), meant)) : List.of();
  }

  private Optional<Number> number(Parameter p, Value value) {
    if (!(value instanceof Value.Quantity q)) {
      wrong(p, value, "");
      return Optional.empty();
    }
    boolean fraction = p.type() == Parameter.Type.FRACTION;
    if (q.percent() && !fraction) {
      wrong(
          p, value, p.type() == Parameter.Type.REAL ? Amounts.plain(q.number() / 100) : q.digits());
      return Optional.empty();
    }
    if (q.unit().isPresent() && !fits(p, q.unit().get())) {
      boolean known = Unit.of(q.unit().get().text()).isPresent();
      program.report(
          known ? Code.E302 : Code.E307,
          q.unit().get().span(),
          known
              ? "`" + p.name() + "` is not measured in " + q.unit().get().text()
              : "unknown unit `" + q.unit().get().text() + "`",
          "",
          fix(p, value, q.digits()),
          edit(value, q.digits()));
      return Optional.empty();
    }
    if (p.type() == Parameter.Type.INTEGER) {
      String digits = q.digits().replace("_", "");
      if (digits.length() <= 18 && digits.chars().allMatch(c -> c == '-' || Character.isDigit(c))) {
        return Optional.of(Long.parseLong(digits));
      }
      if (q.number() != Math.rint(q.number())) {
        wrong(p, value, "");
        return Optional.empty();
      }
      if (Math.abs(q.number()) > 9e15) {
        program.report(
            Code.E304, value.span(), "`" + p.name() + "` cannot be " + q.written(), "too large");
        return Optional.empty();
      }
    }
    if (Double.isInfinite(q.number())) {
      program.report(Code.E304, value.span(), "this number is too large", "too large");
      return Optional.empty();
    }
    return Optional.of(q.fraction());
  }

  private static boolean fits(Parameter p, Name unit) {
    if (p.unit().isEmpty()) {
      return false;
    }
    return unit.text().equals(p.unit())
        || unit.text().equals(p.unit() + "s")
        || p.unit().equals(unit.text() + "s");
  }

  private Optional<Object> flag(Parameter p, Value value) {
    if (value instanceof Value.Call call && call.isName()) {
      switch (call.name().text()) {
        case "yes" -> {
          return Optional.of(true);
        }
        case "no" -> {
          return Optional.of(false);
        }
        case "true", "on" -> {
          return wrong(p, value, "yes");
        }
        case "false", "off" -> {
          return wrong(p, value, "no");
        }
        default -> {}
      }
    }
    return wrong(p, value, "");
  }

  private Optional<Object> text(Parameter p, Value value) {
    if (value instanceof Value.Text text) {
      return Optional.of(text.text());
    }
    return wrong(
        p,
        value,
        value instanceof Value.Call call && call.isName() ? "\"" + call.name().text() + "\"" : "");
  }

  private Optional<Object> choice(Parameter p, Value value) {
    if (!(value instanceof Value.Call call) || !call.isName()) {
      return wrong(p, value, "");
    }
    String word = call.name().text();
    if (p.choices().contains(word)) {
      return Optional.of(word);
    }
    if (p.name().equals("device")) {
      Unbuilt.refuse(program, value.span(), "device " + word, "there is: " + listed(p.choices()));
      return Optional.empty();
    }
    program.report(
        Code.E305,
        value.span(),
        "`" + p.name() + "` cannot be `" + word + "`",
        Nearest.to(word, p.choices()).map(n -> "did you mean `" + n + "`? ").orElse("")
            + "it is one of: "
            + listed(p.choices()),
        Edit.replace(value.span(), Nearest.clear(word, p.choices())));
    return Optional.empty();
  }

  private Optional<Object> numbers(Parameter p, Value value) {
    List<Value> items = new ArrayList<>();
    for (Value item : value instanceof Value.ListOf list ? flat(list) : List.of(value)) {
      items.addAll(p.unit().equals(Parameter.BY) ? joined(item) : List.of(item));
    }
    List<Object> out = new ArrayList<>();
    for (Value item : items) {
      if (!(item instanceof Value.Quantity q)) {
        return wrong(p, item, "");
      }
      if (q.percent() || q.unit().isPresent() && !fits(p, q.unit().get())) {
        return wrong(p, item, q.digits());
      }
      if (p.type() == Parameter.Type.INTEGERS && q.number() != Math.rint(q.number())) {
        return wrong(p, item, "");
      }
      out.add(q.number());
    }
    for (int i = 0; i < out.size(); i++) {
      try {
        p.checked(List.of(out.get(i)));
      } catch (EspalierException | ArithmeticException e) {
        program.report(
            Code.E304,
            items.get(i).span(),
            "`" + p.name() + "` cannot be " + shape(items.get(i)),
            p.range().isEmpty() ? p.doc() : "give values " + p.range());
        return Optional.empty();
      }
    }
    return Optional.of(out);
  }

  /** {@code 3x224x224}, which reads as 3 of the unit {@code x224x224}, as its three numbers. */
  private static List<Value> joined(Value value) {
    if (!(value instanceof Value.Quantity q)
        || q.unit().isEmpty()
        || !q.unit().get().text().matches("(x\\d{1,9}){1,15}")) {
      return List.of(value);
    }
    List<Value> out = new ArrayList<>();
    for (String digits : (q.digits() + q.unit().get().text()).split("x")) {
      out.add(
          new Value.Quantity(
              digits,
              Double.parseDouble(digits.replace("_", "")),
              false,
              Optional.empty(),
              value.span()));
    }
    return out;
  }

  /** A list given where single values may stand: {@code mlp([30, 30])}. */
  private static List<Value> flat(Value.ListOf list) {
    return list.items().size() == 1 && list.items().get(0) instanceof Value.ListOf inner
        ? inner.items()
        : list.items();
  }

  private Optional<Object> word(Parameter p, Value value) {
    if (!(value instanceof Value.Call call)) {
      return wrong(p, value, "");
    }
    for (Kind kind : p.kinds()) {
      Optional<Entry> entry = catalog.find(kind, call.name().text());
      if (entry.isPresent()) {
        return make(entry.get(), call, Map.of()).map(r -> (Object) r);
      }
    }
    unknown(p.kinds().get(0), call.name());
    return Optional.empty();
  }
}
