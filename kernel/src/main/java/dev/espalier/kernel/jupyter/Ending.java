package dev.espalier.kernel.jupyter;

import com.google.gson.JsonObject;

/** Ends the kernel when the front end says so, also while a cell runs. */
final class Ending {
  /** A stopped cell may take this long to leave its files whole before the process ends. */
  private static final long FAREWELL_MILLIS = 300;

  private final Turn turn;
  private final Sockets sockets;
  private final Runnable onEnd;

  /**
   * @param onEnd called when everything is said and the sockets are closed
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
    sockets.close();
    onEnd.run();
  }
}
