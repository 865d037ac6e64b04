package dev.espalier.kernel.jupyter;

import com.google.gson.JsonObject;

/** Ends the kernel when the front end says so, also while a cell runs. */
final class Ending {
  /** A stopped cell may take this long to leave its files whole before the process ends. */
  private static final long FAREWELL_MILLIS = 300;

  /** What has been said may take this long to get to slow readers. */
  private static final long CLOSING_MILLIS = 400;

  private final Turn turn;
  private final Sockets sockets;
  private final Runnable onEnd;

  /**
   * @param onEnd called when everything is said and the sockets are closed, as far as that is soon
   */
  Ending(Turn turn, Sockets sockets, Runnable onEnd) {
    this.turn = turn;
    this.sockets = sockets;
    this.onEnd = onEnd;
  }

  /** Answers a {@code shutdown_request} and ends. */
  void shutdown(Request request) {
    request.busy();
    Request stopped = turn.stop();
    if (stopped != null) {
      turn.await(stopped, FAREWELL_MILLIS);
    }
    JsonObject reply =
        Json.of("status", "ok", "restart", Json.flag(request.content(), "restart", false));
    request.reply(reply);
    // To the other front ends too, so that they know that it was meant.
    request.publish("shutdown_reply", reply);
    request.idle();
    close();
    onEnd.run();
  }

  /** Closing waits for several threads in a row, and all of them together may take no second. */
  private void close() {
    Thread closing = Threads.daemon("espalier-close", sockets::close);
    closing.start();
    try {
      closing.join(CLOSING_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
