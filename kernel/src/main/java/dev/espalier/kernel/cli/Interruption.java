package dev.espalier.kernel.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and the system's request to end: the run is asked to stop, which it does after its current
 * batch, and only then the process goes, with 130 (Ctrl-C) or 143 (end) as its exit code.
 */
final class Interruption implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook;

  /**
   * @param stop asks the run to stop
   * @param impatient called when it did not stop in time
   */
  Interruption(Runnable stop, Runnable impatient) {
    hook =
        new Thread(
            () -> {
              stop.run();
              try {
                if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                  impatient.run();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The run is over. */
  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is already ending; the hook waits for nothing any more.
    }
  }
}
