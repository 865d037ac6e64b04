package dev.espalier.kernel.cli;

import dev.espalier.dsl.Checked;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import java.util.List;
import java.util.Optional;

/** Checks programs without running them: loads no native library and touches no store. */
final class CheckFiles {
  private CheckFiles() {}

  /**
   * Checks each file on its own.
   *
   * @return 0 when all may run, else 2
   */
  static int check(List<String> files, Terminal terminal) {
    int exit = 0;
    for (String file : files) {
      try {
        Optional<Checked> checked = checked(ScriptFile.read(file), terminal);
        if (checked.isEmpty()) {
          exit = 2;
        } else {
          int steps = checked.get().steps().size();
          terminal.out().println(file + ": right, " + steps + (steps == 1 ? " step" : " steps"));
        }
      } catch (EspalierException e) {
        Messages.show(terminal, e);
        exit = 2;
      }
    }
    return exit;
  }

  /** The program, its mistakes and warnings shown; empty when a mistake keeps it from running. */
  static Optional<Checked> checked(Source source, Terminal terminal) {
    return checked(source, Environment.standard(), terminal);
  }

  /** The same, checked with another environment. */
  static Optional<Checked> checked(Source source, Environment environment, Terminal terminal) {
    Checked checked = Espalier.check(source, Scope.empty(environment));
    for (Diagnostic diagnostic : checked.diagnostics()) {
      Messages.show(terminal, diagnostic);
    }
    long mistakes = checked.diagnostics().stream().filter(Diagnostic::isError).count();
    if (mistakes > 0) {
      terminal
          .err()
          .println(source.name() + ": " + mistakes + (mistakes == 1 ? " mistake" : " mistakes"));
    }
    return checked.ok() ? Optional.of(checked) : Optional.empty();
  }
}
