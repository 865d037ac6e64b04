package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes image files from untrusted bytes; one a thread. */
final class PictureReader {
  /** The most pixels an image may have. */
  private static final long MOST_PIXELS = 40_000_000;

  private final Map<String, ImageReader> readers = new HashMap<>();

  /**
   * Decodes an image; only the first of an animation.
   *
   * @param where for messages
   * @throws EspalierException when it is no image, damaged, cut short, or too large
   */
  Picture read(byte[] bytes, String where) {
    String format = format(bytes);
    if (format == null) {
      throw EspalierException.program(
          "this is no image",
          where,
          bytes.length == 0
              ? "the file is empty"
              : "it does not start as PNG, JPEG, GIF or BMP files do",
          "remove it from the class folder, or convert it");
    }
    if (format.equals("jpeg") && !jpegEnds(bytes)) {
      throw damaged(where, "it is cut short", null);
    }
    ImageReader reader = readers.computeIfAbsent(format, PictureReader::newReader);
    try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      long width = reader.getWidth(0);
      long height = reader.getHeight(0);
      // Asked of the header, before memory for the pixels is taken.
      if (width < 1 || height < 1 || width * height > MOST_PIXELS) {
        throw EspalierException.program(
            "the image is too large",
            where,
            "it says that it has "
                + width
                + "×"
                + height
                + " pixels; at most "
                + MOST_PIXELS / 1_000_000
                + " million are read",
            "make it smaller; if it should be small, it is damaged");
      }
      return picture(reader.read(0));
    } catch (IOException e) {
      throw damaged(where, reason(e), e);
    } catch (EspalierException e) {
      throw e;
    } catch (RuntimeException e) {
      // Decoders meet damaged files with all kinds of these (index out of bounds and so on).
      throw damaged(where, reason(e), e);
    } finally {
      reader.setInput(null);
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static EspalierException damaged(String where, String why, Exception cause) {
    return EspalierException.program(
        "the image cannot be decoded", where, why, "get the file again, or remove it", cause);
  }

  private static ImageReader newReader(String format) {
    Iterator<ImageReader> found = ImageIO.getImageReadersByFormatName(format);
    if (!found.hasNext()) {
      throw EspalierException.run(
          "this Java cannot decode " + format + " images",
          "",
          "its java.desktop module is missing",
          "use a full Java 17");
    }
    return found.next();
  }

  private static String format(byte[] b) {
    if (starts(b, 0xff, 0xd8, 0xff)) {
      return "jpeg";
    }
    if (starts(b, 0x89, 'P', 'N', 'G')) {
      return "png";
    }
    if (starts(b, 'G', 'I', 'F', '8')) {
      return "gif";
    }
    return starts(b, 'B', 'M') ? "bmp" : null;
  }

  private static boolean starts(byte[] bytes, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xff) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether the end marker follows the scan. Java's decoder fills what is missing with gray and
   * only warns, so a cut file would pass as an image.
   */
  private static boolean jpegEnds(byte[] b) {
    int at = 2;
    while (at + 4 <= b.length) {
      if ((b[at] & 0xff) != 0xff) {
        return false;
      }
      int marker = b[at + 1] & 0xff;
      if (marker == 0xff) {
        at++;
        continue;
      }
      if (marker == 0xda) {
        // Within a scan every 0xff is followed by 0 or a restart marker, so this one is real.
        for (int i = at; i + 1 < b.length; i++) {
          if ((b[i] & 0xff) == 0xff && (b[i + 1] & 0xff) == 0xd9) {
            return true;
          }
        }
        return false;
      }
      at += 2 + ((b[at + 2] & 0xff) << 8 | b[at + 3] & 0xff);
    }
    return false;
  }

  private static Picture picture(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    Raster raster = image.getRaster();
    ColorModel colors = image.getColorModel();
    int bands = raster.getNumBands();
    // Gray rasters are read as they are: through getRGB Java would bend them by a gamma curve.
    boolean plainGray = !(colors instanceof IndexColorModel) && bands <= 2;
    if (plainGray) {
      int shift = Math.max(0, colors.getComponentSize(0) - 8);
      int[] row = new int[width * bands];
      byte[] out = new byte[width * height];
      for (int y = 0; y < height; y++) {
        raster.getPixels(0, y, width, 1, row);
        for (int x = 0; x < width; x++) {
          int v = row[x * bands] >> shift;
          if (bands == 2) {
            int alpha = row[x * bands + 1] >> Math.max(0, colors.getComponentSize(1) - 8);
            v = over(v, alpha);
          }
          out[y * width + x] = (byte) v;
        }
      }
      return new Picture(width, height, true, out);
    }
    int[] row = new int[width];
    byte[] out = new byte[3 * width * height];
    boolean gray = colors instanceof IndexColorModel;
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        int argb = row[x];
        int alpha = argb >>> 24;
        int r = over(argb >> 16 & 0xff, alpha);
        int g = over(argb >> 8 & 0xff, alpha);
        int b = over(argb & 0xff, alpha);
        int at = 3 * (y * width + x);
        out[at] = (byte) r;
        out[at + 1] = (byte) g;
        out[at + 2] = (byte) b;
        gray &= r == g && g == b;
      }
    }
    if (gray) {
      // A palette of grays, as GIF and small PNG and BMP files have it.
      byte[] one = new byte[width * height];
      for (int p = 0; p < one.length; p++) {
        one[p] = out[3 * p];
      }
      return new Picture(width, height, true, one);
    }
    return new Picture(width, height, false, out);
  }

  /** Puts a value with that alpha over white. */
  private static int over(int value, int alpha) {
    return (value * alpha + 255 * (255 - alpha) + 127) / 255;
  }
}
