package dev.espalier.kernel.cli;

import dev.espalier.dsl.Checked;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Scope;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import java.util.List;

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
        Checked checked =
            Espalier.check(ScriptFile.read(file), Scope.empty(Environment.standard()));
        for (Diagnostic diagnostic : checked.diagnostics()) {
          Messages.show(terminal, diagnostic);
        }
        long mistakes = checked.diagnostics().stream().filter(Diagnostic::isError).count();
        if (mistakes > 0) {
          terminal
              .err()
              .println(file + ": " + mistakes + (mistakes == 1 ? " mistake" : " mistakes"));
          exit = 2;
        } else {
          int steps = checked.steps().size();
          terminal.out().println(file + ": right, " + steps + (steps == 1 ? " step" : " steps"));
        }
      } catch (EspalierException e) {
        Messages.show(terminal, e);
        exit = 2;
      }
    }
    return exit;
  }
}
