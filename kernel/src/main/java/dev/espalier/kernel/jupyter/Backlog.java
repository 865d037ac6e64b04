package dev.espalier.kernel.jupyter;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What was published and no front end has read yet. ZeroMQ keeps it in memory, without end and
 * without telling how much, since nothing is to be lost; a cell that prints faster than a front end
 * reads would fill the memory, and must wait. ZeroMQ lets go of a message once the operating system
 * has it, so what the garbage collector still finds is what waits.
 */
final class Backlog {
  /** Replies and states are small and few beside what cells print. */
  private static final int SMALL_BYTES = 256;

  private static final long MOST_BYTES = 256L << 20;
  private static final long POLL_MILLIS = 50;
  private static final long COLLECT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final ReferenceQueue<byte[]> read = new ReferenceQueue<>();
  private final Set<Frame> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytes = new AtomicLong();
  private final long most = Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / 4);
  private volatile long collected = System.nanoTime() - COLLECT_NANOS;

  private static final class Frame extends WeakReference<byte[]> {
    private final int length;

    Frame(byte[] frame, ReferenceQueue<byte[]> queue) {
      super(frame, queue);
      this.length = frame.length;
    }
  }

  /** Counts a message that is on its way out. */
  void add(List<byte[]> frames) {
    for (byte[] frame : frames) {
      if (frame.length >= SMALL_BYTES && waiting.add(new Frame(frame, read))) {
        bytes.addAndGet(frame.length);
      }
    }
  }

  /** Waits until there is room for more, or the request is stopped; held by no lock. */
  void await(Request request) {
    while (full() && !request.stopped()) {
      long now = System.nanoTime();
      if (now - collected >= COLLECT_NANOS) {
        // Much of it may be read long since: only a collection tells.
        System.gc();
        collected = System.nanoTime();
        continue;
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private boolean full() {
    for (Reference<?> gone = read.poll(); gone != null; gone = read.poll()) {
      Frame frame = (Frame) gone;
      if (waiting.remove(frame)) {
        bytes.addAndGet(-frame.length);
      }
    }
    return bytes.get() > most;
  }
}
