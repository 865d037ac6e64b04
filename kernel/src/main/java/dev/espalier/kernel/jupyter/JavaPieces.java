package dev.espalier.kernel.jupyter;

import dev.espalier.kernel.jupyter.JavaErrors.Mistake;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.JShell;
import jdk.jshell.MethodSnippet;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.TypeDeclSnippet;
import jdk.jshell.VarSnippet;

/**
 * Runs a cell's Java piece by piece, as JShell takes it: a statement, a declaration or an
 * expression each. Whoever calls holds the compiler's lock.
 */
final class JavaPieces {
  /** How much is compiled behind a mistake, only to find further ones. */
  private static final int MOST_MISTAKES = 20;

  private static final long CHECK_NANOS = 5_000_000_000L;

  private static final Pattern COMMAND = Pattern.compile("/([a-zA-Z!?][\\w-]*|!|\\?|-?\\d+)?.*");

  /** What users of JShell type, and what does the same here. */
  private static final Map<String, String> COMMANDS =
      Map.ofEntries(
          Map.entry("vars", "`%who` lists names"),
          Map.entry("methods", "`%who` lists names"),
          Map.entry("types", "`%who` lists names"),
          Map.entry("list", "`%who` lists names"),
          Map.entry("imports", "`%who` lists names"),
          Map.entry("open", "`%load FILE` runs a file"),
          Map.entry("env", "`%jars` and `%maven` add libraries"),
          Map.entry("help", "`%help` explains"),
          Map.entry("?", "`%help` explains"),
          Map.entry("exit", "the menu Kernel shuts it down"),
          Map.entry("reset", "the menu Kernel restarts it"),
          Map.entry("reload", "the menu Kernel restarts it"));

  private static final Pattern WORD = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*");

  private final JShell shell;
  private final CellControl control;
  private final JavaErrors errors;
  private final Leftovers leftovers;
  private int taken;

  JavaPieces(JShell shell, CellControl control, JavaErrors errors, Leftovers leftovers) {
    this.leftovers = leftovers;
    this.shell = shell;
    this.control = control;
    this.errors = errors;
  }

  /** How many pieces JShell was given since this was last asked. */
  int taken() {
    int since = taken;
    taken = 0;
    return since;
  }

  /** A stretch of code that JShell takes at once. */
  private record Piece(String source, int at, int end, boolean whole) {}

  /**
   * Runs code.
   *
   * @param firstLine of {@code code} in the cell, from 1
   * @return the last expression's value; empty when the last piece has none
   * @throws CellFailure when it does not compile, throws, or is stopped
   */
  Optional<JavaCells.Value> run(Request request, int number, String code, int firstLine)
      throws CellFailure {
    Optional<JavaCells.Value> last = Optional.empty();
    List<DeclarationSnippet> waiting = new ArrayList<>();
    for (Piece piece = next(code, 0); piece != null; piece = next(code, piece.end())) {
      if (request.stopped()) {
        throw CellFailure.interrupted("");
      }
      refuseCommand(piece);
      last = run(request, number, code, piece, firstLine, waiting);
    }
    for (DeclarationSnippet snippet : waiting) {
      if (shell.status(snippet) == Snippet.Status.RECOVERABLE_NOT_DEFINED) {
        System.err.println(
            what(snippet)
                + " can be used once "
                + JavaErrors.together(shell.unresolvedDependencies(snippet).toList())
                + " is declared");
      }
    }
    return last;
  }

  /** The piece at or behind a place; null when only blanks and comments are left. */
  private Piece next(String code, int from) {
    String rest = code.substring(from);
    if (rest.isBlank()) {
      return null;
    }
    CompletionInfo found = shell.sourceCodeAnalysis().analyzeCompletion(rest);
    if (found.completeness() == Completeness.EMPTY) {
      return null;
    }
    boolean whole =
        found.completeness() != Completeness.UNKNOWN
            && found.completeness() != Completeness.DEFINITELY_INCOMPLETE;
    String source = whole && found.source() != null ? found.source() : rest;
    String remaining = whole && found.remaining() != null ? found.remaining() : "";
    // The analysis may strip leading blanks, or add a semicolon.
    int at = from;
    while (at < code.length() && Character.isWhitespace(code.charAt(at))) {
      at++;
    }
    return new Piece(source.stripLeading(), at, code.length() - remaining.length(), whole);
  }

