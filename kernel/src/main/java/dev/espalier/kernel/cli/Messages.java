package dev.espalier.kernel.cli;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.engine.EspalierException;
import dev.espalier.kernel.cli.Terminal.Colour;
import java.util.stream.Collectors;

/** Mistakes and failures on the terminal. */
final class Messages {
  private Messages() {}

  /** A mistake with its line and carets; the carets in red where that is possible. */
  static void show(Terminal terminal, Diagnostic diagnostic) {
    String text = dev.espalier.dsl.Messages.format(diagnostic);
    String place = diagnostic.source().name() + ":" + diagnostic.line() + ": ";
    String shown =
        text.lines()
            .map(line -> isCarets(line) ? terminal.coloured(Colour.RED, line) : line)
            .collect(Collectors.joining("\n"));
    terminal.err().println(terminal.coloured(Colour.BOLD, place) + shown);
    terminal.err().println();
  }

  /** A refusal or a failure; the text names what, where, why and what to do. */
  static void show(Terminal terminal, RuntimeException failure) {
    String text =
        failure instanceof EspalierException
            ? failure.getMessage()
            : "something went wrong inside Espalier: " + failure;
    String[] parts = text.split("\n", 2);
    terminal.err().println(terminal.coloured(Colour.RED, parts[0]));
    if (parts.length > 1) {
      terminal.err().println(parts[1]);
    }
  }

  private static boolean isCarets(String line) {
    return line.strip().startsWith("| ") && line.contains("^") && line.indexOf('|') >= 2;
  }
}
