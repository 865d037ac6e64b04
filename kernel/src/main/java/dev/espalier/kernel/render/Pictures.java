package dev.espalier.kernel.render;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.ChartSpec.Axis;
import dev.espalier.engine.run.Result.ChartSpec.Series;
import dev.espalier.engine.run.Result.ChartSpec.Style;
import dev.espalier.engine.run.Result.Unit;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Charts as pictures, without a display. Colours are those of Okabe and Ito, which people who see
 * fewer colours can tell apart, and series differ by marker or dashes as well. The x of a histogram
 * are the middles of its bins, all of one width. What is not finite or beyond 1e15, or not above
 * zero on a logarithmic axis, is left out.
 */
public final class Pictures {
  /** The colours of the series, in order; after the last they start again with dashed lines. */
  private static final Color[] COLOURS = {
    new Color(0x0072B2),
    new Color(0xD55E00),
    new Color(0x009E73),
    new Color(0xCC79A7),
    new Color(0xE69F00),
    new Color(0x56B4E9),
    new Color(0x5B5B5B)
  };

  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE,
    SeriesMarkers.SQUARE,
    SeriesMarkers.TRIANGLE_UP,
    SeriesMarkers.DIAMOND,
    SeriesMarkers.TRIANGLE_DOWN
  };

  private static final Color INK = new Color(0x262626);
  private static final Color FAINT = new Color(0x6B6B6B);
  private static final Color GRID = new Color(0xE4E4E4);
  // XChart looks for ticks without end when an axis spans what doubles cannot count in steps.
  private static final double LARGEST = 1e15;
  private static final double SMALLEST = 1e-12;
  private static final double NARROWEST = 1e-6;

  private static final Pattern CLIP = Pattern.compile("clip[0-9]+");
  private static final int MARKED_POINTS = 30;
  private static final int LONGEST_NAME = 32;

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
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          ImageIO.write(image, "png", out);
          return out.toByteArray();
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
    Labels labels = new Labels(plotted(readable(chart)), "");
    XYChart drawn = of(chart, width, height);
    drawn.addAnnotation(labels);
    drawn.paint(g, width, height);
    g.dispose();
    return labels.shown();
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

  private static XYChart of(ChartSpec wanted, int width, int height) {
    ChartSpec spec = readable(wanted);
    XYChart chart = new XYChart(width, height);
    chart.setTitle(shortened(spec.title(), Math.max(20, width / 9)));
    chart.setXAxisTitle(axisTitle(spec.x()));
    chart.setYAxisTitle(axisTitle(spec.y()));
    List<Plotted> plotted = plotted(spec);
    style(chart.getStyler(), spec, plotted, width);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < plotted.size(); i++) {
      add(chart, spec, plotted.get(i), i, names);
    }
    if (plotted.isEmpty()) {
      // XChart wants a series for its axes; this one shows nothing.
      XYSeries nothing = chart.addSeries(" ", new double[] {1, 2}, new double[] {1, 2});
      nothing.setLineStyle(SeriesLines.NONE).setLineColor(new Color(0, true));
      nothing.setMarker(SeriesMarkers.NONE);
      chart.addAnnotation(new Labels(List.of(), "no figures to draw"));
    } else if (spec.style() == Style.POINTS) {
      chart.addAnnotation(new Labels(plotted, ""));
    }
    return chart;
  }

  /** Logarithmic axes that would show fewer than two powers of ten are made linear. */
  private static ChartSpec readable(ChartSpec spec) {
    return new ChartSpec(
        spec.title(),
        readable(spec.x(), spec, false),
        readable(spec.y(), spec, true),
        spec.style(),
        spec.series(),
        spec.notes());
  }

  private static Axis readable(Axis axis, ChartSpec spec, boolean vertical) {
    if (!axis.logarithmic()) {
      return axis;
    }
    double[] values =
        spec.series().stream()
            .flatMap(s -> (vertical ? s.y() : s.x()).stream())
            .mapToDouble(Double::doubleValue)
            .filter(v -> v >= SMALLEST && v <= LARGEST)
            .map(v -> Math.log10(v * Figures.logarithmicScale(axis.unit())))
            .sorted()
            .toArray();
    if (values.length == 0) {
      return new Axis(axis.title(), axis.unit(), false);
    }
    double lowest = Math.ceil(values[0] - 1e-9);
    boolean wide = Math.floor(values[values.length - 1] + 1e-9) - lowest >= 1;
    return new Axis(axis.title(), axis.unit(), wide);
  }

  private static String axisTitle(Axis axis) {
    String unit = Figures.logarithmicUnit(axis.unit());
    String title = Text.clean(axis.title());
    return axis.logarithmic() && !unit.isEmpty() ? title + " (" + unit + ")" : title;
  }

  /** A series without what cannot be drawn. */
  record Plotted(String name, double[] x, double[] y, double[] errors, List<String> labels) {}

  private static List<Plotted> plotted(ChartSpec spec) {
    // XChart writes the ticks of a logarithmic axis as bare numbers, so those axes carry their unit
    // in the title.
    double perX = spec.x().logarithmic() ? Figures.logarithmicScale(spec.x().unit()) : 1;
    double perY = spec.y().logarithmic() ? Figures.logarithmicScale(spec.y().unit()) : 1;
    List<Plotted> all = new ArrayList<>();
    for (Series s : spec.series()) {
      int n = Math.min(s.x().size(), s.y().size());
      List<double[]> points = new ArrayList<>();
      List<String> labels = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        double x = s.x().get(i) * perX;
        double y = s.y().get(i) * perY;
        // An empty bin of a histogram lies on the floor of a logarithmic axis.
        if (spec.style() == Style.HISTOGRAM && spec.y().logarithmic() && y < 1) {
          y = 1;
        }
        double error = i < s.errors().size() ? s.errors().get(i) * perY : 0;
        boolean drawable =
            Math.abs(x) <= LARGEST
                && Math.abs(y) <= LARGEST
                && !(spec.x().logarithmic() && x < SMALLEST)
                && !(spec.y().logarithmic() && y < SMALLEST);
        if (drawable) {
          points.add(new double[] {x, y, error > 0 && error <= LARGEST ? error : 0});
          labels.add(i < s.labels().size() ? shortened(s.labels().get(i), LONGEST_NAME) : "");
        }
      }
      if (spec.style() == Style.HISTOGRAM && !spec.x().logarithmic() && points.size() > 1) {
        asSteps(points);
        labels.add("");
      }
      if (!points.isEmpty()) {
        all.add(
            new Plotted(s.name(), column(points, 0), column(points, 1), column(points, 2), labels));
      }
    }
    return all;
  }

  /** XChart draws a step from a point to the next one: from the left edge of each bin. */
  private static void asSteps(List<double[]> centres) {
    double[] last = centres.get(centres.size() - 1);
    double half = (last[0] - centres.get(0)[0]) / (centres.size() - 1) / 2;
    double[] end = {last[0] + half, last[1], 0};
    centres.forEach(point -> point[0] -= half);
    centres.add(end);
  }

  private static double[] column(List<double[]> points, int column) {
    return points.stream().mapToDouble(p -> p[column]).toArray();
  }

  private static void add(
      XYChart chart, ChartSpec spec, Plotted plotted, int index, Set<String> names) {
    String base = shortened(plotted.name(), LONGEST_NAME);
    String name = base.isBlank() ? "series " + (index + 1) : base;
    for (int again = 2; !names.add(name); again++) {
      name = base + " (" + again + ")";
    }
    Color colour = COLOURS[index % COLOURS.length];
    boolean secondTime = (index / COLOURS.length) % 2 == 1;
    boolean bars = spec.style() == Style.POINTS && hasErrors(plotted);
    XYSeries series =
        bars
            ? chart.addSeries(name, plotted.x(), plotted.y(), plotted.errors())
            : chart.addSeries(name, plotted.x(), plotted.y());
    series.setLineColor(colour);
    series.setMarkerColor(colour);
    series.setFillColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 60));
    switch (spec.style()) {
      case LINES -> {
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
        series.setLineStyle(
            secondTime
                ? new BasicStroke(
                    2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 10f, new float[] {6, 4}, 0)
                : new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        series.setMarker(
            plotted.x().length <= MARKED_POINTS
                ? MARKERS[index % MARKERS.length]
                : SeriesMarkers.NONE);
      }
      case POINTS -> {
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        series.setMarker(MARKERS[index % MARKERS.length]);
      }
      case HISTOGRAM -> {
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.StepArea);
        series.setLineStyle(new BasicStroke(1.4f));
        series.setMarker(SeriesMarkers.NONE);
      }
    }
  }

  private static boolean hasErrors(Plotted plotted) {
    for (double e : plotted.errors()) {
      if (e > 0) {
        return true;
      }
    }
    return false;
  }

  private static void style(XYStyler styler, ChartSpec spec, List<Plotted> plotted, int width) {
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    styler.setBaseFont(font);
    styler.setChartTitleFont(font.deriveFont(Font.BOLD, 15f));
    styler.setAxisTitleFont(font.deriveFont(13f));
    styler.setAxisTickLabelsFont(font);
    styler.setLegendFont(font.deriveFont(12.5f));
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setChartFontColor(INK);
    styler.setXAxisTitleColor(INK);
    styler.setYAxisTitleColor(INK);
    styler.setAxisTickLabelsColor(FAINT);
    styler.setAxisTickMarksColor(GRID);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridLinesStroke(new BasicStroke(1f));
    styler.setPlotBorderVisible(false);
    styler.setAxisTicksLineVisible(false);
    styler.setAxisTicksMarksVisible(false);
    styler.setPlotTicksMarksVisible(false);
    styler.setPlotGridVerticalLinesVisible(spec.style() == Style.POINTS);
    styler.setChartPadding(14);
    styler.setPlotMargin(6);
    styler.setAxisTickPadding(6);
    styler.setAxisTitlePadding(8);
    styler.setChartTitlePadding(8);
    styler.setChartTitleBoxVisible(false);
    styler.setMarkerSize(spec.style() == Style.LINES ? 6 : 9);
    styler.setErrorBarsColorSeriesColor(true);
    styler.setAntiAlias(true);
    styler.setToolTipsEnabled(false);
    styler.setLocale(java.util.Locale.ROOT);
    styler.setXAxisTickMarkSpacingHint(80);
    styler.setYAxisTickMarkSpacingHint(44);
    axes(styler, spec, plotted);
    legend(styler, plotted, width);
  }

  private static void legend(XYStyler styler, List<Plotted> plotted, int width) {
    styler.setLegendVisible(plotted.size() > 1);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendBackgroundColor(Color.WHITE);
    styler.setLegendPadding(6);
    styler.setLegendSeriesLineLength(22);
    int across =
        plotted.stream().mapToInt(p -> 55 + 7 * Math.min(LONGEST_NAME, p.name().length())).sum();
    if (across < width - 80) {
      styler.setLegendPosition(LegendPosition.OutsideS);
      styler.setLegendLayout(LegendLayout.Horizontal);
    } else {
      styler.setLegendPosition(LegendPosition.OutsideE);
      styler.setLegendLayout(LegendLayout.Vertical);
    }
  }

  private static void axes(XYStyler styler, ChartSpec spec, List<Plotted> plotted) {
    boolean epochs = spec.style() == Style.LINES && spec.x().unit() == Unit.COUNT;
    if (spec.x().logarithmic()) {
      styler.setXAxisDecimalPattern("#,##0.######");
    } else {
      styler.setxAxisTickLabelsFormattingFunction(
          v -> epochs && v != Math.rint(v) ? " " : Figures.tick(v, spec.x().unit()));
    }
    if (spec.y().logarithmic()) {
      styler.setYAxisDecimalPattern("#,##0.######");
    } else {
      styler.setyAxisTickLabelsFormattingFunction(v -> Figures.tick(v, spec.y().unit()));
    }
    if (plotted.isEmpty()) {
      styler.setAxisTicksVisible(false);
      styler.setPlotGridLinesVisible(false);
      return;
    }
    Range x = Range.of(plotted, false, spec.x().logarithmic());
    Range y = Range.of(plotted, true, spec.y().logarithmic());
    boolean points = spec.style() == Style.POINTS;
    x = points || x.isPoint() ? x.wider(0.08, spec.x().unit()) : x;
    y = points || y.isPoint() ? y.wider(0.08, spec.y().unit()) : y;
    if (spec.style() == Style.HISTOGRAM) {
      y = spec.y().logarithmic() ? new Range(1, y.high, true) : new Range(0, y.high, false);
    }
    styler.setXAxisLogarithmic(spec.x().logarithmic());
    styler.setYAxisLogarithmic(spec.y().logarithmic());
    styler.setXAxisMin(x.low).setXAxisMax(x.high);
    styler.setYAxisMin(y.low).setYAxisMax(y.high);
  }

  /** What an axis spans. */
  private record Range(double low, double high, boolean logarithmic) {
    static Range of(List<Plotted> plotted, boolean vertical, boolean logarithmic) {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (Plotted p : plotted) {
        double[] values = vertical ? p.y() : p.x();
        for (int i = 0; i < values.length; i++) {
          double error = vertical ? p.errors()[i] : 0;
          double below = values[i] - error;
          low = Math.min(low, logarithmic && below <= 0 ? values[i] : below);
          high = Math.max(high, values[i] + error);
        }
      }
      return new Range(low, high, logarithmic);
    }

    boolean isPoint() {
      return high - low <= Math.max(SMALLEST, Math.max(Math.abs(low), Math.abs(high)) * NARROWEST);
    }

    Range wider(double part, Unit unit) {
      if (logarithmic) {
        double factor = isPoint() ? 2 : Math.pow(high / low, part);
        return new Range(low / factor, high * factor, true);
      }
      double room = isPoint() ? room(unit) : (high - low) * part;
      double top = unit == Unit.FRACTION && high <= 1 ? Math.min(1.0, high + room) : high + room;
      double bottom = low >= 0 ? Math.max(0, low - room) : low - room;
      return new Range(bottom, top > bottom ? top : bottom + 1, false);
    }

    private double room(Unit unit) {
      return unit == Unit.FRACTION && high <= 1
          ? 0.01
          : Math.abs(high) <= SMALLEST ? 1 : Math.abs(high) * 0.1;
    }
  }

  static Color colour(int series) {
    return COLOURS[series % COLOURS.length];
  }

  private static String shortened(String text, int length) {
    String clean = Text.clean(text);
    return clean.codePointCount(0, clean.length()) <= length
        ? clean
        : clean.substring(0, clean.offsetByCodePoints(0, length - 1)) + "…";
  }
}
