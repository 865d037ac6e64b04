package dev.espalier.kernel.cli;

import dev.espalier.dsl.Source;
import dev.espalier.engine.EspalierException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a program from a file that may be anything. */
final class ScriptFile {
  /** Far beyond any program; a model given by mistake is refused before it fills the memory. */
  private static final int LARGEST = 4 << 20;

  private ScriptFile() {}

  /**
   * The program in the file.
   *
   * @throws EspalierException (program) when there is none, it cannot be read or is no text
   */
  static Source read(String name) {
    Path file;
    try {
      file = Path.of(name);
    } catch (InvalidPathException e) {
      throw refused("`" + name + "` is no file name", e.getReason(), "");
    }
    if (Files.isDirectory(file)) {
      throw refused("`" + name + "` is a folder", "a program is one file", "name the .esp file");
    }
    if (!Files.exists(file)) {
      throw refused(
          "there is no file `" + name + "`",
          "looked in " + file.toAbsolutePath().getParent(),
          "check the name and the folder");
    }
    if (!Files.isReadable(file)) {
      throw refused("`" + name + "` may not be read", "", "change its permissions");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST + 1);
    } catch (NoSuchFileException e) {
      throw refused("there is no file `" + name + "`", "", "check the name and the folder");
    } catch (IOException e) {
      throw refused("`" + name + "` cannot be read", String.valueOf(e.getMessage()), "");
    }
    return new Source(name, text(name, bytes), Optional.of(file));
  }

  /**
   * The program that comes by a stream.
   *
   * @throws EspalierException (program) when it cannot be read or is no text
   */
  static Source read(String name, InputStream in) {
    try {
      return new Source(name, text(name, in.readNBytes(LARGEST + 1)), Optional.empty());
    } catch (IOException e) {
      throw refused("`" + name + "` cannot be read", String.valueOf(e.getMessage()), "");
    }
  }

  private static String text(String name, byte[] bytes) {
    if (bytes.length > LARGEST) {
      throw refused("`" + name + "` is larger than 4 MB", "no program is", "name the .esp file");
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      int line = 1;
      for (int i = 0; i < in.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      throw refused(
          "`" + name + "` is not UTF-8 text",
          "line " + line + " holds the byte " + String.format("0x%02X", bytes[in.position()]),
          "save it as UTF-8");
    }
    decoder.flush(out);
    String text = out.flip().toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static EspalierException refused(String what, String why, String fix) {
    return EspalierException.program(what, "", why, fix);
  }
}
