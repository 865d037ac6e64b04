package dev.espalier.engine.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.espalier.engine.Model;
import dev.espalier.engine.Sha256;
import dev.espalier.engine.WholeFile;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.train.TrainingState;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of a training as a safetensors file: eight bytes with the length of a JSON header
 * (little endian), the header, then the numbers. What is no tensor stands as text in the header's
 * {@code __metadata__}; a SHA-256 of all that precedes it ends the file.
 */
final class StateFile {
  private static final Gson JSON = new GsonBuilder().serializeSpecialFloatingPointValues().create();

  private static final String FORMAT = "espalier training state 1";
  private static final String METADATA = "__metadata__";
  private static final int DIGEST_BYTES = 32;

  /** Thousands of names fit into much less. */
  private static final long LONGEST_HEADER = 64L << 20;

  /** What is no tensor. Gson fills the fields. */
  private record Rest(
      String format,
      String key,
      List<Model.Epoch> history,
      long steps,
      double rate,
      double best,
      int since) {}

  private StateFile() {}

  /** Writes the state of the training with that key. */
  static void write(Path file, String key, TrainingState state) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    state.weights().forEach((name, t) -> tensors.put("weight/" + name, t));
    state.moments().forEach((name, t) -> tensors.put("moment/" + name, t));
    state.bestWeights().forEach((name, t) -> tensors.put("best/" + name, t));
    JsonObject header = new JsonObject();
    JsonObject metadata = new JsonObject();
    metadata.addProperty(
        "state",
        JSON.toJson(
            new Rest(
                FORMAT,
                key,
                state.history(),
                state.steps(),
                state.rate(),
                state.best(),
                state.since())));
    header.add(METADATA, metadata);
    long offset = 0;
    for (Map.Entry<String, Tensor> one : tensors.entrySet()) {
      JsonObject entry = new JsonObject();
      entry.addProperty("dtype", "F32");
      entry.add("shape", JSON.toJsonTree(one.getValue().shape()));
      long end = offset + 4L * one.getValue().size();
      entry.add("data_offsets", JSON.toJsonTree(new long[] {offset, end}));
      header.add(one.getKey(), entry);
      offset = end;
    }
    byte[] head = JSON.toJson(header).getBytes(StandardCharsets.UTF_8);
    WholeFile.write(
        file,
        plain -> {
          DigestOutputStream out = new DigestOutputStream(plain, Sha256.digest());
          out.write(little(8).putLong(head.length).array());
          out.write(head);
          for (Tensor tensor : tensors.values()) {
            floats(out, tensor.floats());
          }
          plain.write(out.getMessageDigest().digest());
        });
  }

  private static void floats(OutputStream out, float[] values) throws IOException {
    int piece = 1 << 14;
    for (int from = 0; from < values.length; from += piece) {
      int count = Math.min(piece, values.length - from);
      ByteBuffer bytes = little(4 * count);
      bytes.asFloatBuffer().put(values, from, count);
      out.write(bytes.array());
    }
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads the state of the training with that key.
   *
   * @throws IOException when it cannot be read, or is not what was written for that key
   */
  static TrainingState read(Path file, String key) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      MessageDigest digest = Sha256.digest();
      DataInputStream in =
          new DataInputStream(
              new DigestInputStream(
                  new java.io.BufferedInputStream(Channels.newInputStream(channel), 1 << 16),
                  digest));
      long length = ByteBuffer.wrap(in.readNBytes(8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (length < 2 || length > LONGEST_HEADER || length > size - 8 - DIGEST_BYTES) {
        throw new IOException("the header is " + length + " bytes long");
      }
      JsonObject header =
          JsonParser.parseString(new String(in.readNBytes((int) length), StandardCharsets.UTF_8))
              .getAsJsonObject();
      Rest rest =
          JSON.fromJson(
              header.remove(METADATA).getAsJsonObject().get("state").getAsString(), Rest.class);
      if (!FORMAT.equals(rest.format()) || !key.equals(rest.key()) || rest.history() == null) {
        throw new IOException("it belongs to another training");
      }
      Map<String, Map<String, Tensor>> parts = new LinkedHashMap<>();
      long offset = 0;
      long room = size - 8 - length - DIGEST_BYTES;
      for (Map.Entry<String, JsonElement> one : header.entrySet()) {
        long[] shape = JSON.fromJson(one.getValue().getAsJsonObject().get("shape"), long[].class);
        long count = Tensor.count(shape);
        offset = Math.addExact(offset, Math.multiplyExact(4L, count));
        if (count < 0 || offset > room) {
          throw new IOException("tensor " + one.getKey() + " is longer than the file");
        }
        String[] name = one.getKey().split("/", 2);
        parts
            .computeIfAbsent(name[0], n -> new LinkedHashMap<>())
            .put(name[name.length - 1], Tensor.ofFloats(shape, floats(in, (int) count)));
      }
      byte[] wanted = digest.digest();
      if (offset != room || !MessageDigest.isEqual(wanted, in.readNBytes(DIGEST_BYTES))) {
        throw new IOException("it is damaged");
      }
      return new TrainingState(
          rest.history(),
          parts.getOrDefault("weight", Map.of()),
          parts.getOrDefault("moment", Map.of()),
          rest.steps(),
          rest.rate(),
          rest.best(),
          rest.since(),
          parts.getOrDefault("best", Map.of()));
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | ArithmeticException
        | NullPointerException
        | UnsupportedOperationException
        | java.nio.BufferUnderflowException e) {
      throw new IOException("it is damaged", e);
    }
  }

  private static float[] floats(DataInputStream in, int count) throws IOException {
    float[] values = new float[count];
    int piece = 1 << 14;
    for (int from = 0; from < count; from += piece) {
      int some = Math.min(piece, count - from);
      byte[] bytes = new byte[4 * some];
      in.readFully(bytes);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values, from, some);
    }
    return values;
  }
}
