package dev.espalier.kernel.jupyter;

import static dev.espalier.kernel.jupyter.CellFailure.BOLD_RED;
import static dev.espalier.kernel.jupyter.CellFailure.PLAIN;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/**
 * Answers requests. Cells run one after the other on one thread; interrupts and shutdown on
 * another, completion and the like on a third, so that none of them waits for a cell.
 */
final class Dispatcher implements AutoCloseable {
  /** Cells that follow a failed one at once are still on their way when it fails. */
  private static final long STRAGGLERS_MILLIS = 25;

  /** A stopped cell may take this long to leave its files whole before the process ends. */
  private static final long FAREWELL_MILLIS = 300;

  /** A step that polls no flag for so long is in a blocked call. */
  private static final long BLOCKED_MILLIS = 2000;

  private final Kernel kernel;
  private final Streams streams;
  private final CellInput input = new CellInput();
  private final History history = new History();
  private final PrintStream log;
  private final Runnable onEnd;
  private final Sockets sockets;
  private final BlockingQueue<Request> cells = new LinkedBlockingQueue<>();
  private final ScheduledThreadPoolExecutor control = worker("espalier-control");
  private final ScheduledThreadPoolExecutor assist = worker("espalier-assist");
  private final Thread executing = Threads.daemon("espalier-cells", this::executeAll);
  private final PrintStream outBefore = System.out;
  private final PrintStream errBefore = System.err;
  private final InputStream inBefore = System.in;
  private int count;

  /** Guards which cell runs, and the order of busy and idle. */
  private final Object turn = new Object();

  private Request running;

  /**
   * Starts answering.
   *
   * @param log the process's own standard error
   * @param onEnd called when the front end has ended the kernel; the sockets are closed by then
   */
  Dispatcher(
      KernelConnectionProperties properties,
      Wire wire,
      Cells cells,
      Rendering rendering,
      PrintStream log,
      Runnable onEnd) {
    this.log = log;
    this.onEnd = onEnd;
    this.streams = new Streams(log);
    this.kernel = new Kernel(cells, rendering, streams, log);
    System.setOut(streams.out());
    System.setErr(streams.err());
    System.setIn(input);
    this.sockets = new Sockets(properties, wire, log);
    sockets.start(this::received);
    Request.starting(sockets);
    executing.start();
    kernel.onStartup();
  }

  /** Ends the kernel's threads and sockets, but not the process. */
  @Override
  public void close() {
    stopRunning();
    executing.interrupt();
    control.shutdownNow();
    assist.shutdownNow();
    kernel.onShutdown(false);
    sockets.close();
    System.setOut(outBefore);
    System.setErr(errBefore);
    System.setIn(inBefore);
  }

  private static ScheduledThreadPoolExecutor worker(String name) {
    return new ScheduledThreadPoolExecutor(1, body -> Threads.daemon(name, body));
  }

  private void received(Sockets.Channel channel, Packet packet) {
    Request request = new Request(sockets, channel, packet);
    switch (packet.type()) {
      case "execute_request" -> cells.add(request);
      case "kernel_info_request", "connect_request" -> beside(request, this::kernelInfo);
      case "history_request" -> beside(request, () -> history.answer(request.content()));
      case "comm_info_request" ->
          beside(request, () -> Json.of("status", "ok", "comms", new JsonObject()));
      case "complete_request" -> assist.execute(() -> beside(request, () -> complete(request)));
      case "inspect_request" -> assist.execute(() -> beside(request, () -> inspect(request)));
      case "is_complete_request" ->
          assist.execute(() -> beside(request, () -> isComplete(request)));
      case "interrupt_request" -> control.execute(() -> beside(request, this::interrupt));
      case "shutdown_request" -> control.execute(() -> shutdown(request));
      case "input_reply" -> input.answer(Json.text(packet.content(), "value", ""));
      // There are no widgets here: a comm that a front end opens is closed again.
      case "comm_open" ->
          request.publish(
              "comm_close",
              Json.of(
                  "comm_id", Json.text(packet.content(), "comm_id", ""), "data", new JsonObject()));
      case "comm_msg", "comm_close" -> {}
      default -> {
        if (packet.type().endsWith("_request")) {
          beside(
              request, () -> error("UnknownRequest", "no answer to " + packet.type(), List.of()));
        } else {
          log.println("espalier kernel: a message of type " + packet.type() + " was dropped");
        }
      }
    }
  }

  // --- beside the cells ---

  private interface Answer {
    JsonObject content();
  }

  private void beside(Request request, Answer answer) {
    request.busy();
    JsonObject content;
    try {
      content = answer.content();
    } catch (RuntimeException | LinkageError e) {
      log.println("espalier kernel: " + request.type() + " failed: " + e);
      content = error(e.getClass().getName(), String.valueOf(e.getMessage()), List.of());
    }
    request.reply(content);
    synchronized (turn) {
      request.idle();
      // Front ends show the last status they hear, whatever it was about.
      if (running != null) {
        running.busy();
      }
    }
  }

