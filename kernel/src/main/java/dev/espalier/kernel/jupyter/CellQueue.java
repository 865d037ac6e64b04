package dev.espalier.kernel.jupyter;

import static dev.espalier.kernel.jupyter.CellFailure.BOLD_RED;
import static dev.espalier.kernel.jupyter.CellFailure.PLAIN;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Runs cells one after the other, in the order in which they come. */
final class CellQueue {
  /** Cells that follow a failed one at once are still on their way when it fails. */
  private static final long STRAGGLERS_MILLIS = 25;

  private final Kernel kernel;
  private final Streams streams;
  private final History history;
  private final Turn turn;
  private final PrintStream log;
  private final BlockingQueue<Request> cells = new LinkedBlockingQueue<>();
  private final Thread executing = Threads.daemon("espalier-cells", this::executeAll);
  private int count;

  CellQueue(Kernel kernel, Streams streams, History history, Turn turn, PrintStream log) {
    this.kernel = kernel;
    this.streams = streams;
    this.history = history;
    this.turn = turn;
    this.log = log;
  }

  void start() {
    executing.start();
  }

  void add(Request cell) {
    cells.add(cell);
  }

  /** Ends the thread once no cell runs. */
  void close() {
    executing.interrupt();
  }

  /** Ends a call that a stopped cell is blocked in. */
  void unblock(Request stopped) {
    synchronized (turn) {
      // The compiler of Java cells must not be interrupted: it would close its own class path.
      // Java cells interrupt the thread of the user's code themselves.
      if (turn.running(stopped) && !isJava(stopped)) {
        executing.interrupt();
      }
    }
  }

  private static boolean isJava(Request request) {
    return Json.text(request.content(), "code", "").stripLeading().startsWith("%%");
  }

  private void executeAll() {
    while (true) {
      try {
        execute(cells.take());
      } catch (InterruptedException e) {
        return;
      } catch (Throwable e) {
        // Out of memory while answering, at worst: this cell is lost, the kernel is not.
        log.println("espalier kernel: a cell's answer was lost: " + e);
      }
    }
  }

  private void execute(Request request) {
    String code = Json.text(request.content(), "code", "");
    boolean kept = !request.silent() && Json.flag(request.content(), "store_history", true);
    turn.begin(request);
    try {
      Request.CURRENT.set(request);
      streams.latest(request);
      if (kept) {
        count++;
        history.add(count, code);
      }
      request.publish("execute_input", Json.of("code", code, "execution_count", count));
      JsonObject reply;
      try {
        Optional<Bundle> value = run(request, code);
        streams.end(request);
        value.ifPresent(
            v ->
                request.publish(
                    "execute_result",
                    Json.of("execution_count", count, "data", v.data(), "metadata", v.metadata())));
        reply = Json.of("status", "ok");
        reply.add("user_expressions", expressions(request));
        reply.add("payload", Json.array(List.of()));
      } catch (CellFailure failure) {
        streams.end(request);
        reply = Json.error(failure.name(), failure.getMessage(), failure.traceback());
        request.publish("error", errorFields(reply));
        if (Json.flag(request.content(), "stop_on_error", true)) {
          abortWaiting();
        }
      }
      reply.addProperty("execution_count", count);
      request.reply(reply);
    } finally {
      Request.CURRENT.remove();
      synchronized (turn) {
        turn.end(request);
        // An interrupt that came too late is not the next cell's.
        Thread.interrupted();
      }
    }
  }

  private Optional<Bundle> run(Request request, String code) throws CellFailure {
    try {
      return kernel.execute(request, count, code);
    } catch (Stopped e) {
      throw CellFailure.interrupted("");
    } catch (OutOfMemoryError e) {
      String title = "the memory is full: " + e.getMessage();
      throw new CellFailure(
          "OutOfMemoryError",
          title,
          List.of(
              BOLD_RED + title + PLAIN,
              "The kernel may use "
                  + Runtime.getRuntime().maxMemory() / 1_000_000
                  + " MB. Use smaller batches or less data, or give it more: -Xmx4g in kernel.json."));
    } catch (StackOverflowError e) {
      String title = "the calls are nested too deeply";
      throw new CellFailure("StackOverflowError", title, List.of(BOLD_RED + title + PLAIN));
    } catch (RuntimeException | Error e) {
      if (request.stopped()) {
        throw CellFailure.interrupted("");
      }
      List<String> lines = new ArrayList<>();
      lines.add(BOLD_RED + e.getClass().getName() + PLAIN + ": " + e.getMessage());
      for (StackTraceElement frame : e.getStackTrace()) {
        lines.add("  at " + frame);
      }
      throw new CellFailure(e.getClass().getName(), String.valueOf(e.getMessage()), lines);
    }
  }

  private JsonObject expressions(Request request) {
    JsonObject values = new JsonObject();
    for (Map.Entry<String, JsonElement> e :
        Json.object(request.content(), "user_expressions").entrySet()) {
      try {
        Bundle bundle = kernel.expression(request, e.getValue().getAsString());
        values.add(
            e.getKey(),
            Json.of("status", "ok", "data", bundle.data(), "metadata", bundle.metadata()));
      } catch (CellFailure failure) {
        values.add(
            e.getKey(), Json.error(failure.name(), failure.getMessage(), failure.traceback()));
      } catch (RuntimeException failure) {
        values.add(
            e.getKey(),
            Json.error(
                failure.getClass().getName(), String.valueOf(failure.getMessage()), List.of()));
      }
    }
    return values;
  }

  /**
   * Answers the cells behind a failed one. Before the failure's own reply: a front end that has
   * seen that one may send cells that are to run.
   */
  private void abortWaiting() {
    try {
      Thread.sleep(STRAGGLERS_MILLIS);
    } catch (InterruptedException e) {
      // The interrupt was for the cell that has failed.
    }
    List<Request> waiting = new ArrayList<>();
    cells.drainTo(waiting);
    for (Request request : waiting) {
      request.busy();
      request.reply(Json.of("status", "aborted", "execution_count", count));
      turn.idle(request);
    }
  }

  private static JsonObject errorFields(JsonObject reply) {
    JsonObject fields = reply.deepCopy();
    fields.remove("status");
    return fields;
  }
}
