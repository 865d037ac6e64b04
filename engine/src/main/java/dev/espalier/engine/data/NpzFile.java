package dev.espalier.engine.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes archives of NumPy arrays (NEP 1, version 1.0). */
public final class NpzFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNED = 64;

  /** The archive is the same for the same numbers, whenever it is written. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private NpzFile() {}

  /** An archive of vectors of float64, by name, in the map's order. */
  public static byte[] of(Map<String, double[]> vectors) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, double[]> vector : vectors.entrySet()) {
        // A name in an archive is a path; a column's title is not.
        ZipEntry entry = new ZipEntry(vector.getKey().replaceAll("[/\\\\]", "-") + ".npy");
        entry.setTimeLocal(NO_TIME);
        zip.putNextEntry(entry);
        zip.write(npy(vector.getValue()));
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] npy(double[] values) {
    String header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + values.length + ",), }";
    int before = MAGIC.length + Short.BYTES;
    int padding = ALIGNED - (before + header.length() + 1) % ALIGNED;
    String padded = header + " ".repeat(padding % ALIGNED) + "\n";
    ByteBuffer out =
        ByteBuffer.allocate(before + padded.length() + Math.multiplyExact(values.length, 8))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).putShort((short) padded.length());
    out.put(padded.getBytes(StandardCharsets.US_ASCII));
    out.asDoubleBuffer().put(values);
    return out.array();
  }
}
