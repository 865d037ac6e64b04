package dev.espalier.dsl.explain;

import java.util.List;

/**
 * A Java expression that can be broken over lines: {@code head(arguments)tail}, or {@code head}
 * alone when there is no argument list.
 */
record JavaCode(String head, List<JavaCode> arguments, boolean call, String tail) {
  private static final int WIDTH = 100;

  JavaCode {
    arguments = List.copyOf(arguments);
  }

  static JavaCode text(String text) {
    return new JavaCode(text, List.of(), false, "");
  }

  static JavaCode call(String head, List<JavaCode> arguments) {
    return new JavaCode(head, arguments, true, "");
  }

  static JavaCode call(String head, JavaCode... arguments) {
    return call(head, List.of(arguments));
  }

  /** The same with more behind it, such as a further call. */
  JavaCode then(String more) {
    return new JavaCode(head, arguments, call, tail + more);
  }

  private String flat() {
    return call
        ? head
            + "("
            + String.join(", ", arguments.stream().map(JavaCode::flat).toList())
            + ")"
            + tail
        : head + tail;
  }

  /** As lines; the first one goes on at {@code column}, later ones are indented deeper. */
  String text(int indentation, int column) {
    String flat = flat();
    if (!call || arguments.isEmpty() || column + flat.length() <= WIDTH) {
      return flat;
    }
    int inner = indentation + 4;
    String line = "\n" + " ".repeat(inner);
    return head
        + "("
        + line
        + String.join("," + line, arguments.stream().map(a -> a.text(inner, inner + 2)).toList())
        + ")"
        + tail;
  }
}
