package dev.espalier.kernel.render;

import dev.espalier.engine.run.Result.Unit;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.util.List;
import org.knowm.xchart.internal.chartpart.Annotation;

/**
 * The squares of a matrix, darker for more, in one hue that people who see fewer colours, and
 * printers without any, tell apart by its lightness. Where there is room their numbers are written
 * in. The rows' names stand on their left, the columns' below.
 */
final class Squares extends Annotation {
  private static final Color[] RANGE = {
    new Color(0xF7FBFF),
    new Color(0xC6DBEF),
    new Color(0x6BAED6),
    new Color(0x2171B5),
    new Color(0x08306B)
  };
  private static final int SIZE = 11;

  private final double[][] cells;
  private final List<String> rows;
  private final List<String> columns;
  private final Unit unit;

  /**
   * @param cells by row, the first on top; percentages for fractions; NaN where there is nothing
   */
  Squares(double[][] cells, List<String> rows, List<String> columns, Unit unit) {
    super(false);
    this.cells = cells;
    this.rows = rows;
    this.columns = columns;
    this.unit = unit;
  }

  /** Whether names need to be slanted in columns so wide. */
  static boolean slanted(List<String> columns, double each) {
    return columns.stream().anyMatch(c -> c.length() * 7 + 4 > each);
  }

  @Override
  public void paint(Graphics2D g) {
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (double[] row : cells) {
      for (double v : row) {
        if (!Double.isNaN(v)) {
          lowest = Math.min(lowest, v);
          highest = Math.max(highest, v);
        }
      }
    }
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, SIZE);
    g.setFont(font);
    FontMetrics metrics = g.getFontMetrics();
    for (int r = 0; r < cells.length; r++) {
      double y = cells.length - r;
      double top = getYAxisScreenValue(y + 0.5);
      double bottom = getYAxisScreenValue(y - 0.5);
      for (int c = 0; c < cells[r].length; c++) {
        double left = getXAxisScreenValue(c + 0.5);
        double right = getXAxisScreenValue(c + 1.5);
        double value = cells[r][c];
        if (Double.isNaN(value)) {
          continue;
        }
        double part = highest > lowest ? (value - lowest) / (highest - lowest) : 0;
        g.setColor(colour(part));
        // Neighbours overlap by a hair: otherwise what is behind shines through their seams.
        g.fill(new Rectangle2D.Double(left, top, right - left + 0.4, bottom - top + 0.4));
        String text = written(value);
        int wide = metrics.stringWidth(text);
        if (wide + 4 <= right - left && metrics.getAscent() <= bottom - top) {
          g.setColor(part > 0.55 ? Color.WHITE : XyPlot.INK);
          write(
              g, text, (left + right - wide) / 2, (top + bottom + metrics.getAscent() - 2) / 2, 0);
        }
      }
    }
    names(g, metrics);
  }

  private void names(Graphics2D g, FontMetrics metrics) {
    g.setColor(XyPlot.FAINT);
    double each = getXAxisScreenValue(2) - (double) getXAxisScreenValue(1);
    boolean slanted = columns.stream().anyMatch(n -> metrics.stringWidth(n) + 4 > each);
    // Slanted lines of text must be a line's height apart.
    int step = slanted ? (int) Math.max(1, Math.ceil(metrics.getHeight() * 1.2 / each)) : 1;
    double high = getYAxisScreenValue(1) - (double) getYAxisScreenValue(2);
    int skip = (int) Math.max(1, Math.ceil(metrics.getHeight() * 0.8 / Math.max(1, high)));
    for (int r = 0; r < rows.size(); r += skip) {
      write(
          g,
          rows.get(r),
          getXAxisScreenValue(0.5) - 6 - metrics.stringWidth(rows.get(r)),
          getYAxisScreenValue(rows.size() - r) + metrics.getAscent() / 2.0 - 1,
          0);
    }
    double top = getYAxisScreenValue(0.5);
    for (int c = 0; c < columns.size(); c += step) {
      double middle = getXAxisScreenValue(c + 1);
      int wide = metrics.stringWidth(columns.get(c));
      if (slanted) {
        double angle = -Math.PI / 4;
        double x = middle + metrics.getAscent() * 0.35 - wide * Math.cos(angle);
        write(g, columns.get(c), x, top + 12 - wide * Math.sin(angle), angle);
      } else {
        write(g, columns.get(c), middle - wide / 2.0, top + metrics.getAscent() + 5, 0);
      }
    }
  }

  private static void write(Graphics2D g, String text, double x, double y, double angle) {
    if (text.isBlank()) {
      return;
    }
    AffineTransform place = AffineTransform.getTranslateInstance(x, y);
    place.rotate(angle);
    // As outlines, as XChart draws its own words.
    g.fill(new TextLayout(text, g.getFont(), g.getFontRenderContext()).getOutline(place));
  }

  private String written(double value) {
    return unit == Unit.FRACTION
        ? Figures.tick(Math.rint(value * 10) / 1000, Unit.FRACTION)
        : Figures.tick(value, Unit.NONE);
  }

  private static Color colour(double part) {
    double at = Math.max(0, Math.min(1, part)) * (RANGE.length - 1);
    int i = (int) Math.min(RANGE.length - 2, Math.floor(at));
    double f = at - i;
    return new Color(
        mix(RANGE[i].getRed(), RANGE[i + 1].getRed(), f),
        mix(RANGE[i].getGreen(), RANGE[i + 1].getGreen(), f),
        mix(RANGE[i].getBlue(), RANGE[i + 1].getBlue(), f));
  }

  private static int mix(int a, int b, double part) {
    return (int) Math.round(a + (b - a) * part);
  }
}
