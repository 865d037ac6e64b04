package dev.espalier.dsl.check;

import dev.espalier.dsl.syntax.Value;
import java.util.List;
import java.util.stream.Collectors;

/** Values as they would be written in a program. */
final class Written {
  private Written() {}

  static String of(Value value) {
    if (value instanceof Value.Quantity q) {
      return q.written();
    } else if (value instanceof Value.Text t) {
      return "\"" + t.text().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    } else if (value instanceof Value.ListOf list) {
      return list.items().stream().map(Written::of).collect(Collectors.joining(", ", "[", "]"));
    } else if (value instanceof Value.Parameter p) {
      return "$" + p.name();
    }
    if (value instanceof Value.Applied a) {
      return of(a.recipe()) + brackets(a.arguments());
    }
    Value.Call call = (Value.Call) value;
    return call.name().text() + (call.parenthesised() ? brackets(call.arguments()) : "");
  }

  private static String brackets(List<Value.Argument> arguments) {
    return arguments.stream()
        .map(a -> a.name().map(n -> n.text() + " ").orElse("") + of(a.value()))
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
