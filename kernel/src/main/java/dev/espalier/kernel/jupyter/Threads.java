package dev.espalier.kernel.jupyter;

/** Every thread of the kernel is a daemon: none may keep a process alive that was told to end. */
final class Threads {
  /** User code recurses on this; the default of 512 KB to 1 MB is short for deep programs. */
  private static final long STACK_BYTES = 8L << 20;

  private static final ThreadGroup CELLS = new ThreadGroup("cells");

  private Threads() {}

  static Thread daemon(String name, Runnable body) {
    return daemon(null, name, body);
  }

  /** A thread for users' code, which may treat the group it finds itself in as its own. */
  static Thread ofCells(String name, Runnable body) {
    return daemon(CELLS, name, body);
  }

  private static Thread daemon(ThreadGroup group, String name, Runnable body) {
    Thread thread = new Thread(group, body, name, STACK_BYTES);
    thread.setDaemon(true);
    return thread;
  }
}
