package dev.espalier.kernel.jupyter;

import static dev.espalier.kernel.jupyter.CellFailure.BOLD;
import static dev.espalier.kernel.jupyter.CellFailure.PLAIN;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.VarSnippet;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;

/**
 * Java cells, compiled by JShell and run in this process. JShell takes most of a second to come up;
 * {@link #starting} brings it up beside the kernel, and only the first Java cell waits for the
 * rest.
 */
final class JavaCells {
  /** What a cell gave. */
  record Value(Object value) {}

  /** How long after the start of Java what is not urgent is done. */
  private static final long QUIET_MILLIS = 300;

  /** How long a front end may wait for an answer. */
  private static final long ASSIST_PATIENCE_MILLIS = 2000;

  /** How long a cell may be compiled meanwhile. */
  private static final long LOCK_PATIENCE_MILLIS = 1500;

  private final CompletableFuture<Cells> espalier = new CompletableFuture<>();
  private final PrintStream log;
  private final ReentrantLock compiler = new ReentrantLock();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final JavaErrors errors = new JavaErrors();
  private volatile Throwable startFailure;
  private JShell shell;
  private CellControl control;
  private Names names;
  private JavaPieces pieces;
  private SpentCode spent;
  private Prelude prelude;
  private CompilerFiles files;
  private CellLoader loader;
  private JavaClasses classes;
  private JavaAssist assist;

  /** Cells under way: one may run another. */
  private int depth;

  private final AtomicBoolean asking = new AtomicBoolean();

  private JavaCells(PrintStream log) {
    this.log = log;
  }

  /** Brings JShell up on a thread of its own; it can be used once it is told {@link #beside}. */
  static JavaCells starting(PrintStream log) {
    JavaCells cells = new JavaCells(log);
    Threads.daemon("espalier-java", cells::open).start();
    return cells;
  }

  /** Says with whose cells Java shares names. */
  void beside(Cells cells) {
    espalier.complete(cells);
  }

  private void open() {
    compiler.lock();
    try {
      loader = new CellLoader(JavaCells.class.getClassLoader());
      control = new CellControl(loader, compiler);
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
              .compilerOptions("-parameters", "-proc:none")
              .fileManager(compilers -> files = new CompilerFiles(compilers, classPath()))
              .build();
      pieces = new JavaPieces(shell, control, errors, new Leftovers(shell, loader::forget));
      spent = new SpentCode(shell, loader::keep, log);
      prelude = new Prelude(shell);
      classes = new JavaClasses(loader, classPath());
      names = new Names(espalier.join(), loader);
      assist = new JavaAssist(shell, names, loader, classes, control::running);
    } catch (RuntimeException | LinkageError e) {
      startFailure = e;
      log.println("espalier kernel: Java cells do not work: " + e);
    } finally {
      compiler.unlock();
      ready.countDown();
    }
    openLibraries();
  }

  /** Not before a first cell that waits, and not while one is compiled. */
  private void openLibraries() {
    try {
      Thread.sleep(QUIET_MILLIS);
      if (startFailure == null && compiler.tryLock()) {
        try {
          files.openLibraries();
        } finally {
          compiler.unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The compiler says so when a cell needs them.
      return;
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
    depth++;
    try {
      control.ran().reset();
      prelude.stand();
      names.toJava(code, this::declare);
      try {
        return pieces.run(request, number, code, firstLine);
      } finally {
        names.fromJava(variables()).forEach(System.err::println);
      }
    } finally {
      depth--;
      if (depth == 0) {
        spent.compiled(pieces.taken());
      }
      compiler.unlock();
    }
  }

  /** What a cell would show of what was thrown, as plain text. */
  String told(Throwable thrown) {
    return String.join("\n", errors.thrown(thrown, null).traceback())
        .replace(BOLD, "")
        .replace(PLAIN, "");
  }

  private List<String> variables() {
    return shell.variables().map(VarSnippet::name).filter(n -> !n.startsWith("$")).toList();
  }

  /** How long the user's code of the last {@link #execute} ran, without what compiling took. */
  Stopwatch ran() {
    return control.ran();
  }

  /** Lets Espalier know what Java variables hold now: a cell in the middle asks for it. */
  void share() {
    compiler.lock();
    try {
      names.fromJava(variables()).forEach(System.err::println);
    } finally {
      compiler.unlock();
    }
  }

  /**
   * A name that Java cells declared.
   *
   * @param kind variable, method, class, interface, record or enum
   * @param type as it was declared
   * @param value of a variable; null for others
   * @param cell in which it was declared; 0 when it comes from elsewhere
   */
  record Declared(String name, String kind, String type, Object value, int cell) {}

  /** Every name that Java cells declared and that stands; waits until Java is up. */
  List<Declared> declared(Request request) throws CellFailure {
    awaitReady(request);
    compiler.lock();
    try {
      List<Declared> all = new ArrayList<>();
      shell
          .variables()
          .filter(v -> !v.name().startsWith("$"))
          .forEach(
              v ->
                  all.add(
                      new Declared(
                          v.name(),
                          "variable",
                          v.typeName(),
                          names.current(v.name()),
                          errors.cell(v.id()))));
      shell
          .methods()
          .forEach(
              m ->
                  all.add(
                      new Declared(m.name(), "method", m.signature(), null, errors.cell(m.id()))));
      shell
          .types()
          .forEach(
              t ->
                  all.add(
                      new Declared(
                          t.name(),
                          switch (t.subKind()) {
                            case INTERFACE_SUBKIND -> "interface";
                            case ENUM_SUBKIND -> "enum";
                            case ANNOTATION_TYPE_SUBKIND -> "annotation";
                            case RECORD_SUBKIND -> "record";
                            default -> "class";
                          },
                          "",
                          null,
                          errors.cell(t.id()))));
      return all;
    } finally {
      compiler.unlock();
    }
  }

  /** The Java name of every Espalier name that a Java variable stands for. */
  Map<String, String> sharedNames(Request request) throws CellFailure {
    awaitReady(request);
    return names.all();
  }

  /** Why a Java variable of that name is not known to Espalier; empty when that does not apply. */
  Optional<String> apart(String name) {
    return ready.getCount() > 0 || startFailure != null ? Optional.empty() : names.apart(name);
  }

  /** Adds jars and folders to the class path of all later cells. */
  void addToClassPath(Request request, List<Path> entries) throws CellFailure {
    awaitReady(request);
    compiler.lock();
    try {
      for (Path entry : entries) {
        shell.addToClasspath(entry.toString());
        classes.add(entry.toString());
      }
    } finally {
      compiler.unlock();
    }
  }

  /** What cells see; libraries that are added go into it. */
  ClassLoader loader(Request request) throws CellFailure {
    awaitReady(request);
    return loader;
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
              BOLD + title + PLAIN,
              "They need a JDK 17 or newer with the module jdk.jshell, and the kernel runs on "
                  + System.getProperty("java.home")));
    }
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
        espalier.join().meanings().keySet().stream()
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
