package dev.espalier.engine.onnx;

import dev.espalier.engine.EspalierException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import onnx.Onnx;

/**
 * Weights that an ONNX file keeps in other files (onnx/docs/ExternalData.md). Their paths are
 * relative to the model's folder and must stay in it, links followed.
 */
final class ExternalData {
  private final Optional<Path> model;

  private ExternalData(Optional<Path> model) {
    this.model = model;
  }

  static ExternalData beside(Path model) {
    return new ExternalData(Optional.of(model));
  }

  static ExternalData none() {
    return new ExternalData(Optional.empty());
  }

  /** Bytes held at once while a weight is read; a multiple of every element's width. */
  private static final int PIECE = 1 << 20;

  /**
   * A weight's bytes in another file, which are there.
   *
   * @param where names the file and the weight in messages
   */
  record Part(Path file, long offset, long bytes, String where) {
    /**
     * Hands over all bytes, in order, little-endian, in pieces that end between elements. They go
     * through one small buffer: beside the numbers that are made of them, nothing is held.
     */
    void read(Consumer<ByteBuffer> piece) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        ByteBuffer buffer =
            ByteBuffer.allocateDirect((int) Math.min(PIECE, bytes)).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < bytes; at += buffer.limit()) {
          buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - at));
          while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + at + buffer.position()) < 0) {
              throw new IOException("the file became shorter while it was read");
            }
          }
          piece.accept(buffer.flip());
        }
      } catch (IOException e) {
        throw unreadable(file.getFileName().toString(), where, e);
      }
    }
  }

  private static EspalierException unreadable(String location, String where, IOException e) {
    return EspalierException.program(
        "cannot read a weight's file",
        where,
        location + ": " + e.getMessage(),
        "put it beside the model; both files belong together",
        e);
  }

  /**
   * Finds the bytes of one tensor, and makes sure that the file has them.
   *
   * @param bytes how many the tensor's type and shape ask for
   * @param where names the file and the weight in messages
   */
  Part part(List<Onnx.StringStringEntryProto> entries, long bytes, String where) {
    long offset = 0;
    long length = -1;
    for (Onnx.StringStringEntryProto entry : entries) {
      switch (entry.getKey()) {
        case "offset" -> offset = number(entry, where);
        case "length" -> length = number(entry, where);
        default -> {}
      }
    }
    Path file = file(entries, where);
    String location = file.getFileName().toString();
    try {
      long size = Files.size(file);
      if (length >= 0 && length != bytes) {
        throw EspalierException.program(
            "a weight's size disagrees with its shape",
            where,
            "the shape needs " + bytes + " bytes; the model says " + length + " in " + location,
            "export the model again");
      }
      if (offset > size || bytes > size - offset) {
        throw EspalierException.program(
            "a weight lies beyond the end of its file",
            where,
            bytes + " bytes from " + offset + " on; " + location + " has " + size,
            "the file is cut short or belongs to another model: copy or export both again");
      }
      return new Part(file, offset, bytes, where);
    } catch (IOException e) {
      throw unreadable(location, where, e);
    }
  }

  /**
   * The file that holds a tensor's bytes.
   *
   * @throws EspalierException when it is missing or lies outside the model's folder
   */
  Path file(List<Onnx.StringStringEntryProto> entries, String where) {
    if (model.isEmpty()) {
      throw EspalierException.program(
          "the weight's values lie in another file",
          where,
          "only the model's own bytes are at hand",
          "read the model from its file");
    }
    String location = "";
    for (Onnx.StringStringEntryProto entry : entries) {
      location = entry.getKey().equals("location") ? entry.getValue() : location;
    }
    return inside(location, where);
  }

  private Path inside(String location, String where) {
    Path folder = model.orElseThrow().toAbsolutePath().getParent();
    try {
      Path relative = Path.of(location);
      // A backslash would be a separator on another system.
      if (location.isEmpty() || relative.isAbsolute() || location.contains("\\")) {
        throw leaves(location, where);
      }
      for (Path part : relative) {
        if (part.toString().equals("..")) {
          throw leaves(location, where);
        }
      }
      Path file = folder.resolve(relative);
      if (!Files.exists(file)) {
        throw EspalierException.program(
            "a weight's file is missing",
            where,
            "the model keeps it in " + location + ", which is not in its folder",
            "put it beside the model; both files belong together");
      }
      Path real = file.toRealPath();
      if (!real.startsWith(folder.toRealPath())) {
        throw leaves(location, where);
      }
      if (!Files.isRegularFile(real)) {
        throw EspalierException.program(
            "a weight's file is no regular file", where, location, "export the model again");
      }
      return real;
    } catch (InvalidPathException | IOException e) {
      throw EspalierException.program(
          "a weight's file cannot be found", where, String.valueOf(e.getMessage()), "", e);
    }
  }

  private static EspalierException leaves(String location, String where) {
    return EspalierException.program(
        "a weight's file must lie in the model's folder",
        where,
        "the model names `" + location + "`, which leads elsewhere",
        "do not load models from people you do not trust; or export the model again");
  }

  private static long number(Onnx.StringStringEntryProto entry, String where) {
    try {
      long value = Long.parseLong(entry.getValue().trim());
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, as a negative number is.
    }
    throw EspalierException.program(
        "a weight's place in its file is no number",
        where,
        entry.getKey() + " is `" + entry.getValue() + "`",
        "export the model again");
  }
}