  private static void refuseCommand(Piece piece) throws CellFailure {
    String line = piece.source().lines().findFirst().orElse("").strip();
    if (!line.startsWith("/") || line.startsWith("//") || line.startsWith("/*")) {
      return;
    }
    Matcher command = COMMAND.matcher(line);
    String word = command.matches() && command.group(1) != null ? command.group(1) : "";
    List<String> lines = new ArrayList<>();
    lines.add("`/" + word + "` is a command of JShell's own prompt, and this is a notebook");
    COMMANDS.entrySet().stream()
        .filter(e -> !word.isEmpty() && e.getKey().startsWith(word))
        .map(Map.Entry::getValue)
        .findFirst()
        .ifPresent(lines::add);
    lines.add("`%lsmagic` lists what can be asked of the kernel.");
    throw Magics.failure("NoCommand", lines);
  }

  private Optional<JavaCells.Value> run(
      Request request,
      int number,
      String code,
      Piece piece,
      int firstLine,
      List<DeclarationSnippet> waiting)
      throws CellFailure {
    control.reset();
    taken++;
    List<SnippetEvent> events = shell.eval(piece.source());
    try {
      return outcome(request, number, code, piece, firstLine, waiting, events);
    } finally {
      events.stream()
          .filter(e -> e.causeSnippet() == null)
          .forEach(e -> leftovers.add(e.snippet()));
    }
  }

  private Optional<JavaCells.Value> outcome(
      Request request,
      int number,
      String code,
      Piece piece,
      int firstLine,
      List<DeclarationSnippet> waiting,
      List<SnippetEvent> events)
      throws CellFailure {
    Optional<JavaCells.Value> value = Optional.empty();
    for (SnippetEvent event : events) {
      Snippet snippet = event.snippet();
      if (event.causeSnippet() != null) {
        continue;
      }
      errors.place(snippet.id(), number, firstLine + lines(code, piece.at()));
      if (event.status() == Snippet.Status.REJECTED) {
        throw JavaErrors.refused(number, code, firstLine, mistakes(code, piece, snippet));
      }
      if (control.failure() != null) {
        throw thrown(request, event.exception());
      }
      if (tooLarge(event)) {
        List<Mistake> found = mistakes(code, piece, snippet);
        forgetTooLarge(snippet);
        throw JavaErrors.refused(number, code, firstLine, found);
      }
      if (event.exception() instanceof jdk.jshell.UnresolvedReferenceException u) {
        throw unresolved(u.getSnippet());
      }
      if (event.status() == Snippet.Status.RECOVERABLE_NOT_DEFINED) {
        if (!(snippet instanceof TypeDeclSnippet || snippet instanceof MethodSnippet)) {
          throw unresolved((DeclarationSnippet) snippet);
        }
        // What it needs may be declared further down.
        waiting.add((DeclarationSnippet) snippet);
      }
      value =
          shown(snippet)
              ? Optional.ofNullable(control.value()).map(JavaCells.Value::new)
              : Optional.empty();
    }
    return value;
  }

  /**
   * Whether no class file can hold a piece, such as a text of more than 65535 bytes or a method of
   * more than 64 KB of code. JShell takes it for one that waits for a name, and names none.
   */
  private boolean tooLarge(SnippetEvent event) {
    return event.status().isActive()
        && !event.status().isDefined()
        && !(event.snippet() instanceof DeclarationSnippet declared
            && shell.unresolvedDependencies(declared).findAny().isPresent());
  }

  /** JShell would compile it in vain with every later piece. */
  private void forgetTooLarge(Snippet snippet) {
    shell.drop(snippet);
    // Its compiler keeps what it could not write down and fails at everything from then on; JShell
    // takes a new one when the class path changes.
    shell.addToClasspath(System.getProperty("java.home"));
  }

  private static boolean shown(Snippet snippet) {
    return switch (snippet.subKind()) {
      case TEMP_VAR_EXPRESSION_SUBKIND, VAR_VALUE_SUBKIND, OTHER_EXPRESSION_SUBKIND -> true;
      default -> false;
    };
  }

  private CellFailure thrown(Request request, Exception translated) {
    Throwable failure = control.failure();
    // What the user's code makes of the interrupt (InterruptedException, most often) says nothing.
    if (failure instanceof Stopped || request.stopped()) {
      return CellFailure.interrupted(
          control.abandoned()
              ? "The code did not end within "
                  + CellControl.PATIENCE_MILLIS / 1000
                  + " s of the interrupt. Its thread is left behind and may still run, print or"
                  + " hold what it holds; restart the kernel to be rid of it."
              : "");
    }
    return errors.thrown(failure, translated);
  }

  private CellFailure unresolved(DeclarationSnippet snippet) {
    return JavaErrors.unresolved(what(snippet), shell.unresolvedDependencies(snippet).toList());
  }

  private static String what(DeclarationSnippet snippet) {
    return (snippet instanceof MethodSnippet ? "method " : "") + snippet.name();
  }

