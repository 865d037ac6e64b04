package dev.espalier.kernel.render;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.ChartSpec.Style;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * Charts as pictures, without a display. Colours are those of Okabe and Ito, which people who see
 * fewer colours can tell apart, and series differ by marker or dashes as well. The x of a histogram
 * are the middles of its bins, all of one width. What is not finite or beyond 1e15, or not above
 * zero on a logarithmic axis, is left out.
 */
public final class Pictures {
  private static final Pattern CLIP = Pattern.compile("clip[0-9]+");

  static {
    // A chart needs no display, and asking for one would fail where there is none.
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
  }

  private Pictures() {}

  /** A PNG of exactly {@code width} × {@code height} pixels. */
  public static byte[] png(ChartSpec chart, int width, int height) {
    return png(chart, width, height, 1);
  }

  /**
   * A PNG laid out for {@code width} × {@code height} and drawn with {@code scale} times as many
   * pixels each way: 2 is sharp on dense screens.
   *
   * @throws EspalierException when this Java cannot draw text
   */
  public static byte[] png(ChartSpec chart, int width, int height, int scale) {
    return drawn(
        () -> {
          BufferedImage image =
              new BufferedImage(width * scale, height * scale, BufferedImage.TYPE_INT_RGB);
          Graphics2D g = image.createGraphics();
          g.scale(scale, scale);
          g.setRenderingHint(
              RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
          g.setRenderingHint(
              RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
          of(chart, width, height).paint(g, width, height);
          g.dispose();
          return PalettePng.of(image);
        });
  }

  /**
   * An SVG document.
   *
   * @throws EspalierException when this Java cannot measure text
   */
  public static String svg(ChartSpec chart, int width, int height) {
    return drawn(
        () -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          VectorGraphicsEncoder.saveVectorGraphic(
              of(chart, width, height), out, VectorGraphicsFormat.SVG);
          return renumbered(out.toString(StandardCharsets.UTF_8));
        });
  }

  /** The writer takes its ids from memory addresses; the same chart is to be the same file. */
  private static String renumbered(String svg) {
    Map<String, String> ids = new HashMap<>();
    return CLIP.matcher(svg)
        .replaceAll(m -> ids.computeIfAbsent(m.group(), id -> "clip" + (ids.size() + 1)));
  }

  /** The words at points that found a place in a picture of that size. */
  static List<String> labels(ChartSpec chart, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    List<String> shown = XyPlot.of(chart, width, height).labelsShown(g);
    g.dispose();
    return shown;
  }

  private interface Drawing<T> {
    T draw() throws IOException;
  }

  private static <T> T drawn(Drawing<T> drawing) {
    try {
      return drawing.draw();
    } catch (IOException e) {
      throw EspalierException.run(
          "the chart cannot be drawn", "", String.valueOf(e.getMessage()), "", e);
    } catch (LinkageError | InternalError | NullPointerException e) {
      // What a Java without fonts or without its font library throws, depending on its version.
      if (e instanceof NullPointerException && !fromFonts(e)) {
        throw e;
      }
      throw EspalierException.run(
          "the chart cannot be drawn",
          "",
          "this Java finds no fonts (" + e + ")",
          "install a font and the font library (Debian: fontconfig fonts-dejavu-core libfreetype6)"
              + " and a Java that is not built without its desktop parts",
          e);
    }
  }

  private static boolean fromFonts(Throwable e) {
    for (StackTraceElement frame : e.getStackTrace()) {
      if (frame.getClassName().startsWith("sun.font.")
          || frame.getClassName().startsWith("sun.awt.")) {
        return true;
      }
    }
    return false;
  }

  private static Chart<?, ?> of(ChartSpec chart, int width, int height) {
    return chart.style() == Style.MATRIX
        ? HeatMap.of(chart, width, height)
        : XyPlot.of(chart, width, height).chart();
  }

  /** Clean and at most so many characters long. */
  static String shortened(String text, int length) {
    String clean = Text.clean(text);
    return clean.codePointCount(0, clean.length()) <= length
        ? clean
        : clean.substring(0, clean.offsetByCodePoints(0, length - 1)) + "…";
  }

  /** Names cut to a length that still differ, as XChart wants them. */
  static List<String> distinct(List<String> names, int length) {
    List<String> out = new ArrayList<>();
    for (String name : names) {
      String base = shortened(name, length);
      String candidate = base;
      for (int i = 2; out.contains(candidate); i++) {
        candidate = base + " (" + i + ")";
      }
      out.add(candidate);
    }
    return out;
  }
}
