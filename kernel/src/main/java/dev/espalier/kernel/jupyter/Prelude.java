package dev.espalier.kernel.jupyter;

import java.util.List;
import java.util.stream.Collectors;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;

/**
 * What every Java cell has imported.
 *
 * <p>JShell compiles several times for each import that it is given, and compiles slowly while it
 * starts. It takes several imports at once, as one snippet under the name of the first; that it
 * does is not promised, and is tried here: where it does not, they are given one by one.
 */
final class Prelude {
  /** First what nobody would import again: an import of the same name takes the whole's place. */
  private static final List<String> IMPORTS =
      List.of(
          "static " + Notebook.class.getName() + ".*",
          Notebook.class.getName(),
          "java.io.*",
          "java.math.*",
          "java.net.*",
          "java.nio.file.*",
          "java.util.*",
          "java.util.concurrent.*",
          "java.util.function.*",
          "java.util.regex.*",
          "java.util.stream.*",
          "dev.espalier.engine.Model",
          "dev.espalier.engine.architecture.*",
          "dev.espalier.engine.data.*",
          "dev.espalier.engine.graph.*",
          "dev.espalier.engine.run.*");

  /** Compiles only with the first import, one in the middle and the last. */
  private static final String TRIAL =
      "if (List.of(Notebook.class, Runner.class).isEmpty()) { display(0); }";

  private final JShell shell;
  private Snippet whole;

  /** Imports it all. */
  Prelude(JShell shell) {
    this.shell = shell;
    together();
    // Loads besides what the first cell would wait for.
    List<SnippetEvent> tried = shell.eval(TRIAL);
    boolean known = tried.stream().allMatch(e -> e.status() == Snippet.Status.VALID);
    tried.stream().filter(e -> e.status().isActive()).forEach(e -> shell.drop(e.snippet()));
    if (!known) {
      if (whole != null && shell.status(whole).isActive()) {
        shell.drop(whole);
      }
      whole = null;
      IMPORTS.forEach(name -> shell.eval(statement(name)));
    }
  }

  /** Imports it all again when a cell's own import took its place. */
  void stand() {
    if (whole != null && !shell.status(whole).isActive()) {
      together();
    }
  }

  private void together() {
    List<SnippetEvent> events =
        shell.eval(IMPORTS.stream().map(Prelude::statement).collect(Collectors.joining("\n")));
    whole = events.isEmpty() ? null : events.get(0).snippet();
  }

  private static String statement(String name) {
    return "import " + name + ";";
  }
}
