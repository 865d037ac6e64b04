package dev.espalier.kernel.jupyter;

import com.google.gson.JsonObject;

/** Where a running cell shows what it does, and learns that it is to stop. */
interface Outlet {
  /**
   * Publishes a message of the protocol.
   *
   * @param type {@code display_data} or {@code update_display_data}
   * @param content as {@link Bundle#content} gives it
   */
  void publish(String type, JsonObject content);

  /** Sends on what was printed so far, since it belongs above what is shown next. */
  void flush();

  /** Prints a line of advice that does not end the cell. */
  void warn(String text);

  /** Whether the user asked to stop; may be called from any thread. */
  boolean stopped();

  /** What to do with a cell that is Java, in a few words. */
  String toJava();
}
