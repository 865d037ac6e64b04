package dev.espalier.kernel.jupyter;

import com.google.gson.JsonObject;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;

/**
 * Brings each request to whoever answers it. Cells run one after the other on a thread of their
 * own; interrupts and shutdown on another, completion and the like on a third, so that none of them
 * waits for a cell.
 */
final class Dispatcher implements AutoCloseable {
  private final KernelConnectionProperties properties;
  private final Kernel kernel;
  private final CellInput input = new CellInput();
  private final History history = new History();
  private final PrintStream log;
  private final Sockets sockets;
  private final Turn turn = new Turn();
  private final Answers answers;
  private final CellQueue cells;
  private final Ending ending;
  private final ExecutorService control = worker("espalier-control");
  private final ExecutorService assist = worker("espalier-assist");
  private final PrintStream outBefore = System.out;
  private final PrintStream errBefore = System.err;
  private final InputStream inBefore = System.in;
  private final Thread.UncaughtExceptionHandler uncaughtBefore =
      Thread.getDefaultUncaughtExceptionHandler();

  /** Starts answering, and Java with it. */
  Dispatcher(
      KernelConnectionProperties properties,
      Wire wire,
      Cells cells,
      Rendering rendering,
      PrintStream log,
      Runnable onEnd) {
    this(properties, wire, cells, JavaCells.starting(log), rendering, log, onEnd);
  }

  /**
   * Starts answering.
   *
   * @param java on its way up
   * @param log the process's own standard error
   * @param onEnd called when the front end has ended the kernel; the sockets are closed by then
   */
  Dispatcher(
      KernelConnectionProperties properties,
      Wire wire,
      Cells cells,
      JavaCells java,
      Rendering rendering,
      PrintStream log,
      Runnable onEnd) {
    this.properties = properties;
    this.log = log;
    Streams streams = new Streams(log);
    this.kernel = new Kernel(cells, java, rendering, streams, input);
    this.answers = new Answers(kernel, turn, log);
    this.cells = new CellQueue(kernel, streams, history, turn, log);
    System.setOut(streams.out());
    System.setErr(streams.err());
    System.setIn(input);
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught(java, thread, e));
    this.sockets = new Sockets(properties, wire, log);
    this.ending = new Ending(turn, sockets, onEnd);
    sockets.start(this::received);
    Request.starting(sockets);
    this.cells.start();
    kernel.onStartup();
  }

  /** Ends the kernel's threads and sockets, but not the process. */
  @Override
  public void close() {
    turn.stop();
    cells.close();
    control.shutdownNow();
    assist.shutdownNow();
    kernel.onShutdown(false);
    sockets.close();
    System.setOut(outBefore);
    System.setErr(errBefore);
    System.setIn(inBefore);
    Thread.setDefaultUncaughtExceptionHandler(uncaughtBefore);
  }

  /** A thread has ended by what nobody caught: one that a cell started, or one of the kernel's. */
  private void uncaught(JavaCells java, Thread thread, Throwable e) {
    if (e instanceof Stopped) {
      return;
    }
    String title = "Exception in thread \"" + thread.getName() + "\" ";
    if (Request.CURRENT.get() == null) {
      log.print("espalier kernel: " + title);
      e.printStackTrace(log);
    } else {
      System.err.println(title + java.told(e));
    }
  }

  private static ExecutorService worker(String name) {
    return Executors.newSingleThreadExecutor(body -> Threads.daemon(name, body));
  }

  private void received(Sockets.Channel channel, Packet packet) {
    Request request = new Request(sockets, channel, packet);
    switch (packet.type()) {
      case "execute_request" -> cells.add(request);
      case "kernel_info_request" -> answers.answer(request, answers::kernelInfo);
      case "connect_request" -> answers.answer(request, () -> Answers.ports(properties));
      case "history_request" -> answers.answer(request, () -> history.answer(request.content()));
      case "comm_info_request" ->
          answers.answer(request, () -> Json.of("status", "ok", "comms", new JsonObject()));
      case "complete_request" ->
          assist.execute(() -> answers.answer(request, () -> answers.complete(request)));
      case "inspect_request" ->
          assist.execute(() -> answers.answer(request, () -> answers.inspect(request)));
      case "is_complete_request" ->
          assist.execute(() -> answers.answer(request, () -> answers.isComplete(request)));
      case "interrupt_request" -> control.execute(() -> answers.answer(request, this::interrupt));
      case "shutdown_request" -> control.execute(() -> ending.shutdown(request));
      case "input_reply" -> input.answer(Json.text(packet.content(), "value", ""));
      case "comm_open" -> answers.refuseComm(request);
      case "comm_msg", "comm_close" -> answers.ignoreComm(request);
      default -> {
        if (packet.type().endsWith("_request")) {
          answers.answer(
              request,
              () -> Json.error("UnknownRequest", "no answer to " + packet.type(), List.of()));
        } else {
          log.println("espalier kernel: a message of type " + packet.type() + " was dropped");
        }
      }
    }
  }

  private JsonObject interrupt() {
    cells.interrupt();
    return Json.of("status", "ok");
  }
}
