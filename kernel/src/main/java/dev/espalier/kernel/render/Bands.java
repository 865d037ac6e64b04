package dev.espalier.kernel.render;

import dev.espalier.kernel.render.XyPlot.Plotted;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.util.List;
import org.knowm.xchart.internal.chartpart.Annotation;

/** The intervals around lines, as bands that let the lines be seen. */
final class Bands extends Annotation {
  private static final int FAINT = 46;

  private final List<Plotted> series;

  Bands(List<Plotted> series) {
    super(false);
    this.series = series;
  }

  @Override
  public void paint(Graphics2D g) {
    for (int s = 0; s < series.size(); s++) {
      Plotted p = series.get(s);
      if (!p.hasErrors()) {
        continue;
      }
      Path2D band = new Path2D.Double();
      for (int i = 0; i < p.x().length; i++) {
        add(band, i == 0, p.x()[i], p.y()[i] + p.errors()[i]);
      }
      for (int i = p.x().length - 1; i >= 0; i--) {
        add(band, false, p.x()[i], p.y()[i] - p.errors()[i]);
      }
      band.closePath();
      Color colour = XyPlot.colour(s);
      g.setColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), FAINT));
      g.fill(band);
    }
  }

  private void add(Path2D band, boolean first, double x, double y) {
    if (first) {
      band.moveTo(getXAxisScreenValue(x), getYAxisScreenValue(y));
    } else {
      band.lineTo(getXAxisScreenValue(x), getYAxisScreenValue(y));
    }
  }
}