  // ---- further mistakes

  /**
   * The mistakes of a piece and of those behind it. Those are compiled and not run; what has a name
   * that the notebook knows already, or that a wrong piece was to declare, is left out.
   */
  private List<Mistake> mistakes(String code, Piece wrong, Snippet snippet) {
    List<Mistake> all =
        new ArrayList<>(
            JavaErrors.mistakes(shell.diagnostics(snippet).toList(), wrong.at(), code.length()));
    long end = System.nanoTime() + CHECK_NANOS;
    // Without its semicolon a line takes the next one with it.
    boolean open = !all.isEmpty() && all.get(0).message().endsWith("expected");
    int behind =
        wrong.whole() && !open
            ? wrong.end()
            : nextLine(code, wrong, open ? all.get(0).from() : wrong.at());
    Set<String> unsure = new HashSet<>(declared(code.substring(wrong.at(), behind)));
    List<Snippet> made = new ArrayList<>();
    control.onlyCompile(true);
    try {
      Piece piece = next(code, behind);
      while (piece != null && all.size() < MOST_MISTAKES && System.nanoTime() < end) {
        Set<String> names = declared(piece.source());
        Set<String> words = words(piece.source());
        if (words.stream().anyMatch(unsure::contains) || names.stream().anyMatch(this::known)) {
          unsure.addAll(names);
        } else {
          check(code, piece, all, unsure, made);
        }
        piece = next(code, behind(code, piece));
      }
    } finally {
      for (int i = made.size() - 1; i >= 0; i--) {
        if (shell.status(made.get(i)).isActive()) {
          shell.drop(made.get(i));
        }
      }
      control.onlyCompile(false);
    }
    return all;
  }

  private void check(
      String code, Piece piece, List<Mistake> all, Set<String> unsure, List<Snippet> made) {
    for (SnippetEvent event : shell.eval(piece.source())) {
      if (event.causeSnippet() != null) {
        continue;
      }
      if (event.status() == Snippet.Status.REJECTED) {
        unsure.addAll(declared(piece.source()));
        all.addAll(
            JavaErrors.mistakes(
                shell.diagnostics(event.snippet()).toList(), piece.at(), code.length()));
      } else if (tooLarge(event)) {
        unsure.addAll(declared(piece.source()));
        all.addAll(
            JavaErrors.mistakes(
                shell.diagnostics(event.snippet()).toList(), piece.at(), code.length()));
        forgetTooLarge(event.snippet());
      } else if (event.snippet().kind().isPersistent()) {
        made.add(event.snippet());
      }
    }
  }

  private static int behind(String code, Piece piece) {
    return piece.whole() ? piece.end() : nextLine(code, piece, piece.at());
  }

  /** The next line, behind a place in a piece, that may start another: outside of brackets. */
  private static int nextLine(String code, Piece piece, int from) {
    for (int line = code.indexOf('\n', from);
        line >= 0 && line + 1 < code.length();
        line = code.indexOf('\n', line + 1)) {
      JavaText text = JavaText.of(code.substring(piece.at(), line + 1));
      char next = code.charAt(line + 1);
      if (text.in() == JavaText.In.CODE
          && text.open().length == 0
          && !text.closesTooMuch()
          && (Character.isJavaIdentifierStart(next) || next == '@')) {
        return line + 1;
      }
    }
    return code.length();
  }

  private Set<String> declared(String source) {
    Set<String> names =
        shell.sourceCodeAnalysis().sourceToSnippets(source).stream()
            .filter(DeclarationSnippet.class::isInstance)
            .map(s -> ((DeclarationSnippet) s).name())
            .collect(Collectors.toCollection(LinkedHashSet::new));
    if (names.isEmpty()) {
      // Not even its shape is known: whatever it names may be what it was to declare.
      Matcher start =
          Pattern.compile("^[\\w<>\\[\\], .?]*?\\b(\\w+)\\s*(=|\\(|;|\\{)").matcher(source);
      if (start.find()) {
        names.add(start.group(1));
      }
    }
    return names;
  }

  private boolean known(String name) {
    return shell.variables().map(VarSnippet::name).anyMatch(name::equals)
        || shell.methods().map(MethodSnippet::name).anyMatch(name::equals)
        || shell.types().map(TypeDeclSnippet::name).anyMatch(name::equals);
  }

  private static Set<String> words(String source) {
    return WORD.matcher(source).results().map(r -> r.group()).collect(Collectors.toSet());
  }

  static int lines(String text, int end) {
    return (int)
        text.substring(0, Math.min(end, text.length())).chars().filter(c -> c == '\n').count();
  }
}
