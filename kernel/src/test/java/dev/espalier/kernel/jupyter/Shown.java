package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** What the content of a display says of its picture. */
final class Shown {
  private Shown() {}

  /** The picture has twice as many pixels each way as it is to be shown large. */
  static void sharp(JsonObject content) throws IOException {
    String png = Json.text(Json.object(content, "data"), "image/png", "");
    BufferedImage picture =
        ImageIO.read(new ByteArrayInputStream(Base64.getMimeDecoder().decode(png)));
    JsonObject size = Json.object(Json.object(content, "metadata"), "image/png");
    assertEquals(picture.getWidth(), 2 * size.get("width").getAsInt());
    assertEquals(picture.getHeight(), 2 * size.get("height").getAsInt());
  }
}
