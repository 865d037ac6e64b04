package dev.espalier.kernel.jupyter;

import static dev.espalier.kernel.jupyter.CellFailure.BOLD_RED;
import static dev.espalier.kernel.jupyter.CellFailure.PLAIN;
import static dev.espalier.kernel.jupyter.CellFailure.RED;

import java.io.File;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Pattern;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.MethodSnippet;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.VarSnippet;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;

/**
 * Java cells, compiled by JShell and run in this process. JShell takes about a second to come up;
 * {@link #start} brings it up beside the kernel, and only the first Java cell waits for the rest.
 */
final class JavaCells {
  /** What a cell gave. */
  record Value(Object value) {}

  /** Where a snippet stands in the notebook. */
  private record Place(int cell, int line) {}

  private static final List<String> IMPORTS =
      List.of(
          "java.io.*",
          "java.nio.file.*",
          "java.util.*",
          "java.util.function.*",
          "java.util.stream.*",
          "dev.espalier.engine.architecture.*",
          "dev.espalier.engine.data.*",
          "dev.espalier.engine.graph.*",
          "dev.espalier.engine.run.*");

  /** How long a front end may wait for an answer. */
  private static final long ASSIST_PATIENCE_MILLIS = 2000;

  /** How long a cell may be compiled meanwhile. */
  private static final long LOCK_PATIENCE_MILLIS = 1500;

  private final Cells espalier;
  private final PrintStream log;
  private final ReentrantLock compiler = new ReentrantLock();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Map<String, Place> places = new HashMap<>();
  private volatile Throwable startFailure;
  private JShell shell;
  private CellControl control;
  private Names names;
  private JavaAssist assist;
  private final AtomicBoolean asking = new AtomicBoolean();

  JavaCells(Cells espalier, PrintStream log) {
    this.espalier = espalier;
    this.log = log;
  }

  /** Brings JShell up on a thread of its own. */
  void start() {
    Threads.daemon("espalier-java", this::open).start();
  }

  private void open() {
    compiler.lock();
    try {
      CellLoader loader = new CellLoader(JavaCells.class.getClassLoader());
      control = new CellControl(loader, compiler);
      names = new Names(espalier, loader);
      // JShell's own streams are for remote shells; code here prints to System.out.
      PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
      shell =
          JShell.builder()
              .in(InputStream.nullInputStream())
              .out(nowhere)
              .err(nowhere)
              .executionEngine(
                  new ExecutionControlProvider() {
                    @Override
                    public String name() {
                      return "espalier";
                    }

                    @Override
                    public ExecutionControl generate(ExecutionEnv env, Map<String, String> given) {
                      return control;
                    }
                  },
                  Map.of())
              .compilerOptions("-classpath", classPath(), "-parameters", "-proc:none")
              .build();
      for (String name : IMPORTS) {
        shell.eval("import " + name + ";");
      }
      shell.eval("import static " + Notebook.class.getName() + ".*;");
      // Loads what the first cell would wait for.
      shell.eval("int espalierWarmUp = 1 + 1;").forEach(e -> shell.drop(e.snippet()));
      JavaClasses classes = new JavaClasses(loader, classPath());
      assist = new JavaAssist(shell, names, loader, classes, control::running);
    } catch (RuntimeException | LinkageError e) {
      startFailure = e;
      log.println("espalier kernel: Java cells do not work: " + e);
    } finally {
      compiler.unlock();
      ready.countDown();
    }
  }

