package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Unpacked bytes, which may be many but not absurdly many for what was packed: beyond that a file
 * is made to fill memory (a zip bomb). Deflate can reach a ratio of 1032; data for learning stays
 * far below 200.
 */
final class BoundedInflation extends FilterInputStream {
  static final int HIGHEST_RATIO = 200;

  private static final long ALWAYS_ALLOWED = 64L << 20;

  private final String where;
  private final long most;
  private long count;

  BoundedInflation(InputStream unpacked, long packedBytes, String where) {
    super(unpacked);
    this.where = where;
    this.most = Math.max(ALWAYS_ALLOWED, Math.max(0, packedBytes) * HIGHEST_RATIO);
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    count(value < 0 ? 0 : 1);
    return value;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int n = super.read(into, offset, length);
    count(n);
    return n;
  }

  private void count(int n) {
    count += Math.max(0, n);
    if (count > most) {
      throw refused(where);
    }
  }

  static EspalierException refused(String where) {
    return EspalierException.program(
        "the file unpacks to far more than it can rightly hold",
        where,
        "so a file is made that fills memory (a zip bomb)",
        "do not trust this file; if it is right, unpack it yourself");
  }
}
