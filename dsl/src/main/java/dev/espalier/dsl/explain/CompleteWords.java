package dev.espalier.dsl.explain;

import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Setting;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Words with everything that they take, given or not. */
final class CompleteWords {
  static final Span NOWHERE = new Span(0, 0);

  private final Catalog catalog = Catalog.standard();
  private final Function<String, Optional<Value>> lets;

  /**
   * @param lets the value that a {@code $name} stands for
   */
  CompleteWords(Function<String, Optional<Value>> lets) {
    this.lets = lets;
  }

  Optional<Entry> find(Kind kind, String word) {
    return catalog.find(kind, word);
  }

  Entry settings(String statement) {
    return catalog.find(Kind.SETTINGS, statement).orElseThrow();
  }

  static Name word(String text) {
    return new Name(text, NOWHERE);
  }

  static Value.Quantity number(long count, String unit) {
    return new Value.Quantity(Long.toString(count), count, false, Optional.of(word(unit)), NOWHERE);
  }

  static Value.Call plain(String word) {
    return new Value.Call(word(word), List.of(), false, NOWHERE);
  }

  /** The call that a method's place holds, behind a {@code $name} too. */
  Optional<Value.Call> call(Value value) {
    Value meant = value instanceof Value.Parameter p ? lets.apply(p.name()).orElse(value) : value;
    return meant instanceof Value.Call call ? Optional.of(call) : Optional.empty();
  }

  /** The names of what a call gives already. */
  Set<String> given(Entry entry, Value.Call call) {
    Set<String> given = new HashSet<>();
    List<Parameter> open = new ArrayList<>(entry.parameters());
    Optional<Parameter> rest = entry.parameters().stream().filter(Parameter::rest).findFirst();
    for (Value.Argument argument : call.arguments()) {
      Optional<Parameter> taken =
          argument.name().isPresent()
              ? entry.parameter(argument.name().get().text())
              : rest.or(() -> open.stream().findFirst());
      taken.ifPresent(
          p -> {
            given.add(p.name());
            open.remove(p);
          });
    }
    return given;
  }

  /** The call with an argument for everything that neither it nor {@code elsewhere} gives. */
  Value.Call complete(Entry entry, Value.Call call, Collection<String> elsewhere) {
    Value.Call inner = inside(entry, call);
    List<Value.Argument> arguments = new ArrayList<>(inner.arguments());
    Set<String> given = given(entry, call);
    given.addAll(elsewhere);
    for (Parameter p : entry.parameters()) {
      if (!given.contains(p.name()) && p.preset().isPresent()) {
        arguments.add(new Value.Argument(Optional.of(word(p.name())), preset(p)));
      }
    }
    return new Value.Call(
        call.name(), arguments, call.parenthesised() || !arguments.isEmpty(), call.span());
  }

  /** The call with the words among its arguments completed. */
  private Value.Call inside(Entry entry, Value.Call call) {
    List<Value.Argument> arguments = new ArrayList<>();
    List<Parameter> open = new ArrayList<>(entry.parameters());
    for (Value.Argument argument : call.arguments()) {
      Optional<Parameter> taken =
          argument.name().isPresent()
              ? entry.parameter(argument.name().get().text())
              : open.stream().findFirst();
      taken.ifPresent(open::remove);
      arguments.add(
          new Value.Argument(
              argument.name(),
              taken.map(p -> complete(p, argument.value())).orElse(argument.value())));
    }
    return new Value.Call(call.name(), arguments, call.parenthesised(), call.span());
  }

  /** A value with everything in it written out. */
  private Value complete(Parameter p, Value value) {
    if (p.type() != Parameter.Type.WORD) {
      return value;
    }
    Optional<Value.Call> call = call(value);
    Optional<Entry> entry = call.flatMap(c -> catalog.find(p.kinds(), c.name().text()));
    if (entry.isEmpty()) {
      return value;
    }
    Value.Call complete = complete(entry.get(), call.get(), List.of());
    return complete.arguments().size() == call.get().arguments().size()
            && value instanceof Value.Parameter
        ? value
        : complete;
  }

  /**
   * Settings with those that are missing behind them.
   *
   * @param takers what takes settings here
   * @param elsewhere names of settings that are given or written otherwise
   */
  List<Setting> complete(List<Setting> settings, List<Entry> takers, Collection<String> elsewhere) {
    List<Setting> out = new ArrayList<>();
    Set<String> given = new HashSet<>(elsewhere);
    for (Setting setting : settings) {
      String name = setting.name().text();
      given.add(name);
      Optional<Parameter> p = takers.stream().flatMap(t -> t.parameter(name).stream()).findFirst();
      out.add(
          new Setting(
              setting.name(), p.map(q -> complete(q, setting.value())).orElse(setting.value())));
    }
    for (Entry taker : takers) {
      for (Parameter p : taker.parameters()) {
        if (p.preset().isPresent() && given.add(p.name())) {
          out.add(new Setting(word(p.name()), preset(p)));
        }
      }
    }
    return out;
  }

  /** A default as it would be written. */
  private Value preset(Parameter p) {
    String text = p.preset().orElseThrow();
    return switch (p.type()) {
      case INTEGER, REAL, FRACTION -> quantity(text);
      case FLAG, CHOICE -> plain(text);
      case TEXT -> new Value.Text(text.equals("none") ? "" : text, NOWHERE);
      case INTEGERS, REALS -> {
        List<Value> items = new ArrayList<>();
        for (String item : text.equals("none") ? new String[0] : text.split("[ ,]+")) {
          items.add(quantity(item));
        }
        yield new Value.ListOf(items, NOWHERE);
      }
      case WORD -> complete(p, plain(text));
    };
  }

  private static Value.Quantity quantity(String text) {
    boolean percent = text.endsWith("%");
    String digits = percent ? text.substring(0, text.length() - 1) : text;
    return new Value.Quantity(
        digits, Double.parseDouble(digits), percent, Optional.empty(), NOWHERE);
  }
}
