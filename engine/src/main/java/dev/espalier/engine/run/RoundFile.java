package dev.espalier.engine.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Sha256;
import dev.espalier.engine.WholeFile;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.prune.FinishedRound;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/**
 * A finished round of pruning as a file: the SHA-256 of all that follows, four bytes with the
 * length of a JSON header (big endian), the header with what is no graph, then an ONNX file.
 */
final class RoundFile {
  private static final Gson JSON = new GsonBuilder().serializeSpecialFloatingPointValues().create();
  private static final String FORMAT = "espalier finished round 1";
  private static final int DIGEST_BYTES = 32;

  /** What is no graph. Gson fills the fields. */
  private record Head(String format, String key, int round, List<Model.Epoch> history) {}

  private RoundFile() {}

  /** Writes a round of the step with that key. */
  static void write(Path file, String key, FinishedRound round) {
    byte[] head =
        JSON.toJson(new Head(FORMAT, key, round.round(), round.history()))
            .getBytes(StandardCharsets.UTF_8);
    byte[] graph = OnnxFile.encode(round.graph());
    byte[] length = ByteBuffer.allocate(Integer.BYTES).putInt(head.length).array();
    MessageDigest digest = Sha256.digest();
    digest.update(length);
    digest.update(head);
    digest.update(graph);
    WholeFile.write(
        file,
        out -> {
          out.write(digest.digest());
          out.write(length);
          out.write(head);
          out.write(graph);
        });
  }

  /**
   * Reads a round of the step with that key.
   *
   * @throws IOException when it cannot be read, or is not what was written for that key
   */
  static FinishedRound read(Path file, String key) throws IOException {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      byte[] wanted = new byte[DIGEST_BYTES];
      bytes.get(wanted);
      MessageDigest digest = Sha256.digest();
      digest.update(bytes.duplicate());
      if (!MessageDigest.isEqual(wanted, digest.digest())) {
        throw new IOException("it is damaged");
      }
      int length = bytes.getInt();
      if (length < 0 || length > bytes.remaining()) {
        throw new IOException("the header is " + length + " bytes long");
      }
      byte[] text = new byte[length];
      bytes.get(text);
      Head head = JSON.fromJson(new String(text, StandardCharsets.UTF_8), Head.class);
      if (head == null
          || !FORMAT.equals(head.format())
          || !key.equals(head.key())
          || head.history() == null) {
        throw new IOException("it belongs to another step");
      }
      byte[] graph = new byte[bytes.remaining()];
      bytes.get(graph);
      return new FinishedRound(
          head.round(), OnnxFile.decode(graph, file.toString()), head.history());
    } catch (JsonParseException
        | EspalierException
        | BufferUnderflowException
        | NullPointerException e) {
      throw new IOException("it is damaged", e);
    }
  }
}
