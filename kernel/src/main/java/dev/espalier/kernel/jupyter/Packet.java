package dev.espalier.kernel.jupyter;

import com.google.gson.JsonObject;
import java.util.List;

/**
 * One message of the Jupyter protocol.
 *
 * @param identities routing prefix of the peer; for published messages the topic
 * @param buffers binary parts after the content; usually none
 */
record Packet(
    List<byte[]> identities,
    JsonObject header,
    JsonObject parent,
    JsonObject metadata,
    JsonObject content,
    List<byte[]> buffers) {

  String type() {
    return Json.text(header, "msg_type", "");
  }
}
