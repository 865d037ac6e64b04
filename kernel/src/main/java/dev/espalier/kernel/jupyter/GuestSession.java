package dev.espalier.kernel.jupyter;

import dev.espalier.dsl.Source;
import dev.espalier.engine.Model;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Store;
import dev.espalier.kernel.session.Session;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.dflib.jjava.jupyter.kernel.BaseKernel;

/**
 * Espalier in another kernel: one conversation, whose names last as long as the kernel. Java cells
 * have it as {@code espalier}.
 */
public final class GuestSession {
  /** A stopped step looks at its flag every batch; what it keeps may take a while to write. */
  private static final long WINDING_UP_MILLIS = 30_000;

  private final BaseKernel kernel;
  private final SessionCells names;
  private final EspalierCells cells;
  private boolean shown;

  GuestSession(BaseKernel kernel) {
    this(kernel, new Session(Store.standardPlace(), KernelMain.environment(System.getenv())));
  }

  GuestSession(BaseKernel kernel, Session session) {
    this.kernel = kernel;
    this.names = new SessionCells(session);
    this.cells = new EspalierCells(names, new ScreenRendering());
  }

  /**
   * Runs sentences and shows what they give in the output of the running cell.
   *
   * @return what the last one gave: a model, a data set, a table or another result, or the value of
   *     a {@code let}; null when it gave nothing
   * @throws Notebook.Refused when a sentence is wrong or fails; the message has the line and the
   *     caret
   */
  public synchronized Object run(String sentences) {
    showValues();
    Map<String, Object> before = new LinkedHashMap<>(names.meanings());
    GuestOutlet outlet = new GuestOutlet(kernel);
    Run run = new Run(outlet, new Source("%%espalier", sentences, Optional.empty()));
    // Not on the kernel's own thread: interrupting it would close files that are being written.
    Thread thread = Threads.daemon("espalier-sentences", run);
    thread.start();
    await(thread, outlet);
    if (run.failure instanceof CellFailure failure) {
      Notebook.Refused refused = new Notebook.Refused(failure.name(), Sentences.plain(failure));
      // The kernel prints the trace of every failure; this one says where in its text.
      refused.setStackTrace(new StackTraceElement[0]);
      throw refused;
    }
    if (run.failure instanceof RuntimeException failure) {
      throw failure;
    }
    if (run.failure instanceof Error failure) {
      throw failure;
    }
    return run.result.map(Sentences::value).or(() -> declared(before)).orElse(null);
  }

  private final class Run implements Runnable {
    private final GuestOutlet outlet;
    private final Source source;
    private volatile Optional<Result> result = Optional.empty();
    private volatile Throwable failure;

    Run(GuestOutlet outlet, Source source) {
      this.outlet = outlet;
      this.source = source;
    }

    @Override
    public void run() {
      try {
        result = cells.execute(outlet, source);
      } catch (CellFailure | RuntimeException | Error e) {
        failure = e;
      }
    }
  }

  private static void await(Thread thread, GuestOutlet outlet) {
    boolean interrupted = false;
    long deadline = Long.MAX_VALUE;
    while (thread.isAlive() && System.currentTimeMillis() < deadline) {
      try {
        thread.join(100);
      } catch (InterruptedException e) {
        interrupted = true;
        outlet.stop();
        deadline = Math.min(deadline, System.currentTimeMillis() + WINDING_UP_MILLIS);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      throw new Notebook.Refused(
          "Interrupted",
          "stopped; the running step does not end, and goes on beside the next cells");
    }
  }

  private Optional<Object> declared(Map<String, Object> before) {
    Optional<Object> value = Optional.empty();
    for (Map.Entry<String, Object> e : names.meanings().entrySet()) {
      if (before.get(e.getKey()) != e.getValue()) {
        value = names.value(e.getKey());
      }
    }
    return value;
  }

  /** From now on the kernel shows models, data sets and results as Espalier does. */
  private void showValues() {
    if (!shown) {
      shown = true;
      EngineRenderers.register(kernel.getRenderer(), new ScreenRendering());
    }
  }

  /**
   * What a name stands for: a {@code Model}, a {@code DataSet}, an {@code Architecture}, a table,
   * or the value of a {@code let}.
   *
   * @throws NoSuchElementException when there is no such name, or no value for it
   */
  public synchronized Object value(String name) {
    showValues();
    return names
        .value(name)
        .orElseThrow(
            () ->
                new NoSuchElementException(
                    "`"
                        + name
                        + "` has no value in Espalier; its names: "
                        + String.join(", ", names.meanings().keySet())));
  }

  /**
   * The model of a name.
   *
   * @throws NoSuchElementException when there is no such name
   * @throws ClassCastException when it is no model
   */
  public Model model(String name) {
    return (Model) value(name);
  }

  /** Whether a word is a name that sentences may use. */
  synchronized boolean knows(String word) {
    return names.meanings().containsKey(word);
  }

  /**
   * Gives a value a name that sentences may use.
   *
   * @throws IllegalArgumentException when the language has no use for such a value
   */
  public synchronized void bind(String name, Object value) {
    names.bind(name, value);
    if (!names.meanings().containsKey(name)) {
      throw new IllegalArgumentException(
          "Espalier has no use for a value of "
              + value.getClass().getName()
              + "; it takes models, graphs, data sets, architectures, numbers, texts and truth"
              + " values");
    }
  }

  @Override
  public String toString() {
    return "Espalier with the names " + names.meanings().keySet();
  }
}
