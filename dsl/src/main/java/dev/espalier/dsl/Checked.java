package dev.espalier.dsl;

import java.util.List;

/**
 * A program after checking.
 *
 * @param diagnostics in the order of the text; the program may run only without errors
 * @param steps what to do; empty when there are errors
 * @param scope the names known after it, for the next cell; unchanged when there are errors
 */
public record Checked(List<Diagnostic> diagnostics, List<Step> steps, Scope scope) {
  public Checked {
    diagnostics = List.copyOf(diagnostics);
    steps = List.copyOf(steps);
  }

  public boolean ok() {
    return diagnostics.stream().noneMatch(Diagnostic::isError);
  }
}
