package dev.espalier.kernel.jupyter;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;

/**
 * What cells print, as {@code stream} messages of the cell that printed it: gathered for 50 ms or
 * 64 KB, and cut only between characters.
 */
final class Streams {
  private static final int BATCH_BYTES = 64 << 10;
  private static final long BATCH_MILLIS = 50;
  private static final int CHECKED_BYTES = 1 << 20;

  private final PrintStream out = printer("stdout");
  private final PrintStream err = printer("stderr");
  private final PrintStream fallback;

  /** Bytes of a character whose rest has not been printed yet. */
  private final Map<Request, Map<String, byte[]>> tails = new WeakHashMap<>();

  private final ByteArrayOutputStream batch = new ByteArrayOutputStream();
  private boolean fresh;
  private Request owner;
  private String name;
  private volatile Request latest;

  /** Since readers were last looked after; threads may lose count of each other's. */
  private volatile int printed;

  /**
   * @param fallback takes what is printed before the first cell
   */
  Streams(PrintStream fallback) {
    this.fallback = fallback;
    Threads.daemon("espalier-streams", this::flushNowAndThen).start();
  }

  PrintStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  /** Puts these in the place of streams that a cell took away; any others stay. */
  void install() {
    if (System.out == null) {
      System.setOut(out);
    }
    if (System.err == null) {
      System.setErr(err);
    }
  }

  /** Threads that belong to no cell print into this one from now on. */
  void latest(Request request) {
    latest = request;
  }

  /** Publishes what was printed so far; called before anything else of a cell is shown. */
  void flush() {
    synchronized (this) {
      publish(false);
    }
  }

  /** Ends a cell's output; half a character is shown as what it is. */
  void end(Request request) {
    synchronized (this) {
      publish(true);
      Map<String, byte[]> rest = tails.remove(request);
      if (rest != null) {
        rest.forEach((stream, bytes) -> send(request, stream, bytes, bytes.length));
      }
    }
  }

  private void flushNowAndThen() {
    while (true) {
      try {
        synchronized (this) {
          while (!fresh) {
            wait();
          }
        }
        Thread.sleep(BATCH_MILLIS);
        synchronized (this) {
          publish(false);
        }
      } catch (InterruptedException e) {
        return;
      } catch (OutOfMemoryError e) {
        // A cell has filled the memory and is told so; later cells print too.
        fallback.println("espalier kernel: output was lost: " + e);
      }
    }
  }

  private void print(String stream, byte[] bytes, int from, int length) {
    Request request = owner();
    if (request != null && (printed += length) >= CHECKED_BYTES) {
      // Outside of the lock: others go on meanwhile.
      printed = 0;
      request.awaitReaders();
    }
    write(stream, bytes, from, length);
  }

  private synchronized void write(String stream, byte[] bytes, int from, int length) {
    Request request = owner();
    if (request == null) {
      fallback.write(bytes, from, length);
      return;
    }
    if (request != owner || !stream.equals(name)) {
      turnTo(request, stream);
    }
    if (!fresh) {
      fresh = true;
      notifyAll();
    }
    for (int at = 0; at < length; ) {
      int part = Math.min(length - at, BATCH_BYTES - batch.size());
      batch.write(bytes, from + at, part);
      at += part;
      if (batch.size() >= BATCH_BYTES) {
        publish(false);
      }
    }
  }

  private Request owner() {
    // Workers of the common pool belong to whichever cell happened to start them.
    if (Thread.currentThread() instanceof ForkJoinWorkerThread worker
        && worker.getPool() == ForkJoinPool.commonPool()) {
      return latest;
    }
    Request own = Request.CURRENT.get();
    return own != null ? own : latest;
  }

  /** Publishes what there is of one stream and takes up another where it was left. */
  private void turnTo(Request request, String stream) {
    publish(false);
    if (batch.size() > 0) {
      tails.computeIfAbsent(owner, r -> new HashMap<>()).put(name, batch.toByteArray());
      batch.reset();
    }
    owner = request;
    name = stream;
    Map<String, byte[]> kept = tails.get(request);
    byte[] tail = kept == null ? null : kept.remove(stream);
    if (tail != null) {
      batch.writeBytes(tail);
    }
  }

  /** Publishes the batch; without {@code all}, a character cut at its end stays in it. */
  private void publish(boolean all) {
    fresh = false;
    byte[] bytes = batch.toByteArray();
    int whole = all ? bytes.length : wholeCharacters(bytes);
    if (whole > 0) {
      send(owner, name, bytes, whole);
      batch.reset();
      batch.write(bytes, whole, bytes.length - whole);
    }
  }

  private static void send(Request request, String stream, byte[] bytes, int length) {
    request.publish(
        "stream",
        Json.of("name", stream, "text", new String(bytes, 0, length, StandardCharsets.UTF_8)));
  }

  /** Length without a UTF-8 sequence that is cut at the end. */
  static int wholeCharacters(byte[] bytes) {
    int lead = bytes.length - 1;
    while (lead >= 0 && lead > bytes.length - 4 && (bytes[lead] & 0xC0) == 0x80) {
      lead--;
    }
    if (lead < 0 || (bytes[lead] & 0x80) == 0) {
      return bytes.length;
    }
    int b = bytes[lead] & 0xFF;
    int needed = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
    return lead + needed > bytes.length ? lead : bytes.length;
  }

  private PrintStream printer(String stream) {
    OutputStream sink =
        new OutputStream() {
          @Override
          public void write(int b) {
            print(stream, new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int from, int length) {
            print(stream, bytes, from, length);
          }
        };
    return new PrintStream(sink, false, StandardCharsets.UTF_8) {
      @Override
      public void close() {
        // Later cells print here too.
        flush();
      }
    };
  }
}
