package dev.espalier.kernel.jupyter;

import java.io.PrintStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The thread that cells run on, and the ladder by which a stopped cell is ended: first its flag,
 * then an interrupt of the thread, and when neither ends it, the thread is left behind and another
 * takes its place.
 */
final class CellThread {
  /** How long a stopped cell may go without looking at its flag before it is left behind. */
  static final long PATIENCE_MILLIS = 2000;

  /** A step that looked at its flag is on its way out; what it keeps may take a while to write. */
  private static final long WINDING_UP_MILLIS = 30_000;

  /** A compiler must not be interrupted, and a Java cell has its own ladder below this one. */
  private static final long JAVA_PATIENCE_MILLIS = 5000;

  private static final long POLL_MILLIS = 20;

  /** What a cell does; may throw anything. */
  interface Body {
    void run() throws Throwable;
  }

  /** The cell did not end and its thread was left behind. */
  static final class LeftBehind extends Exception {
    private static final long serialVersionUID = 1L;

    private final long millis;

    LeftBehind(long millis) {
      super("left behind", null, false, false);
      this.millis = millis;
    }

    /** How long it was waited for since the cell was told to stop. */
    long millis() {
      return millis;
    }
  }

  private final PrintStream log;
  private Worker worker;

  CellThread(PrintStream log) {
    this.log = log;
  }

  /**
   * Runs a cell and waits for its end.
   *
   * @throws LeftBehind when it was stopped and would not end; it may still run
   * @throws InterruptedException when the calling thread is to end; the cell is left behind too
   * @throws Throwable what the body threw
   */
  void run(Request request, boolean java, Body body) throws Throwable {
    if (worker == null) {
      worker = new Worker(log);
    }
    Task task = new Task(body);
    worker.tasks.add(task);
    try {
      await(request, java, task);
    } catch (LeftBehind | InterruptedException e) {
      worker.leave(e instanceof InterruptedException);
      worker = null;
      throw e;
    }
    if (task.failure != null) {
      throw task.failure;
    }
  }

  private void await(Request request, boolean java, Task task)
      throws LeftBehind, InterruptedException {
    boolean interrupted = false;
    while (!task.done.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      if (!request.stopped()) {
        continue;
      }
      long passed = request.millisSinceStop();
      long patience = Math.max(java ? JAVA_PATIENCE_MILLIS : PATIENCE_MILLIS, request.patience());
      if (passed >= (request.noticed() ? WINDING_UP_MILLIS : patience)) {
        throw new LeftBehind(passed);
      }
      if (!java && !interrupted && !request.noticed() && passed >= patience / 2) {
        interrupted = true;
        worker.thread.interrupt();
      }
    }
  }

  /** Ends the thread once it is idle. */
  void close() {
    if (worker != null) {
      worker.leave(true);
    }
  }

  private static final class Task {
    private final Body body;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile Throwable failure;

    Task(Body body) {
      this.body = body;
    }
  }

  private static final class Worker {
    private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final PrintStream log;
    private final Thread thread;
    private volatile boolean left;

    Worker(PrintStream log) {
      this.log = log;
      this.thread = Threads.ofCells("espalier-cell", this::work);
      thread.start();
    }

    void leave(boolean interrupt) {
      left = true;
      if (interrupt) {
        thread.interrupt();
      } else {
        log.println("espalier kernel: a cell's thread would not end and was left behind");
      }
    }

    private void work() {
      while (!left) {
        Task task;
        try {
          task = tasks.take();
        } catch (InterruptedException e) {
          // For a cell that has ended meanwhile, or for the end of this thread.
          continue;
        }
        try {
          task.body.run();
        } catch (Throwable e) {
          task.failure = e;
        } finally {
          task.done.countDown();
          // An interrupt that came too late is not the next cell's.
          Thread.interrupted();
        }
      }
    }
  }
}
