package dev.espalier.kernel.value;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Pictures of the user's own making. */
public final class Images {
  /** A notebook keeps what it shows; larger ones are made smaller. */
  private static final int LARGEST_SIDE = 2000;

  private Images() {}

  /** PNG bytes of a picture, at most 2000 pixels a side. */
  public static byte[] png(BufferedImage image) {
    int side = Math.max(image.getWidth(), image.getHeight());
    BufferedImage shown = image;
    if (side > LARGEST_SIDE) {
      int width = Math.max(1, (int) ((long) image.getWidth() * LARGEST_SIDE / side));
      int height = Math.max(1, (int) ((long) image.getHeight() * LARGEST_SIDE / side));
      shown = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
      Graphics2D graphics = shown.createGraphics();
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.drawImage(image, 0, 0, width, height, null);
      graphics.dispose();
    }
    return written(shown);
  }

  /** PNG bytes of a picture as it is. */
  public static byte[] written(RenderedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, "png", out)) {
        throw new IOException("no writer for such pixels");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** What a picture is, in words. */
  public static String words(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    return "picture, "
        + width
        + " × "
        + height
        + " pixels"
        + (Math.max(width, height) > LARGEST_SIDE ? ", shown smaller" : "");
  }
}
