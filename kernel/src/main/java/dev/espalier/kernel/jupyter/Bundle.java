package dev.espalier.kernel.jupyter;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Base64;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/**
 * One display in several forms, of which the front end picks the richest it knows.
 *
 * @param data by MIME type
 */
record Bundle(JsonObject data, JsonObject metadata) {
  private static final class Shape {
    static final Gson GSON = new Gson();
  }

  static Bundle text(String text) {
    return new Bundle(Json.of("text/plain", text), new JsonObject());
  }

  static Bundle of(DisplayData display) {
    JsonObject all = Shape.GSON.toJsonTree(display).getAsJsonObject();
    return new Bundle(Json.object(all, "data"), Json.object(all, "metadata"));
  }

  /** The plain text of it; empty when there is none. */
  String plain() {
    return Json.text(data, "text/plain", "");
  }

  Bundle html(String html) {
    return with("text/html", html);
  }

  Bundle png(byte[] png) {
    return with("image/png", Base64.getEncoder().encodeToString(png));
  }

  /**
   * A picture to be shown {@code width} × {@code height} large, however many pixels it has: with
   * twice as many each way it is sharp on dense screens.
   */
  Bundle png(byte[] png, int width, int height) {
    JsonObject sizes = metadata.deepCopy();
    sizes.add("image/png", Json.of("width", width, "height", height));
    return new Bundle(png(png).data(), sizes);
  }

  Bundle with(String type, String value) {
    JsonObject more = data.deepCopy();
    more.addProperty(type, value);
    return new Bundle(more, metadata);
  }

  /** The content of a {@code display_data} or {@code update_display_data} message. */
  JsonObject content(String displayId) {
    JsonElement transients =
        displayId.isEmpty() ? new JsonObject() : Json.of("display_id", displayId);
    return Json.of("data", data, "metadata", metadata, "transient", transients);
  }
}
