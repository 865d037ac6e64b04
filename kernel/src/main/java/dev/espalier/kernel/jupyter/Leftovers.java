package dev.espalier.kernel.jupyter;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.VarSnippet;

/**
 * What cells leave in JShell that no later cell can name. JShell keeps every piece of code it was
 * ever given and looks at all of them when it compiles the next: a notebook that runs all day would
 * get slower and larger with each cell.
 */
final class Leftovers {
  /** So many values of expressions can still be named, as {@code $7}. */
  private static final int NAMED_VALUES = 20;

  private final JShell shell;
  private final Consumer<String> forget;
  private final Deque<VarSnippet> values = new ArrayDeque<>();

  /**
   * @param forget lets go of the value of a variable that can no longer be named
   */
  Leftovers(JShell shell, Consumer<String> forget) {
    this.shell = shell;
    this.forget = forget;
  }

  /** Lets go of a piece once its outcome is known, unless it declared something. */
  void add(Snippet snippet) {
    if (snippet instanceof VarSnippet value
        && snippet.subKind() == Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND) {
      values.add(value);
      if (values.size() > NAMED_VALUES) {
        VarSnippet oldest = values.removeFirst();
        shell.drop(oldest);
        forget.accept(oldest.name());
      }
      return;
    }
    Snippet.Status status = shell.status(snippet);
    boolean declared =
        switch (snippet.kind()) {
          case STATEMENT, EXPRESSION, ERRONEOUS -> false;
          // What was rejected holds on to the compiler that rejected it.
          default -> status != Snippet.Status.REJECTED;
        };
    if (!declared && status != Snippet.Status.DROPPED) {
      shell.drop(snippet);
    }
  }
}
