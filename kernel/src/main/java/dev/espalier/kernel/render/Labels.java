package dev.espalier.kernel.render;

import dev.espalier.kernel.render.XyPlot.Plotted;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.internal.chartpart.Annotation;

/**
 * The words at the points of a chart, each put where it covers no point and no other word; one that
 * finds no such place is left out rather than made unreadable.
 */
final class Labels extends Annotation {
  private static final int SIZE = 12;
  private static final double AWAY = 8;

  private final List<Plotted> series;
  private final String centred;
  private final List<String> shown = new ArrayList<>();

  /**
   * @param series with the words and where they belong
   * @param centred text for the middle of an empty chart; else empty
   */
  Labels(List<Plotted> series, String centred) {
    super(false);
    this.series = series;
    this.centred = centred;
  }

  /** The words that found a place when this was last painted. */
  List<String> shown() {
    return List.copyOf(shown);
  }

  @Override
  public void paint(Graphics2D g) {
    shown.clear();
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, SIZE));
    FontMetrics metrics = g.getFontMetrics();
    // XChart calls the lower edge of the screen its maximum.
    Rectangle2D plot = new Rectangle2D.Double();
    plot.setFrameFromDiagonal(
        getXAxisScreenValueForMin(),
        getYAxisScreenValueForMin(),
        getXAxisScreenValueForMax(),
        getYAxisScreenValueForMax());
    bounds = plot;
    if (!centred.isEmpty()) {
      g.setColor(Color.GRAY);
      int half = metrics.stringWidth(centred) / 2;
      g.fill(
          new TextLayout(centred, g.getFont(), g.getFontRenderContext())
              .getOutline(
                  AffineTransform.getTranslateInstance(
                      plot.getCenterX() - half, plot.getCenterY())));
      return;
    }
    List<Rectangle2D> taken = new ArrayList<>();
    for (Plotted p : series) {
      for (int i = 0; i < p.x().length; i++) {
        double x = getXAxisScreenValue(p.x()[i]);
        double y = getYAxisScreenValue(p.y()[i]);
        taken.add(new Rectangle2D.Double(x - 6, y - 6, 12, 12));
        if (p.errors()[i] > 0) {
          double top = getYAxisScreenValue(p.y()[i] + p.errors()[i]);
          taken.add(new Rectangle2D.Double(x - 3, top, 6, Math.max(1, 2 * (y - top))));
        }
      }
    }
    for (int s = 0; s < series.size(); s++) {
      Plotted p = series.get(s);
      g.setColor(XyPlot.colour(s).darker());
      for (int i = 0; i < p.x().length; i++) {
        String word = p.labels().get(i);
        if (!word.isBlank()) {
          Rectangle2D place =
              place(
                  getXAxisScreenValue(p.x()[i]),
                  getYAxisScreenValue(p.y()[i]),
                  metrics.stringWidth(word),
                  metrics.getAscent() + metrics.getDescent(),
                  plot,
                  taken);
          if (place != null) {
            taken.add(place);
            // As outlines, as XChart draws its own words: a viewer of an SVG with another font
            // would
            // make them wider and lay them over each other.
            g.fill(
                new TextLayout(word, g.getFont(), g.getFontRenderContext())
                    .getOutline(
                        AffineTransform.getTranslateInstance(
                            place.getX(), place.getY() + metrics.getAscent())));
            shown.add(word);
          }
        }
      }
    }
  }

  private static Rectangle2D place(
      double x, double y, double width, double height, Rectangle2D plot, List<Rectangle2D> taken) {
    for (int ring = 1; ring <= 3; ring++) {
      double away = AWAY * ring;
      double[][] corners = {
        {x + away, y - height / 2},
        {x - away - width, y - height / 2},
        {x - width / 2, y - away - height},
        {x - width / 2, y + away},
        {x + away, y - away - height},
        {x - away - width, y - away - height},
        {x + away, y + away},
        {x - away - width, y + away}
      };
      for (double[] corner : corners) {
        Rectangle2D wanted = new Rectangle2D.Double(corner[0], corner[1], width, height);
        if (plot.contains(wanted) && taken.stream().noneMatch(wanted::intersects)) {
          return wanted;
        }
      }
    }
    return null;
  }
}
