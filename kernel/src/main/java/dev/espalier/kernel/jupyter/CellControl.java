package dev.espalier.kernel.jupyter;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.spi.SPIResolutionException;

/**
 * Runs the code of Java cells in this process, each piece on a thread of its own, so that JShell's
 * state stays whole when a piece has to be left behind.
 */
final class CellControl extends DirectExecutionControl {
  /** How long interrupted code may take to end before its thread is left behind. */
  static final long PATIENCE_MILLIS = 2000;

  private static final long POLL_MILLIS = 20;
  private static final long REPEAT_MILLIS = 500;

  private final CellLoader loader;
  private final ReentrantLock compiler;
  private volatile Object value;
  private volatile Throwable failure;
  private volatile boolean abandoned;
  private volatile boolean running;
  private volatile boolean onlyCompile;
  private final Stopwatch ran = new Stopwatch();

  /**
   * @param compiler held by whoever uses JShell; let go while the user's code runs, so that
   *     completion need not wait for it
   */
  CellControl(CellLoader loader, ReentrantLock compiler) {
    super(loader);
    this.loader = loader;
    this.compiler = compiler;
  }

  /** Forgets the last piece's outcome. */
  void reset() {
    value = null;
    failure = null;
    abandoned = false;
  }

  /** Whether pieces are to be compiled and not run. */
  void onlyCompile(boolean only) {
    onlyCompile = only;
  }

  /** How long user code ran since it was last reset. */
  Stopwatch ran() {
    return ran;
  }

  /** What the last piece's expression gave. */
  Object value() {
    return value;
  }

  /** What the last piece threw, itself and not JShell's copy; null when it did not. */
  Throwable failure() {
    return failure;
  }

  /** Whether the last piece's thread would not end. */
  boolean abandoned() {
    return abandoned;
  }

  /** Whether a piece runs, in the middle of JShell's evaluation of it. */
  boolean running() {
    return running;
  }

  @Override
  protected String invoke(Method method) throws Exception {
    if (onlyCompile) {
      return "";
    }
    Request request = Request.CURRENT.get();
    Run run = new Run(method);
    Thread thread = Threads.daemon("cell", run);
    thread.setContextClassLoader(loader);
    int held = compiler.getHoldCount();
    running = true;
    for (int i = 0; i < held; i++) {
      compiler.unlock();
    }
    ran.start();
    try {
      thread.start();
      await(run, thread, request);
    } finally {
      ran.stop();
      for (int i = 0; i < held; i++) {
        compiler.lock();
      }
      running = false;
    }
    if (run.done.getCount() > 0) {
      abandoned = true;
      failure = new Stopped();
    } else {
      value = run.value;
      failure = run.failure;
    }
    if (failure instanceof SPIResolutionException unresolved) {
      throw unresolved;
    }
    if (failure != null) {
      throw new InvocationTargetException(failure);
    }
    // JShell would call toString of the user's object here; the renderer does, when it is shown.
    return "";
  }

  private static void await(Run run, Thread thread, Request request) {
    long start = 0;
    long interrupts = 0;
    while (true) {
      try {
        if (run.done.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        // The request's flag says what the interrupt was for.
      }
      if (request == null || !request.stopped()) {
        continue;
      }
      if (request.inSentence()) {
        // It ends by itself; an interrupt would close files that it writes.
        interrupts = 0;
        continue;
      }
      long now = System.nanoTime();
      if (interrupts == 0) {
        start = now;
      }
      long passed = TimeUnit.NANOSECONDS.toMillis(now - start);
      if (passed >= PATIENCE_MILLIS) {
        return;
      }
      if (passed >= interrupts * REPEAT_MILLIS) {
        interrupts++;
        thread.interrupt();
      }
    }
  }

  /** One piece of user code. */
  private static final class Run implements Runnable {
    final CountDownLatch done = new CountDownLatch(1);
    private final Method method;
    volatile Object value;
    volatile Throwable failure;

    Run(Method method) {
      this.method = method;
    }

    @Override
    public void run() {
      try {
        value = method.invoke(null);
      } catch (InvocationTargetException e) {
        failure = e.getCause();
      } catch (Throwable e) {
        failure = e;
      } finally {
        done.countDown();
      }
    }
  }
}
