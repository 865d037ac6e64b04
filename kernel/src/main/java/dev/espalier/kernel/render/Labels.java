package dev.espalier.kernel.render;

import dev.espalier.kernel.render.XyPlot.Plotted;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.Stroke;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.knowm.xchart.internal.chartpart.Annotation;

/**
 * The words at the points of a chart, those of the frontier first. Each is put beside its point
 * where it covers no point, line or other word and no other point is as near; else further away
 * with a line that leads to its point. One that finds no such place is left out rather than made
 * unreadable.
 */
final class Labels extends Annotation {
  private static final int SIZE = 12;
  private static final double AWAY = 8;

  /** Room on both sides of a word, so that two do not read as one. */
  private static final double BETWEEN = 5;

  /** Half the size of what a marker covers. */
  private static final double MARKER = 6;

  /** Rings of places with lines that lead to the point, each so much further away. */
  private static final int RINGS = 4;

  private static final double RING = 11;

  private static final int DIRECTIONS = 16;
  private static final float LEADER = 0.9f;

  private final List<Plotted> series;
  private final List<Plotted> frontier;
  private final String centred;
  private final List<String> shown = new ArrayList<>();

  /**
   * @param series with the words and where they belong
   * @param frontier the line over which no word is laid, and whose points come first
   * @param centred text for the middle of an empty chart; else empty
   */
  Labels(List<Plotted> series, List<Plotted> frontier, String centred) {
    super(false);
    this.series = series;
    this.frontier = frontier;
    this.centred = centred;
  }

  /** The words that found a place when this was last painted. */
  List<String> shown() {
    return List.copyOf(shown);
  }

  /** A word, where its point is on the screen, and the colour of its series. */
  private record Wanted(String word, Point2D at, Color colour) {}

  /** What no word may cover. */
  private static final class Taken {
    final List<Point2D> points = new ArrayList<>();
    final List<Rectangle2D> boxes = new ArrayList<>();
    final List<Line2D> lines = new ArrayList<>();

    boolean free(Rectangle2D place) {
      return boxes.stream().noneMatch(place::intersects)
          && lines.stream().noneMatch(place::intersectsLine);
    }

    /** Whether a line would pass over nothing but its own point. */
    boolean free(Line2D line, Point2D own) {
      return boxes.stream().noneMatch(box -> !box.contains(own) && box.intersectsLine(line))
          && lines.stream().noneMatch(line::intersectsLine);
    }

