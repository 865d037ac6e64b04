package dev.espalier.engine.train;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * Ends a process that trains, at once. {@link Runtime#halt} waits until threads have left native
 * code and Java's compilers have finished what they are at, for up to ten seconds (HotSpot's {@code
 * VM_Exit::wait_for_threads_in_native_to_block}), and then runs what native libraries do at the
 * end.
 */
public final class NativeExit {
  /** Set when native libraries are loaded; before that halting takes no time. */
  private static volatile IntConsumer exit;

  private NativeExit() {}

  /** Ends the process when native libraries were loaded in it and the system allows; or returns. */
  public static void leave(int status) {
    IntConsumer known = exit;
    if (known != null) {
      known.accept(status);
    }
  }

  /** Called when native libraries are loaded. */
  static void loaded() {
    if (System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows")) {
      return;
    }
    try {
      Function function = NativeLibrary.getInstance("c").getFunction("_exit");
      exit = status -> function.invokeVoid(new Object[] {status});
    } catch (UnsatisfiedLinkError e) {
      // Another C library: the process ends as Java ends it.
      return;
    }
  }
}
