package dev.espalier.kernel.jupyter;

import java.util.concurrent.TimeUnit;

/** Which cell runs now, and the order of busy and idle. */
final class Turn {
  private Request running;

  synchronized void begin(Request cell) {
    running = cell;
    cell.busy();
  }

  synchronized void end(Request cell) {
    running = null;
    cell.idle();
    notifyAll();
  }

  /** The last status of a request that is answered beside the cells. */
  synchronized void idle(Request beside) {
    beside.idle();
    // Front ends show the last status they hear, whatever it was about.
    if (running != null) {
      running.busy();
    }
  }

  /** Asks the running cell to stop; null when none runs. */
  synchronized Request stop() {
    if (running != null) {
      Guard.stop(running);
    }
    return running;
  }

  synchronized boolean running(Request cell) {
    return running == cell;
  }

  /** Waits until a cell is done, or so long. */
  synchronized void await(Request cell, long millis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    try {
      while (running == cell && System.nanoTime() < deadline) {
        wait(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