    /** Whether the nearest point is the own one. */
    boolean clearly(Rectangle2D place, Point2D own) {
      double away = away(place, own);
      return points.stream().allMatch(p -> p.equals(own) || away(place, p) > away + 1);
    }
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
      write(g, centred, plot.getCenterX() - half, plot.getCenterY());
      return;
    }
    Taken taken = new Taken();
    for (Wanted wanted : wanted(taken)) {
      double width = metrics.stringWidth(wanted.word());
      double height = metrics.getAscent() + metrics.getDescent();
      Rectangle2D place = beside(wanted.at(), width, height, plot, taken);
      if (place == null) {
        place = apart(g, wanted, width, height, plot, taken);
      }
      if (place != null) {
        taken.boxes.add(
            new Rectangle2D.Double(
                place.getX() - BETWEEN, place.getY(), width + 2 * BETWEEN, height));
        g.setColor(wanted.colour());
        write(g, wanted.word(), place.getX(), place.getY() + metrics.getAscent());
        shown.add(wanted.word());
      }
    }
  }

  /** As outlines, as XChart draws its own: another font in an SVG would lay words over others. */
  private static void write(Graphics2D g, String word, double x, double y) {
    g.fill(
        new TextLayout(word, g.getFont(), g.getFontRenderContext())
            .getOutline(AffineTransform.getTranslateInstance(x, y)));
  }

  /** The words, those of the frontier first; what they may not cover is put into {@code taken}. */
  private List<Wanted> wanted(Taken taken) {
    Set<Point2D> first = new HashSet<>();
    for (Plotted line : frontier) {
      Point2D before = null;
      for (int i = 0; i < line.x().length; i++) {
        Point2D at = at(line, i);
        first.add(at);
        if (before != null) {
          taken.lines.add(new Line2D.Double(before, at));
        }
        before = at;
      }
    }
    List<Wanted> leading = new ArrayList<>();
    List<Wanted> others = new ArrayList<>();
    for (int s = 0; s < series.size(); s++) {
      Plotted p = series.get(s);
      Color colour = XyPlot.colour(s).darker();
      for (int i = 0; i < p.x().length; i++) {
        Point2D at = at(p, i);
        taken.points.add(at);
        taken.boxes.add(
            new Rectangle2D.Double(at.getX() - MARKER, at.getY() - MARKER, 2 * MARKER, 2 * MARKER));
        if (p.errors()[i] > 0) {
          double top = getYAxisScreenValue(p.y()[i] + p.errors()[i]);
          taken.boxes.add(
              new Rectangle2D.Double(
                  at.getX() - MARKER / 2, top, MARKER, Math.max(1, 2 * (at.getY() - top))));
        }
        if (!p.labels().get(i).isBlank()) {
          (first.contains(at) ? leading : others).add(new Wanted(p.labels().get(i), at, colour));
        }
      }
    }
    leading.addAll(others);
    return leading;
  }

  private Point2D at(Plotted p, int i) {
    return new Point2D.Double(getXAxisScreenValue(p.x()[i]), getYAxisScreenValue(p.y()[i]));
  }

  /** A place that touches its point, or null. */
  private static Rectangle2D beside(
      Point2D at, double width, double height, Rectangle2D plot, Taken taken) {
    double x = at.getX();
    double y = at.getY();
    double[][] corners = {
      {x + AWAY, y - height / 2},
      {x - AWAY - width, y - height / 2},
      {x - width / 2, y - AWAY - height},
      {x - width / 2, y + AWAY},
      {x + AWAY, y - AWAY - height},
      {x - AWAY - width, y - AWAY - height},
      {x + AWAY, y + AWAY},
      {x - AWAY - width, y + AWAY}
    };
    for (double[] corner : corners) {
      Rectangle2D place = new Rectangle2D.Double(corner[0], corner[1], width, height);
      if (plot.contains(place) && taken.free(place) && taken.clearly(place, at)) {
        return place;
      }
    }
    return null;
  }

  /** A place further away, with the line to it drawn and taken, or null. */
  private static Rectangle2D apart(
      Graphics2D g, Wanted wanted, double width, double height, Rectangle2D plot, Taken taken) {
    Point2D at = wanted.at();
    for (int ring = 1; ring <= RINGS; ring++) {
      double away = AWAY + RING * ring;
      for (int d = 0; d < DIRECTIONS; d++) {
        // Up to the right first, where fewest points lie beyond a frontier.
        double angle = Math.PI / 4 + 2 * Math.PI * d / DIRECTIONS;
        double x = at.getX() + away * Math.cos(angle);
        double y = at.getY() - away * Math.sin(angle);
        Rectangle2D place =
            new Rectangle2D.Double(
                x - width / 2 + width / 2 * Math.cos(angle),
                y - height / 2 - height / 2 * Math.sin(angle),
                width,
                height);
        Point2D end = nearest(place, at);
        double part = (MARKER + 1) / Math.max(MARKER + 1, end.distance(at));
        Line2D leader =
            new Line2D.Double(
                new Point2D.Double(
                    at.getX() + part * (end.getX() - at.getX()),
                    at.getY() + part * (end.getY() - at.getY())),
                end);
        if (plot.contains(place) && taken.free(place) && taken.free(leader, at)) {
          Stroke before = g.getStroke();
          g.setStroke(new BasicStroke(LEADER));
          g.setColor(XyPlot.FAINT);
          g.draw(leader);
          g.setStroke(before);
          taken.lines.add(leader);
          return place;
        }
      }
    }
    return null;
  }

  private static Point2D nearest(Rectangle2D place, Point2D at) {
    return new Point2D.Double(
        Math.max(place.getMinX(), Math.min(at.getX(), place.getMaxX())),
        Math.max(place.getMinY(), Math.min(at.getY(), place.getMaxY())));
  }

  private static double away(Rectangle2D place, Point2D at) {
    return nearest(place, at).distance(at);
  }
}