  private JsonObject kernelInfo() {
    LanguageInfo language = kernel.getLanguageInfo();
    return Json.of(
        "status",
        "ok",
        "protocol_version",
        "5.3",
        "implementation",
        kernel.getName(),
        "implementation_version",
        kernel.getVersion(),
        "language_info",
        Json.of(
            "name",
            language.getName(),
            "version",
            language.getVersion(),
            "mimetype",
            language.getMimetype(),
            "file_extension",
            language.getFileExtension(),
            "pygments_lexer",
            language.getPygmentsLexer(),
            "codemirror_mode",
            language.getCodemirrorMode(),
            "nbconvert_exporter",
            language.getNbconvertExporter()),
        "banner",
        "Espalier "
            + kernel.getVersion()
            + ": a language for compressing neural networks; Java in cells that start with %%java",
        "help_links",
        Json.array(List.of()),
        "debugger",
        false);
  }

  private JsonObject complete(Request request) {
    String code = Json.text(request.content(), "code", "");
    int cursor = cursor(request, code);
    Suggestions found = kernel.suggest(code, cursor);
    int start = code.codePointCount(0, found.start());
    int end = code.codePointCount(0, found.end());
    JsonArray kinds = new JsonArray();
    for (Suggestions.Item item : found.items()) {
      kinds.add(Json.of("text", item.text(), "type", item.kind(), "start", start, "end", end));
    }
    return Json.of(
        "status",
        "ok",
        "matches",
        Json.array(found.items().stream().map(Suggestions.Item::text).toList()),
        "cursor_start",
        start,
        "cursor_end",
        end,
        "metadata",
        // JupyterLab reads the kinds here; the protocol has no place of its own for them yet.
        Json.of("_jupyter_types_experimental", kinds));
  }

  private JsonObject inspect(Request request) {
    String code = Json.text(request.content(), "code", "");
    boolean detail = Json.whole(request.content(), "detail_level", 0) > 0;
    DisplayData found = kernel.inspect(code, cursor(request, code), detail);
    Bundle bundle =
        found == null ? new Bundle(new JsonObject(), new JsonObject()) : Bundle.of(found);
    return Json.of(
        "status",
        "ok",
        "found",
        found != null,
        "data",
        bundle.data(),
        "metadata",
        bundle.metadata());
  }

  private JsonObject isComplete(Request request) {
    Wholeness found = kernel.wholeness(Json.text(request.content(), "code", ""));
    return found.status().equals("incomplete")
        ? Json.of("status", found.status(), "indent", found.indent())
        : Json.of("status", found.status());
  }

  /** The protocol counts characters, Java counts UTF-16 units. */
  private static int cursor(Request request, String code) {
    int characters = code.codePointCount(0, code.length());
    int at = Json.whole(request.content(), "cursor_pos", characters);
    return code.offsetByCodePoints(0, Math.max(0, Math.min(characters, at)));
  }

  // --- interrupt and end ---

  private JsonObject interrupt() {
    Request stopped = stopRunning();
    if (stopped != null) {
      control.schedule(() -> unblock(stopped), BLOCKED_MILLIS, TimeUnit.MILLISECONDS);
    }
    return Json.of("status", "ok");
  }

  private Request stopRunning() {
    synchronized (turn) {
      if (running != null) {
        Guard.stop(running);
      }
      return running;
    }
  }

  private void unblock(Request stopped) {
    synchronized (turn) {
      // The compiler of Java cells must not be interrupted: it would close its own class path.
      // Java cells interrupt the thread of the user's code themselves.
      if (running == stopped && !isJava(stopped)) {
        executing.interrupt();
      }
    }
  }

  private static boolean isJava(Request request) {
    return Json.text(request.content(), "code", "").stripLeading().startsWith("%%");
  }

  private void shutdown(Request request) {
    request.busy();
    Request stopped = stopRunning();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FAREWELL_MILLIS);
    synchronized (turn) {
      try {
        while (stopped != null && running == stopped && System.nanoTime() < deadline) {
          turn.wait(20);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    request.reply(
        Json.of("status", "ok", "restart", Json.flag(request.content(), "restart", false)));
    request.idle();
    sockets.close();
    onEnd.run();
  }

  // --- cells ---

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
    synchronized (turn) {
      running = request;
      request.busy();
    }
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
        reply = error(failure.name(), failure.getMessage(), failure.traceback());
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
        running = null;
        request.idle();
        turn.notifyAll();
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
        values.add(e.getKey(), error(failure.name(), failure.getMessage(), failure.traceback()));
      } catch (RuntimeException failure) {
        values.add(
            e.getKey(),
            error(failure.getClass().getName(), String.valueOf(failure.getMessage()), List.of()));
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
      request.idle();
    }
    if (!waiting.isEmpty()) {
      synchronized (turn) {
        running.busy();
      }
    }
  }

  private static JsonObject error(String name, String title, List<String> traceback) {
    return Json.of(
        "status", "error", "ename", name, "evalue", title, "traceback", Json.array(traceback));
  }

  private static JsonObject errorFields(JsonObject reply) {
    JsonObject fields = reply.deepCopy();
    fields.remove("status");
    return fields;
  }
}