  /** The kernel's own class path; a test runner puts it elsewhere. */
  private static String classPath() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    // Archives of native libraries hold no class to compile against and are slow to list.
    return Arrays.stream(path.split(File.pathSeparator))
        .map(entry -> new File(entry).getAbsolutePath())
        .reduce((a, b) -> a + File.pathSeparator + b)
        .orElse("");
  }

  /**
   * Runs a cell.
   *
   * @param number of the cell, for messages
   * @param firstLine of {@code code} in the cell, from 1
   * @return the last expression's value; empty when the last statement has none
   * @throws CellFailure when it does not compile, throws, or is stopped
   */
  Optional<Value> execute(Request request, int number, String code, int firstLine)
      throws CellFailure {
    awaitReady(request);
    compiler.lock();
    try {
      names.toJava(code, this::declare);
      try {
        return pieces(request, number, code, firstLine);
      } finally {
        List<String> variables =
            shell.variables().map(VarSnippet::name).filter(n -> !n.startsWith("$")).toList();
        names.fromJava(variables).forEach(System.err::println);
      }
    } finally {
      compiler.unlock();
    }
  }

  private Optional<Value> pieces(Request request, int number, String code, int firstLine)
      throws CellFailure {
    Optional<Value> last = Optional.empty();
    String rest = code;
    while (!rest.isBlank()) {
      CompletionInfo piece = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      if (piece.completeness() == Completeness.EMPTY) {
        break;
      }
      int at = code.length() - rest.length();
      boolean whole =
          piece.completeness() != Completeness.UNKNOWN
              && piece.completeness() != Completeness.DEFINITELY_INCOMPLETE;
      String source = whole && piece.source() != null ? piece.source() : rest;
      rest = whole ? piece.remaining() : "";
      if (rest == null) {
        rest = "";
      }
      // The analysis may strip leading blanks, or add a semicolon.
      int indent = leadingBlanks(code, at);
      int line = firstLine + lines(code, at + indent);
      if (request.stopped()) {
        throw CellFailure.interrupted("");
      }
      last = piece(request, number, code, at + indent, source.stripLeading(), line, firstLine);
    }
    return last;
  }

  private Optional<Value> piece(
      Request request, int number, String code, int at, String source, int line, int firstLine)
      throws CellFailure {
    control.reset();
    List<SnippetEvent> events = shell.eval(source);
    Optional<Value> value = Optional.empty();
    for (SnippetEvent event : events) {
      Snippet snippet = event.snippet();
      if (event.causeSnippet() != null) {
        continue;
      }
      places.put(snippet.id(), new Place(number, line));
      if (event.status() == Snippet.Status.REJECTED) {
        throw refused(number, code, at, firstLine, shell.diagnostics(snippet).toList());
      }
      if (control.failure() != null) {
        throw thrown(request, control.failure(), event.exception());
      }
      if (event.exception() instanceof jdk.jshell.UnresolvedReferenceException u) {
        throw unresolved(u.getSnippet());
      }
      if (event.status() == Snippet.Status.RECOVERABLE_NOT_DEFINED) {
        throw unresolved((DeclarationSnippet) snippet);
      }
      value =
          shown(snippet) ? Optional.ofNullable(control.value()).map(Value::new) : Optional.empty();
    }
    return value;
  }

  private static boolean shown(Snippet snippet) {
    return switch (snippet.subKind()) {
      case TEMP_VAR_EXPRESSION_SUBKIND, VAR_VALUE_SUBKIND, OTHER_EXPRESSION_SUBKIND -> true;
      default -> false;
    };
  }

  private void declare(String source) {
    for (SnippetEvent event : shell.eval(source)) {
      if (event.status() == Snippet.Status.REJECTED || event.exception() != null) {
        throw new IllegalStateException("JShell refused `" + source + "`");
      }
    }
  }

  private void awaitReady(Request request) throws CellFailure {
    try {
      while (!ready.await(20, TimeUnit.MILLISECONDS)) {
        if (request.stopped()) {
          throw CellFailure.interrupted("");
        }
      }
    } catch (InterruptedException e) {
      throw CellFailure.interrupted("");
    }
    if (startFailure != null) {
      String title = "Java cells do not work here: " + startFailure;
      throw new CellFailure(
          "NoJava",
          title,
          List.of(
              BOLD_RED + title + PLAIN,
              "They need a JDK 17 or newer with the module jdk.jshell, and the kernel runs on "
                  + System.getProperty("java.home")));
    }
  }

  private CellFailure refused(
      int number, String code, int at, int firstLine, List<Diag> diagnostics) {
    List<String> lines = new ArrayList<>();
    String title = "";
    for (Diag d : diagnostics) {
      if (!d.isError()) {
        continue;
      }
      String message = d.getMessage(Locale.ROOT).strip();
      if (title.isEmpty()) {
        title = message.lines().findFirst().orElse("");
      }
      int start = (int) Math.min(code.length(), at + Math.max(0, d.getStartPosition()));
      int end = (int) Math.min(code.length(), at + Math.max(0, d.getEndPosition()));
      int lineStart = code.lastIndexOf('\n', start - 1) + 1;
      int lineEnd = code.indexOf('\n', start);
      String text = code.substring(lineStart, lineEnd < 0 ? code.length() : lineEnd);
      int line = firstLine + lines(code, start);
      String margin = String.format("%2d | ", line);
      int width = Math.max(1, Math.min(end, lineStart + text.length()) - start);
      lines.add(BOLD_RED + "cell " + number + ", line " + line + ": " + message + PLAIN);
      lines.add(margin + text);
      lines.add(
          " ".repeat(margin.length() - 2)
              + "| "
              + text.substring(0, start - lineStart).replaceAll("[^\t]", " ")
              + RED
              + "^".repeat(width)
              + PLAIN);
    }
    if (lines.isEmpty()) {
      title = "this Java is not finished";
      lines.add(BOLD_RED + title + PLAIN);
    }
    return new CellFailure("CompileError", title, lines);
  }

  private CellFailure unresolved(DeclarationSnippet snippet) {
    String missing = String.join(", ", shell.unresolvedDependencies(snippet).toList());
    String title =
        (snippet instanceof MethodSnippet ? "method " : "") + snippet.name() + " needs " + missing;
    return new CellFailure(
        "CompileError",
        title,
        List.of(BOLD_RED + title + PLAIN, "Define it, then run this again."));
  }

  private CellFailure thrown(Request request, Throwable failure, Exception translated) {
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
    List<String> lines = new ArrayList<>();
    String title = failure.getMessage() == null ? "" : failure.getMessage();
    lines.add(
        BOLD_RED + failure.getClass().getName() + PLAIN + (title.isEmpty() ? "" : ": " + title));
    StackTraceElement[] frames =
        translated instanceof EvalException e ? e.getStackTrace() : failure.getStackTrace();
    frames(frames, lines);
    Set<Throwable> seen = new LinkedHashSet<>(List.of(failure));
    for (Throwable cause = failure.getCause();
        cause != null && seen.add(cause);
        cause = cause.getCause()) {
      lines.add("Caused by: " + RED + cause + PLAIN);
      frames(cause.getStackTrace(), lines);
    }
    return new CellFailure(failure.getClass().getName(), title, lines);
  }

  private static final int MOST_FRAMES = 30;
  private static final Pattern WRAPPED = Pattern.compile("REPL\\.\\$JShell\\$[0-9]+[A-Z]*[.$]?");

  /** The user's own frames and those of the libraries it called; nothing of the kernel. */
  private void frames(StackTraceElement[] frames, List<String> lines) {
    int shown = 0;
    for (StackTraceElement frame : frames) {
      if (frame.getClassName().startsWith(CellControl.class.getName())
          || frame.getClassName().equals(Guard.class.getName())
          || frame.getClassName().startsWith("jdk.internal.reflect.")) {
        if (shown > 0 && !frame.getClassName().equals(Guard.class.getName())) {
          break;
        }
        continue;
      }
      if (++shown > MOST_FRAMES) {
        lines.add("  …");
        break;
      }
      lines.add("  at " + frame(frame));
    }
  }

  private String frame(StackTraceElement frame) {
    String file = String.valueOf(frame.getFileName());
    String type = WRAPPED.matcher(frame.getClassName()).replaceAll("");
    String method = frame.getMethodName().startsWith("do_it$") ? "" : frame.getMethodName();
    if (file.startsWith("#")) {
      Place place = places.get(file.substring(1));
      String name = type.isEmpty() || method.isEmpty() ? type + method : type + "." + method;
      if (place != null) {
        String where =
            "cell "
                + place.cell()
                + ", line "
                + (place.line() + Math.max(0, frame.getLineNumber() - 1));
        return name.isEmpty() ? where : name + " (" + where + ")";
      }
      return name.isEmpty() ? "a cell" : name;
    }
    if (type.length() < frame.getClassName().length()) {
      return (type.isEmpty() ? "" : type + ".") + (method.isEmpty() ? "a cell" : method);
    }
    return frame.toString();
  }

  private static int leadingBlanks(String code, int from) {
    int at = from;
    while (at < code.length() && Character.isWhitespace(code.charAt(at))) {
      at++;
    }
    return at - from;
  }

  private static int lines(String text, int end) {
    return (int)
        text.substring(0, Math.min(end, text.length())).chars().filter(c -> c == '\n').count();
  }

  /**
   * Asks what needs the compiler, or gives up: when a cell is being compiled, when an earlier
   * question is not answered yet, and when the answer takes too long. It is then made all the same,
   * since a compiler must not be interrupted, and the next question finds it warm.
   */
  private <T> Optional<T> assist(Function<JavaAssist, T> question) {
    if (!asking.compareAndSet(false, true)) {
      return Optional.empty();
    }
    CompletableFuture<Optional<T>> answer = new CompletableFuture<>();
    Threads.daemon(
            "espalier-java-assist",
            () -> {
              Optional<T> found = Optional.empty();
              try {
                found = answer(question);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (RuntimeException | Error e) {
                log.println("espalier kernel: JShell could not answer: " + e);
              } finally {
                // First: whoever has the answer may ask again.
                asking.set(false);
                answer.complete(found);
              }
            })
        .start();
    try {
      return answer.get(ASSIST_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private <T> Optional<T> answer(Function<JavaAssist, T> question) throws InterruptedException {
    ready.await();
    if (startFailure != null || !compiler.tryLock(LOCK_PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(question.apply(assist));
    } finally {
      compiler.unlock();
    }
  }

  /** What may stand at {@code cursor}, a UTF-16 index. */
  Suggestions complete(String code, int cursor) {
    return assist(a -> a.complete(code, cursor)).orElseGet(() -> names(code, cursor));
  }

  /** Without the compiler the names of the Espalier scope are known. */
  private Suggestions names(String code, int cursor) {
    int start = cursor;
    while (start > 0 && Character.isJavaIdentifierPart(code.charAt(start - 1))) {
      start--;
    }
    String prefix = code.substring(start, cursor);
    if (prefix.isEmpty() || (start > 0 && code.charAt(start - 1) == '.')) {
      return Suggestions.none(cursor);
    }
    return new Suggestions(
        espalier.meanings().keySet().stream()
            .map(Names::java)
            .filter(n -> n.startsWith(prefix))
            .distinct()
            .map(n -> new Suggestions.Item(n, "variable"))
            .toList(),
        start,
        cursor);
  }

  /** What is known of what stands at a cursor; empty when nothing is. */
  Optional<String> inspect(String code, int cursor, boolean full) {
    return assist(a -> a.inspect(code, cursor, full)).flatMap(found -> found);
  }

  /** Whether Java code may run as it stands. */
  Wholeness wholeness(String code) {
    return assist(a -> a.wholeness(code)).or(() -> JavaAssist.seen(code)).orElse(Wholeness.UNKNOWN);
  }

  /** Evaluates one expression for {@code user_expressions}. */
  Optional<Object> expression(Request request, String expression) throws CellFailure {
    return execute(request, 0, expression, 1).map(Value::value);
  }

  void close() {
    if (ready.getCount() == 0 && shell != null && compiler.tryLock()) {
      try {
        shell.close();
      } finally {
        compiler.unlock();
      }
    }
  }
}
