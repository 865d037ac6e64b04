package dev.espalier.kernel.jupyter;

import dev.espalier.engine.run.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * Sentences of Espalier, from its own cells and from the middle of Java cells; one program at a
 * time, since all share their names.
 */
final class Sentences {
  private static final long POLL_MILLIS = 20;

  private static final Pattern UNKNOWN = Pattern.compile("unknown name `\\$?([\\w-]+)`");

  /** A step that looked at its flag is on its way out; what it keeps may take a while to write. */
  private static final long WINDING_UP_MILLIS = 30_000;

  private final Cells cells;
  private final EspalierCells espalier;
  private final JavaCells java;
  private final Streams streams;
  private volatile ReentrantLock turn = new ReentrantLock();

  /** In which cell each name got the meaning that it had last. */
  private final Map<String, Origin> origins = new LinkedHashMap<>();

  private record Origin(Object meaning, int cell) {}

  Sentences(Cells cells, EspalierCells espalier, JavaCells java, Streams streams) {
    this.cells = cells;
    this.espalier = espalier;
    this.java = java;
    this.streams = streams;
  }

  /**
   * Runs a cell's program on the calling thread.
   *
   * @return what the last sentence gave; empty for declarations
   * @throws CellFailure when it is wrong, breaks, is stopped, or an expectation failed
   */
  Optional<Result> run(Request request, int number, String code) throws CellFailure {
    ReentrantLock mine = turn;
    try {
      mine.lockInterruptibly();
    } catch (InterruptedException e) {
      throw CellFailure.interrupted("");
    }
    try {
      return espalier.execute(new CellOutlet(request, streams), number, code);
    } catch (CellFailure failure) {
      throw explained(failure);
    } finally {
      remember(number);
      mine.unlock();
    }
  }

  /** Says of names that only Java knows why that is so. */
  private CellFailure explained(CellFailure failure) {
    List<String> lines = new ArrayList<>(failure.traceback());
    UNKNOWN
        .matcher(String.join("\n", failure.traceback()))
        .results()
        .map(r -> r.group(1))
        .distinct()
        .forEach(name -> java.apart(name).ifPresent(lines::add));
    return lines.size() == failure.traceback().size()
        ? failure
        : new CellFailure(failure.name(), failure.getMessage(), lines);
  }

  /** A program that was stopped would not end: it goes on beside the next ones. */
  void leftBehind() {
    turn = new ReentrantLock();
    espalier.leftBehind();
  }

  /** Takes down which names the cell of that number gave a meaning. */
  synchronized void remember(int number) {
    Map<String, Object> meanings = cells.meanings();
    origins.keySet().retainAll(meanings.keySet());
    meanings.forEach(
        (name, meaning) -> {
          Origin known = origins.get(name);
          if (known == null || known.meaning() != meaning) {
            origins.put(name, new Origin(meaning, number));
          }
        });
  }

  /** The cell that gave a name its meaning; 0 when that is not known. */
  synchronized int cell(String name) {
    Origin origin = origins.get(name);
    return origin == null || origin.meaning() != cells.meanings().get(name) ? 0 : origin.cell();
  }

  /**
   * Runs sentences for the code of a Java cell, on a thread of their own: an interrupt of that
   * code's thread would close the files of the store in the middle of a write.
   *
   * @throws Notebook.Refused when they are wrong or fail
   * @throws Stopped when the user stopped the cell
   */
  Given run(Request request, String text) {
    if (text == null || text.isBlank()) {
      throw new Notebook.Refused("NoSentence", "espalier(…) needs a sentence");
    }
    java.share();
    Outcome outcome = new Outcome();
    Map<String, Object> before = new LinkedHashMap<>(cells.meanings());
    Thread thread =
        Threads.daemon(
            "espalier-sentences",
            () -> {
              try {
                outcome.result = run(request, request.number(), text);
              } catch (CellFailure | RuntimeException | Error e) {
                outcome.failure = e;
              }
            });
    request.sentence(true);
    try {
      thread.start();
      await(request, thread);
    } finally {
      request.sentence(false);
    }
    if (request.stopped()) {
      throw new Stopped();
    }
    if (outcome.failure instanceof CellFailure failure) {
      throw new Notebook.Refused(failure.name(), plain(failure));
    }
    if (outcome.failure instanceof RuntimeException failure) {
      throw failure;
    }
    if (outcome.failure instanceof Error failure) {
      throw failure;
    }
    return outcome.result.isPresent()
        ? new Given(outcome.result.map(Sentences::value), true)
        : new Given(declared(before), false);
  }

  /**
   * What sentences gave.
   *
   * @param shown whether it stands in the output already
   */
  record Given(Optional<Object> value, boolean shown) {}

  private static final class Outcome {
    Optional<Result> result = Optional.empty();
    Throwable failure;
  }

  private void await(Request request, Thread thread) {
    boolean interrupted = false;
    boolean woken = false;
    while (thread.isAlive()) {
      try {
        thread.join(POLL_MILLIS);
      } catch (InterruptedException e) {
        // The request's flag says what it was for; the sentence polls that.
        interrupted = true;
      }
      if (!request.stopped() || !thread.isAlive()) {
        continue;
      }
      long passed = request.millisSinceStop();
      long patience = Math.max(CellThread.PATIENCE_MILLIS, request.patience());
      if (!woken && !request.noticed() && passed >= patience / 2) {
        woken = true;
        thread.interrupt();
      }
      if (passed >= (request.noticed() ? WINDING_UP_MILLIS : patience)) {
        leftBehind();
        throw new Stopped();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What Java is given for a result: a model or data set itself, anything else as it is. */
  static Object value(Result result) {
    if (result instanceof Result.ModelResult made) {
      return made.model();
    }
    return result instanceof Result.DataResult data ? data.data() : result;
  }

  /** What the last name stands for that sentences declared without a result. */
  private Optional<Object> declared(Map<String, Object> before) {
    Optional<Object> value = Optional.empty();
    for (Map.Entry<String, Object> e : cells.meanings().entrySet()) {
      if (before.get(e.getKey()) != e.getValue()) {
        value = cells.value(e.getKey());
      }
    }
    return value;
  }

  static String plain(CellFailure failure) {
    return String.join("\n", failure.traceback()).replaceAll("\u001b\\[[0-9;]*m", "");
  }
}
