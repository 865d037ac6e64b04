package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** A notebook's file: its cells, and their outputs as a front end keeps them when it saves. */
final class KeptNotebook {
  /** What every viewer of notebooks shows: none of them runs code of the output. */
  private static final Set<String> FORMS =
      Set.of("text/plain", "text/html", "text/markdown", "image/png", "image/svg+xml");

  private static final Pattern LIVE =
      Pattern.compile(
          "<\\s*(script|iframe|object|embed|link|style|form|input|button)\\b"
              + "|<[^>]*\\son\\w+\\s*="
              + "|(href|src)\\s*=\\s*[\"']?\\s*(javascript:|https?:|//)",
          Pattern.CASE_INSENSITIVE);

  private final JsonObject notebook;

  private KeptNotebook(JsonObject notebook) {
    this.notebook = notebook;
  }

  static KeptNotebook read(Path file) throws IOException {
    return new KeptNotebook(JsonParser.parseString(Files.readString(file)).getAsJsonObject());
  }

  void write(Path file) throws IOException {
    Files.writeString(file, notebook.toString());
  }

  List<JsonObject> codeCells() {
    List<JsonObject> cells = new ArrayList<>();
    for (JsonElement element : notebook.getAsJsonArray("cells")) {
      JsonObject cell = element.getAsJsonObject();
      if (Json.text(cell, "cell_type", "").equals("code")) {
        cells.add(cell);
      }
    }
    return cells;
  }

  /** How long it runs, where that is more than the suite may take; else empty. */
  String takes() {
    JsonObject metadata = notebook.getAsJsonObject("metadata");
    return metadata.has("espalier")
        ? Json.text(metadata.getAsJsonObject("espalier"), "takes", "")
        : "";
  }

  static String source(JsonObject cell) {
    return joined(cell.get("source"));
  }

  /** Whether a cell is there to show a mistake. */
  static boolean raises(JsonObject cell) {
    return cell.getAsJsonObject("metadata").toString().contains("raises-exception");
  }

  private static String joined(JsonElement text) {
    if (!text.isJsonArray()) {
      return text.getAsString();
    }
    StringBuilder all = new StringBuilder();
    text.getAsJsonArray().forEach(line -> all.append(line.getAsString()));
    return all.toString();
  }

  /** Puts what a cell gave in the place of its outputs. */
  static void keep(JsonObject cell, Client.Cell ran) {
    JsonArray outputs = new JsonArray();
    Map<String, JsonObject> displays = new LinkedHashMap<>();
    for (Packet packet : ran.published()) {
      JsonObject content = packet.content().deepCopy();
      String id = Json.text(Json.object(content, "transient"), "display_id", "");
      switch (packet.type()) {
        case "update_display_data" -> {
          JsonObject shown = displays.get(id);
          assertTrue(shown != null, () -> "an update of what is not shown: " + content);
          shown.add("data", content.get("data"));
          shown.add("metadata", content.get("metadata"));
        }
        case "display_data", "execute_result", "stream", "error" -> {
          content.remove("transient");
          content.addProperty("output_type", packet.type());
          outputs.add(content);
          displays.put(id, content);
        }
        default -> {}
      }
    }
    cell.add("outputs", outputs);
  }

  /** Checks that each output of a cell can be read wherever the notebook is opened. */
  static void checkOutputs(JsonObject cell) {
    JsonArray outputs = cell.getAsJsonArray("outputs");
    assertFalse(outputs.isEmpty(), () -> "no output of: " + source(cell));
    for (JsonElement element : outputs) {
      JsonObject output = element.getAsJsonObject();
      if (!output.has("data")) {
        continue;
      }
      JsonObject data = output.getAsJsonObject("data");
      assertTrue(FORMS.containsAll(data.keySet()), () -> "forms: " + data.keySet());
      assertTrue(data.has("text/plain"), () -> "no text beside " + data.keySet());
      assertFalse(joined(data.get("text/plain")).isBlank(), () -> "no text for: " + source(cell));
      for (String form : List.of("text/html", "text/markdown", "image/svg+xml")) {
        if (data.has(form)) {
          String text = joined(data.get(form));
          assertFalse(LIVE.matcher(text).find(), () -> "more than text and pictures: " + text);
        }
      }
      if (data.has("image/png")) {
        byte[] png = Base64.getMimeDecoder().decode(joined(data.get("image/png")));
        assertEquals("89504e470d0a1a0a", hex(png), "the signature of PNG");
      }
    }
  }

  private static String hex(byte[] bytes) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < Math.min(8, bytes.length); i++) {
      hex.append(String.format("%02x", bytes[i]));
    }
    return hex.toString();
  }
}
