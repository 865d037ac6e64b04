package dev.espalier.kernel.session;

import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Value;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Values of {@code let} as Java knows them, and the other way round. */
final class LetValue {
  private static final Span NOWHERE = new Span(0, 0);
  private static final int LONGEST_LIST = 1000;

  private LetValue() {}

  /**
   * A number as Double (a percentage as a fraction), a text as String, a list as List; anything
   * with a unit, and words, as they would be written.
   */
  static Object toJava(Object value) {
    if (value instanceof Value.Quantity q) {
      if (q.unit().isPresent()) {
        return q.written();
      }
      return q.percent() ? q.number() / 100 : q.number();
    }
    if (value instanceof Value.Text text) {
      return text.text();
    }
    if (value instanceof Value.ListOf list) {
      return list.items().stream().map(LetValue::toJava).toList();
    }
    if (value instanceof Value.Call call && call.isName()) {
      return switch (call.name().text()) {
        case "yes" -> true;
        case "no" -> false;
        default -> call.name().text();
      };
    }
    return value;
  }

  /**
   * A finite number, a text, a truth value, or a list or array of them, as the language writes it;
   * empty for others.
   */
  static Optional<Value> ofJava(Object value) {
    if (value instanceof Number n && Double.isFinite(n.doubleValue())) {
      boolean whole = n.doubleValue() == n.longValue();
      String digits =
          whole
              ? Long.toString(n.longValue())
              : BigDecimal.valueOf(n.doubleValue()).toPlainString();
      return Optional.of(
          new Value.Quantity(digits, n.doubleValue(), false, Optional.empty(), NOWHERE));
    }
    if (value instanceof String text) {
      return Optional.of(new Value.Text(text, NOWHERE));
    }
    if (value instanceof Boolean flag) {
      return Optional.of(
          new Value.Call(new Name(flag ? "yes" : "no", NOWHERE), List.of(), false, NOWHERE));
    }
    if (value instanceof List<?> list) {
      return list.size() > LONGEST_LIST ? Optional.empty() : listOf(list);
    }
    if (value != null && value.getClass().isArray()) {
      int length = Array.getLength(value);
      return length > LONGEST_LIST
          ? Optional.empty()
          : listOf(IntStream.range(0, length).mapToObj(i -> Array.get(value, i)).toList());
    }
    return Optional.empty();
  }

  /** A flat list, as the language has them. */
  private static Optional<Value> listOf(List<?> list) {
    List<Value> items = new ArrayList<>();
    for (Object element : list) {
      Optional<Value> item = element instanceof List<?> ? Optional.empty() : ofJava(element);
      if (item.isEmpty() || item.get() instanceof Value.ListOf) {
        return Optional.empty();
      }
      items.add(item.get());
    }
    return Optional.of(new Value.ListOf(items, NOWHERE));
  }
}
