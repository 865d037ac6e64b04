package dev.espalier.dsl.explain;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Example;
import dev.espalier.dsl.Messages;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.engine.Environment;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The long form of a message's code: why it is a mistake, one that is made and its mending. */
public final class CodeText {
  private static final int WIDTH = 88;
  private static final String MARGIN = "    ";

  private CodeText() {}

  /** One code, several paragraphs, with a newline at the end. */
  public static String of(Code code) {
    StringBuilder out = new StringBuilder();
    out.append(code.name()).append(' ').append(code.summary()).append("\n\n");
    out.append(wrapped(code.explanation())).append('\n');
    Example.of(code)
        .ifPresent(
            example -> {
              out.append("\nwrong\n").append(indented(example.wrong()));
              said(code, example).ifPresent(s -> out.append("\nsays\n").append(indented(s)));
              out.append("\nright\n").append(indented(example.right()));
            });
    return out.toString();
  }

  /** All codes with their one clause, a line each. */
  public static String list() {
    StringBuilder out = new StringBuilder();
    for (Code code : Code.values()) {
      out.append(code.name()).append("  ").append(code.summary()).append('\n');
    }
    return out.toString();
  }

  /** What a check says of the wrong program; empty where that depends on a file. */
  private static Optional<String> said(Code code, Example example) {
    List<Diagnostic> found =
        Espalier.check(
                new Source("example", example.wrong(), Optional.empty()),
                Scope.empty(Environment.standard()))
            .diagnostics();
    boolean only = !found.isEmpty() && found.stream().allMatch(d -> d.code().equals(code.name()));
    return only ? Optional.of(Messages.format(found)) : Optional.empty();
  }

  private static String indented(String text) {
    return text.lines()
        .map(line -> line.isBlank() ? "\n" : MARGIN + line + "\n")
        .collect(Collectors.joining());
  }

  private static String wrapped(String text) {
    StringBuilder out = new StringBuilder();
    int column = 0;
    for (String word : text.split(" ")) {
      if (column > 0 && column + 1 + word.length() > WIDTH) {
        out.append('\n');
        column = 0;
      } else if (column > 0) {
        out.append(' ');
        column++;
      }
      out.append(word);
      column += word.length();
    }
    return out.toString();
  }
}
