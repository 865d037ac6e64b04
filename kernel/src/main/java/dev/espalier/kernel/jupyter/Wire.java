package dev.espalier.kernel.jupyter;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dflib.jjava.jupyter.messages.HMACGenerator;

/**
 * Messages as frames and back: {@code identities… <IDS|MSG> signature header parent metadata
 * content buffers…}.
 */
final class Wire {
  private static final byte[] DELIMITER = "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);

  /** Frames that are no message of ours; the caller logs it and reads on. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String why) {
      super(why);
    }
  }

  private final HMACGenerator signer;

  Wire(HMACGenerator signer) {
    this.signer = signer;
  }

  /**
   * Reads a whole multipart message. The signature is checked, in constant time, before anything in
   * the frames is looked at.
   *
   * @throws Malformed when the delimiter, a frame, the signature or a needed field is missing or
   *     wrong
   */
  Packet decode(List<byte[]> frames) throws Malformed {
    int at = 0;
    while (at < frames.size() && !Arrays.equals(frames.get(at), DELIMITER)) {
      at++;
    }
    if (at == frames.size()) {
      throw new Malformed("no <IDS|MSG> delimiter in " + frames.size() + " frames");
    }
    if (frames.size() < at + 6) {
      throw new Malformed((frames.size() - at - 1) + " frames after the delimiter, not 5 or more");
    }
    byte[] header = frames.get(at + 2);
    byte[] parent = frames.get(at + 3);
    byte[] metadata = frames.get(at + 4);
    byte[] content = frames.get(at + 5);
    String expected = signer.calculateSignature(header, parent, metadata, content);
    // Without a key the base computes an empty signature and every message passes.
    if (!expected.isEmpty()
        && !MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.US_ASCII), frames.get(at + 1))) {
      throw new Malformed("the signature is wrong");
    }
    Packet packet =
        new Packet(
            List.copyOf(frames.subList(0, at)),
            object(header, "header"),
            object(parent, "parent header"),
            object(metadata, "metadata"),
            object(content, "content"),
            List.copyOf(frames.subList(at + 6, frames.size())));
    for (String field : new String[] {"msg_id", "msg_type"}) {
      if (Json.text(packet.header(), field, "").isEmpty()) {
        throw new Malformed("the header lacks " + field);
      }
    }
    return packet;
  }

  /** Signs and lays out a message. */
  List<byte[]> encode(Packet packet) {
    byte[] header = bytes(packet.header());
    byte[] parent = bytes(packet.parent());
    byte[] metadata = bytes(packet.metadata());
    byte[] content = bytes(packet.content());
    List<byte[]> frames = new ArrayList<>(packet.identities());
    frames.add(DELIMITER);
    frames.add(
        signer
            .calculateSignature(header, parent, metadata, content)
            .getBytes(StandardCharsets.US_ASCII));
    frames.add(header);
    frames.add(parent);
    frames.add(metadata);
    frames.add(content);
    frames.addAll(packet.buffers());
    return frames;
  }

  private static byte[] bytes(JsonObject object) {
    return object.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static JsonObject object(byte[] json, String part) throws Malformed {
    try {
      JsonElement element = JsonParser.parseString(new String(json, StandardCharsets.UTF_8));
      if (element instanceof JsonObject object) {
        return object;
      }
      // Some clients send null for an absent parent.
      if (element.isJsonNull()) {
        return new JsonObject();
      }
    } catch (JsonParseException | StackOverflowError e) {
      throw new Malformed("the " + part + " is no JSON");
    }
    throw new Malformed("the " + part + " is no JSON object");
  }
}
