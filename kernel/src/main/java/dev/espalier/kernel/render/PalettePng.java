package dev.espalier.kernel.render;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;

/**
 * A drawing as PNG with a palette: some flat colours and the shades at their edges, which take a
 * third of the bytes that way. What covers an area keeps its colour; rare shades that are nearly
 * alike become the commonest of them.
 */
final class PalettePng {
  private static final int MOST = 256;
  private static final long SIGNATURE = 0x89504E470D0A1A0AL;

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
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
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

  /**
   * One byte a pixel, rows unfiltered, as ISO/IEC 15948 advises for palettes; Java's own writer
   * filters them, which costs a quarter.
   */
  private static byte[] written(int[] indices, List<Integer> palette, int width, int height)
      throws IOException {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    Deflater most = new Deflater(Deflater.BEST_COMPRESSION);
    try (DeflaterOutputStream out = new DeflaterOutputStream(rows, most)) {
      byte[] row = new byte[1 + width];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          row[1 + x] = (byte) indices[y * width + x];
        }
        out.write(row);
      }
    } finally {
      most.end();
    }
    ByteBuffer colors = ByteBuffer.allocate(3 * palette.size());
    for (int color : palette) {
      colors.put((byte) (color >> 16)).put((byte) (color >> 8)).put((byte) color);
    }
    ByteBuffer head = ByteBuffer.allocate(13).putInt(width).putInt(height);
    head.put((byte) 8).put((byte) 3);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(file);
    out.writeLong(SIGNATURE);
    chunk(out, "IHDR", head.array());
    chunk(out, "PLTE", colors.array());
    chunk(out, "IDAT", rows.toByteArray());
    chunk(out, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] content) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 check = new CRC32();
    check.update(name);
    check.update(content);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) check.getValue());
  }
}
