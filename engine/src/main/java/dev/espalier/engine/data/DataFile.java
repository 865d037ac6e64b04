package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Opens files that users name, and says what is wrong with them. */
final class DataFile {
  private static final int BUFFER = 1 << 16;

  private DataFile() {}

  /** What a reader does with an open file. */
  @FunctionalInterface
  interface Reading<T> {
    T read(InputStream in) throws IOException;
  }

  /**
   * Reads a file, unpacking gzip (known by its first two bytes, whatever the name says).
   *
   * @throws EspalierException naming the file when it is missing, unreadable, or ends too early
   */
  static <T> T read(Path file, Reading<T> reading) {
    requireFile(file);
    try (InputStream in = open(file)) {
      return reading.read(in);
    } catch (NoSuchFileException e) {
      throw missing(file);
    } catch (EOFException e) {
      throw EspalierException.program(
          "the file ends too early",
          file.toString(),
          "it is cut short, or its header promises more than it holds",
          "get the file again",
          e);
    } catch (ZipException e) {
      throw EspalierException.program(
          "the file cannot be unpacked",
          file.toString(),
          "its gzip data is damaged: " + e.getMessage(),
          "get the file again",
          e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Whether nothing is left to read. */
  static boolean atEnd(InputStream in) throws IOException {
    return in.read() < 0;
  }

  /**
   * Exactly {@code count} bytes; memory grows with what is really there, so that a false header
   * cannot ask for more than the file holds.
   *
   * @throws EOFException when there are fewer
   */
  static byte[] readExactly(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException();
    }
    return bytes;
  }

  static void requireFile(Path file) {
    if (Files.isDirectory(file)) {
      throw EspalierException.program(
          "a file is wanted here, not a folder", file.toString(), "", "name a file in it");
    }
    if (!Files.exists(file)) {
      throw missing(file);
    }
  }

  static EspalierException missing(Path file) {
    return EspalierException.program(
        "there is no such file",
        file.toString(),
        file.isAbsolute() ? "" : "looked for it in " + Path.of("").toAbsolutePath(),
        "check the name");
  }

  static EspalierException unreadable(Path file, IOException e) {
    if (e instanceof AccessDeniedException) {
      return EspalierException.program(
          "the file cannot be read",
          file.toString(),
          "there is no permission to read it",
          "change its permissions",
          e);
    }
    return EspalierException.program(
        "the file cannot be read", file.toString(), String.valueOf(e.getMessage()), "", e);
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
    try {
      in.mark(2);
      boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
      in.reset();
      return gzip
          ? new BufferedInputStream(
              new BoundedInflation(
                  new GZIPInputStream(in, BUFFER), Files.size(file), file.toString()),
              BUFFER)
          : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
