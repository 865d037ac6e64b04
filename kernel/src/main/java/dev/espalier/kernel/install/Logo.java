package dev.espalier.kernel.install;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import javax.imageio.ImageIO;

/** The kernel's sign: a fruit tree trained to a flat frame, which is what an espalier is. */
final class Logo {
  private static final double SIZE = 64;
  private static final Color WOOD = new Color(0x5D4037);
  private static final Color FRUIT = new Color(0x2E7D32);

  /** Half widths of the three tiers of branches and their heights. */
  private static final double[][] TIERS = {{24, 46}, {20, 31}, {15, 16}};

  private static final double RADIUS = 4.2;
  private static final double STROKE = 4;

  private Logo() {}

  static String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\">\n");
    svg.append("<path d=\"M32 60V10");
    for (double[] tier : TIERS) {
      svg.append(
          String.format(
              Locale.ROOT,
              "M%.0f %.0fV%.0fH%.0fV%.0f",
              32 - tier[0],
              tier[1] - 6,
              tier[1],
              32 + tier[0],
              tier[1] - 6));
    }
    svg.append("\" fill=\"none\" stroke=\"#5D4037\" stroke-width=\"4\" stroke-linecap=\"round\" ");
    svg.append("stroke-linejoin=\"round\"/>\n<g fill=\"#2E7D32\">\n");
    svg.append("<circle cx=\"32\" cy=\"7\" r=\"4.2\"/>\n");
    for (double[] tier : TIERS) {
      for (int side : new int[] {-1, 1}) {
        svg.append(
            String.format(
                Locale.ROOT,
                "<circle cx=\"%.0f\" cy=\"%.0f\" r=\"4.2\"/>%n",
                32 + side * tier[0],
                tier[1] - 8));
      }
    }
    return svg.append("</g>\n</svg>\n").toString();
  }

  static byte[] png(int pixels) {
    BufferedImage image = new BufferedImage(pixels, pixels, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.scale(pixels / SIZE, pixels / SIZE);
    g.setColor(WOOD);
    g.setStroke(new BasicStroke((float) STROKE, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    Path2D tree = new Path2D.Double();
    tree.moveTo(32, 60);
    tree.lineTo(32, 10);
    for (double[] tier : TIERS) {
      tree.moveTo(32 - tier[0], tier[1] - 6);
      tree.lineTo(32 - tier[0], tier[1]);
      tree.lineTo(32 + tier[0], tier[1]);
      tree.lineTo(32 + tier[0], tier[1] - 6);
    }
    g.draw(tree);
    g.setColor(FRUIT);
    fruit(g, 32, 7);
    for (double[] tier : TIERS) {
      fruit(g, 32 - tier[0], tier[1] - 8);
      fruit(g, 32 + tier[0], tier[1] - 8);
    }
    g.dispose();
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, "png", out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void fruit(Graphics2D g, double x, double y) {
    g.fill(new Ellipse2D.Double(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS));
  }
}
