package dev.espalier.kernel.jupyter;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** {@code System.in} of cells: asks the front end for a line whenever it runs dry. */
final class CellInput extends InputStream {
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private static final String NO_INPUT = "this front end takes no input from a cell";

  private byte[] line = new byte[0];
  private int at;

  /** The front end's answer. */
  void answer(String value) {
    answers.add(value);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public synchronized int read(byte[] into, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == line.length) {
      Request request = Request.CURRENT.get();
      if (request == null || !request.mayAskInput()) {
        // Unchecked: a Scanner takes any other for the end of the input, and says nothing of it.
        throw new UncheckedIOException(new IOException(NO_INPUT));
      }
      line = (ask("", false) + "\n").getBytes(StandardCharsets.UTF_8);
      at = 0;
    }
    int n = Math.min(length, line.length - at);
    System.arraycopy(line, at, into, from, n);
    at += n;
    return n;
  }

  @Override
  public synchronized int available() {
    return line.length - at;
  }

  /**
   * Asks the front end for a line.
   *
   * @throws IOException when it takes no input, or the cell is stopped meanwhile
   */
  String ask(String prompt, boolean secret) throws IOException {
    Request request = Request.CURRENT.get();
    if (request == null || !request.mayAskInput()) {
      throw new IOException(NO_INPUT);
    }
    answers.clear();
    request.askInput(prompt, secret);
    try {
      return answers.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while waiting for input");
    }
  }
}
