package dev.espalier.dsl;

import dev.espalier.engine.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Checks one program in a process of its own; see {@link CheckAloneTest}. */
final class CheckAlone {
  private CheckAlone() {}

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    Checked checked =
        Espalier.check(
            new Source("program", Files.readString(file), Optional.of(file)),
            Scope.empty(Environment.standard()));
    System.out.println(Messages.format(checked.diagnostics()));
  }
}
