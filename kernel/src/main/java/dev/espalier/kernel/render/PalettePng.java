package dev.espalier.kernel.render;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * A drawing as PNG with a palette: some flat colours and the shades at their edges, which take a
 * third of the bytes that way. What covers an area keeps its colour; rare shades that are nearly
 * alike become the commonest of them.
 */
final class PalettePng {
  private static final int MOST = 256;

  /** A colour of one pixel in so many is that of an area. */
  private static final int RARE = 2000;

  /** How far apart shades of a channel may be and still count as alike. */
  private static final int[] WIDTHS = {16, 32, 64};

  private PalettePng() {}

  /** The picture; the same bytes for the same pixels. Transparency is not kept. */
  static byte[] of(BufferedImage image) throws IOException {
    int width = image.getWidth();
    int height = image.getHeight();
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    Map<Integer, Integer> counts = new HashMap<>();
    for (int pixel : pixels) {
      counts.merge(pixel, 1, Integer::sum);
    }
    for (int step : WIDTHS) {
      Map<Integer, Integer> commonest = commonest(counts, step);
      Map<Integer, Integer> drawn = new HashMap<>();
      counts.forEach(
          (color, count) ->
              drawn.put(
                  color, count >= pixels.length / RARE ? color : commonest.get(bin(color, step))));
      List<Integer> palette = new ArrayList<>(new TreeSet<>(drawn.values()));
      if (palette.size() <= MOST) {
        Map<Integer, Integer> places = new HashMap<>();
        palette.forEach(color -> places.put(color, places.size()));
        int[] indices = new int[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
          indices[i] = places.get(drawn.get(pixels[i]));
        }
        return written(indices, palette, width, height);
      }
    }
    return written(image);
  }

  /** By bin of colours: the one with most pixels. */
  private static Map<Integer, Integer> commonest(Map<Integer, Integer> counts, int step) {
    Map<Integer, Integer> commonest = new HashMap<>();
    counts.forEach(
        (color, count) ->
            commonest.merge(
                bin(color, step),
                color,
                (a, b) -> {
                  int order = Integer.compare(counts.get(a), counts.get(b));
                  return order > 0 || order == 0 && a > b ? a : b;
                }));
    return commonest;
  }

  private static int bin(int color, int step) {
    return (color >> 16 & 0xff) / step << 16
        | (color >> 8 & 0xff) / step << 8
        | (color & 0xff) / step;
  }

  private static byte[] written(int[] indices, List<Integer> palette, int width, int height)
      throws IOException {
    byte[] red = new byte[palette.size()];
    byte[] green = new byte[palette.size()];
    byte[] blue = new byte[palette.size()];
    for (int i = 0; i < palette.size(); i++) {
      red[i] = (byte) (palette.get(i) >> 16);
      green[i] = (byte) (palette.get(i) >> 8);
      blue[i] = (byte) (int) palette.get(i);
    }
    BufferedImage indexed =
        new BufferedImage(
            width,
            height,
            BufferedImage.TYPE_BYTE_INDEXED,
            new IndexColorModel(8, palette.size(), red, green, blue));
    indexed.getRaster().setPixels(0, 0, width, height, indices);
    return written(indexed);
  }

  private static byte[] written(BufferedImage image) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      // No loss in this format: what is called the lowest quality is the most work for few bytes.
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(0);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), param);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }
}
