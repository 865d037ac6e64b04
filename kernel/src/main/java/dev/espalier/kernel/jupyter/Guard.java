package dev.espalier.kernel.jupyter;

/**
 * What {@link Instrument} makes a cell's code call. Public because that code lives in another class
 * loader; it is no interface for users.
 */
public final class Guard {
  /** Thrown in the place of the end of the kernel. */
  public static final class ExitRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ExitRefused(String call, int status) {
      super(
          call
              + "("
              + status
              + ") would end the kernel and everything in its memory; to end it, use the"
              + " notebook's Kernel menu");
    }
  }

  /**
   * Whether any cell was ever interrupted. It stays set: threads that an interrupted cell left
   * behind are still to end at their next check.
   */
  private static volatile boolean raised;

  private Guard() {}

  static void stop(Request request) {
    request.stop();
    raised = true;
  }

  /** At the entry of each method and before each jump back: ends code that was interrupted. */
  public static void check() {
    if (raised) {
      Request request = Request.CURRENT.get();
      if (request != null && request.stopped()) {
        throw new Stopped();
      }
    }
  }

  /** In the place of {@link System#exit}. */
  public static void exit(int status) {
    throw new ExitRefused("System.exit", status);
  }

  /** In the place of {@link Runtime#exit}. */
  public static void exit(Runtime runtime, int status) {
    throw new ExitRefused("Runtime.exit", status);
  }

  /** In the place of {@link Runtime#halt}. */
  public static void halt(Runtime runtime, int status) {
    throw new ExitRefused("Runtime.halt", status);
  }

  /** Hands a value of the Espalier scope to the variable declared for it. */
  public static Object take(long ticket) {
    return Names.take(ticket);
  }
}
