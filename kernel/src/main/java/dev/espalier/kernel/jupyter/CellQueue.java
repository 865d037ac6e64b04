package dev.espalier.kernel.jupyter;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Runs cells one after the other, in the order in which they come, and answers each. */
final class CellQueue {
  /** Cells that follow a failed one at once are still on their way when it fails. */
  private static final long STRAGGLERS_MILLIS = 25;

  private final Kernel kernel;
  private final Streams streams;
  private final History history;
  private final Turn turn;
  private final PrintStream log;
  private final CellThread cellThread;
  private final BlockingQueue<Request> cells = new LinkedBlockingQueue<>();
  private final Thread queue = Threads.daemon("espalier-cells", this::executeAll);
  private int count;

  CellQueue(Kernel kernel, Streams streams, History history, Turn turn, PrintStream log) {
    this.kernel = kernel;
    this.streams = streams;
    this.history = history;
    this.turn = turn;
    this.log = log;
    this.cellThread = new CellThread(log);
  }

  void start() {
    queue.start();
  }

  void add(Request cell) {
    cells.add(cell);
  }

  /** Stops the running cell, or between two cells the one that waits. */
  void interrupt() {
    if (turn.stop() == null) {
      Request next = cells.peek();
      if (next != null) {
        Guard.stop(next);
      }
    }
  }

  /** Ends the threads; a cell that runs is left behind. */
  void close() {
    queue.interrupt();
  }

  private void executeAll() {
    while (true) {
      try {
        execute(cells.take());
      } catch (InterruptedException e) {
        cellThread.close();
        return;
      } catch (Throwable e) {
        // Out of memory while saying that the memory is full, at worst.
        log.println("espalier kernel: a cell's answer was lost: " + e);
      }
    }
  }

  private void execute(Request request) throws InterruptedException {
    turn.begin(request);
    JsonObject reply = null;
    try {
      String code = Json.text(request.content(), "code", "");
      streams.latest(request);
      streams.install();
      if (!request.silent() && Json.flag(request.content(), "store_history", true)) {
        count++;
        history.add(count, code);
      }
      request.publish("execute_input", Json.of("code", code, "execution_count", count));
      try {
        JsonObject expressions = run(request, code);
        reply =
            Json.of(
                "status", "ok", "user_expressions", expressions, "payload", Json.array(List.of()));
      } catch (CellFailure failure) {
        streams.end(request);
        reply = Json.error(failure.name(), failure.getMessage(), failure.traceback());
        JsonObject published = reply.deepCopy();
        published.remove("status");
        request.publish("error", published);
        if (Json.flag(request.content(), "stop_on_error", true)) {
          abortWaiting();
        }
      }
    } finally {
      if (reply == null) {
        reply = Json.error("KernelError", "the kernel could not answer this cell", List.of());
      }
      reply.addProperty("execution_count", count);
      request.reply(reply);
      turn.end(request);
    }
  }

  /**
   * Runs a cell and publishes what it gives.
   *
   * @return the values of its {@code user_expressions}
   */
  private JsonObject run(Request request, String code) throws CellFailure, InterruptedException {
    JsonObject expressions = new JsonObject();
    boolean java = Cell.compiles(code);
    try {
      if (request.stopped()) {
        throw new Stopped();
      }
      int number = count;
      cellThread.run(
          request,
          java,
          () -> {
            Request.CURRENT.set(request);
            try {
              Optional<Bundle> value = kernel.execute(request, number, code);
              streams.end(request);
              value.ifPresent(v -> publish(request, number, v));
              expressions(request, expressions);
            } finally {
              Request.CURRENT.remove();
            }
          });
      return expressions;
    } catch (CellThread.LeftBehind e) {
      kernel.leftBehind();
      throw CellFailure.interrupted(
          "The cell did not end within "
              + Math.max(1, e.millis() / 1000)
              + " s of the interrupt: it is in a call that does not listen. Its thread is left"
              + " behind and may still run, print or hold what it holds; restart the kernel to be"
              + " rid of it.");
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      throw CellFailure.of(e, request.stopped());
    }
  }

  private void publish(Request request, int number, Bundle value) {
    history.result(number, value.plain());
    request.publish(
        "execute_result",
        Json.of("execution_count", number, "data", value.data(), "metadata", value.metadata()));
  }

  private void expressions(Request request, JsonObject values) {
    for (Map.Entry<String, JsonElement> e :
        Json.object(request.content(), "user_expressions").entrySet()) {
      try {
        Bundle bundle = kernel.expression(request, e.getValue().getAsString());
        values.add(
            e.getKey(),
            Json.of("status", "ok", "data", bundle.data(), "metadata", bundle.metadata()));
      } catch (CellFailure | RuntimeException | Error thrown) {
        CellFailure failure = CellFailure.of(thrown, request.stopped());
        values.add(
            e.getKey(), Json.error(failure.name(), failure.getMessage(), failure.traceback()));
      }
    }
  }

  /**
   * Answers the cells behind a failed one. Before the failure's own reply: a front end that has
   * read that may at once send cells that are to run.
   */
  private void abortWaiting() throws InterruptedException {
    Thread.sleep(STRAGGLERS_MILLIS);
    List<Request> waiting = new ArrayList<>();
    cells.drainTo(waiting);
    for (Request request : waiting) {
      request.busy();
      request.reply(Json.of("status", "aborted", "execution_count", count));
      turn.idle(request);
    }
  }
}
