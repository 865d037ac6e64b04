package dev.espalier.engine.onnx;

import dev.espalier.engine.EspalierException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
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

  /**
   * Reads the bytes of one tensor.
   *
   * @param bytes how many the tensor's type and shape ask for
   * @param where names the file and the weight in messages
   */
  ByteBuffer read(List<Onnx.StringStringEntryProto> entries, long bytes, String where) {
    if (model.isEmpty()) {
      throw EspalierException.program(
          "the weight's values lie in another file",
          where,
          "only the model's own bytes are at hand",
          "read the model from its file");
    }
    String location = "";
    long offset = 0;
    long length = -1;
    for (Onnx.StringStringEntryProto entry : entries) {
      switch (entry.getKey()) {
        case "location" -> location = entry.getValue();
        case "offset" -> offset = number(entry, where);
        case "length" -> length = number(entry, where);
        default -> {}
      }
    }
    Path file = inside(location, where);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (length < 0) {
        length = bytes;
      }
      if (length != bytes) {
        throw EspalierException.program(
            "a weight's size disagrees with its shape",
            where,
            "the shape needs " + bytes + " bytes; the model says " + length + " in " + location,
            "export the model again");
      }
      if (offset < 0 || offset > size || bytes > size - offset) {
        throw EspalierException.program(
            "a weight lies beyond the end of its file",
            where,
            bytes + " bytes from " + offset + " on; " + location + " has " + size,
            "the file is cut short or belongs to another model: copy or export both again");
      }
      ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(bytes));
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, offset + buffer.position()) < 0) {
          throw new IOException("the file became shorter while it was read");
        }
      }
      return buffer.flip();
    } catch (IOException e) {
      throw EspalierException.program(
          "cannot read a weight's file",
          where,
          location + ": " + e.getMessage(),
          "put it beside the model; both files belong together",
          e);
    }
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
