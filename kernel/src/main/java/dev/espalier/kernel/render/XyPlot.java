package dev.espalier.kernel.render;

import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.ChartSpec.Axis;
import dev.espalier.engine.run.Result.ChartSpec.Series;
import dev.espalier.engine.run.Result.ChartSpec.Style;
import dev.espalier.engine.run.Result.Unit;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A chart of lines, points or bins on two axes. */
record XyPlot(XYChart chart, Labels labels) {
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

  static final Color INK = new Color(0x262626);
  static final Color FAINT = new Color(0x6B6B6B);
  static final Color GRID = new Color(0xE4E4E4);
  private static final int MARKED_POINTS = 30;
  private static final int LONGEST_NAME = 32;

  /** More lines than these are told apart by the legend alone. */
  private static final int MOST_NAMED_LINES = 7;

  /** The plot of a chart that is no matrix. */
  static XyPlot of(ChartSpec wanted, int width, int height) {
    ChartSpec spec = readable(wanted);
    XYChart chart = new XYChart(width, height);
    chart.setTitle(Pictures.shortened(spec.title(), Math.max(20, width / 9)));
    chart.setXAxisTitle(axisTitle(spec.x()));
    chart.setYAxisTitle(axisTitle(spec.y()));
    List<Plotted> plotted = plotted(spec);
    style(chart.getStyler(), spec, plotted, width);
    Set<String> names = new HashSet<>();
    List<Plotted> frontier = spec.frontier().map(line -> frontier(spec, line)).orElse(List.of());
    frontier.forEach(line -> addFrontier(chart, line, names));
    for (int i = 0; i < plotted.size(); i++) {
      add(chart, spec, plotted.get(i), i, names);
    }
    Labels labels = new Labels(plotted, frontier, plotted.isEmpty() ? "no figures to draw" : "");
    if (plotted.isEmpty()) {
      // XChart wants a series for its axes.
      addUnseen(chart, new double[] {1, 2}, new double[] {1, 2}, names);
    } else if (spec.style() == Style.LINES) {
      chart.addAnnotation(new Bands(plotted));
    }
    if (!plotted.isEmpty() && !spec.y().logarithmic()) {
      roundTicks(chart, plotted, names);
    }
    chart.addAnnotation(labels);
    return new XyPlot(chart, labels);
  }

  /** The words at points that find a place when it is painted. */
  List<String> labelsShown(Graphics2D g) {
    chart.paint(g, chart.getWidth(), chart.getHeight());
    return labels.shown();
  }

  /**
   * Keeps the ticks of the vertical axis at round numbers: where the values of all series lie at
   * equal distances, XChart takes them for ticks, however long or many they are.
   */
  private static void roundTicks(XYChart chart, List<Plotted> plotted, Set<String> names) {
    double low = chart.getStyler().getYAxisMin();
    double span = chart.getStyler().getYAxisMax() - low;
    double[] uneven = {low + span / Math.PI, low + span / Math.E, low + span / Math.sqrt(2)};
    double[] x = new double[uneven.length];
    Arrays.fill(x, plotted.get(0).x()[0]);
    addUnseen(chart, x, uneven, names);
  }

  private static void addUnseen(XYChart chart, double[] x, double[] y, Set<String> names) {
    String name = " ";
    while (!names.add(name)) {
      name += " ";
    }
    XYSeries unseen = chart.addSeries(name, x, y);
    unseen.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    unseen.setLineStyle(SeriesLines.NONE).setLineColor(new Color(0, true));
    unseen.setMarker(SeriesMarkers.NONE);
    unseen.setShowInLegend(false);
  }

  private static List<Plotted> frontier(ChartSpec spec, Series line) {
    return plotted(new ChartSpec("", spec.x(), spec.y(), Style.LINES, List.of(line), List.of()));
  }

  private static void addFrontier(XYChart chart, Plotted line, Set<String> names) {
    names.add(line.name());
    XYSeries series = chart.addSeries(line.name(), line.x(), line.y());
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    series.setLineColor(FAINT);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineStyle(
        new BasicStroke(
            1.3f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 10f, new float[] {5, 4}, 0));
  }

  /** Logarithmic axes that would show fewer than two powers of ten are made linear. */
  private static ChartSpec readable(ChartSpec spec) {
    return new ChartSpec(
        spec.title(),
        readable(spec.x(), spec, false),
        readable(spec.y(), spec, true),
        spec.style(),
        spec.series(),
        spec.frontier(),
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
            .filter(v -> v >= Range.SMALLEST && v <= Range.LARGEST)
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
  record Plotted(String name, double[] x, double[] y, double[] errors, List<String> labels) {
    boolean hasErrors() {
      return Arrays.stream(errors).anyMatch(e -> e > 0);
    }
  }

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
            Math.abs(x) <= Range.LARGEST
                && Math.abs(y) <= Range.LARGEST
                && !(spec.x().logarithmic() && x < Range.SMALLEST)
                && !(spec.y().logarithmic() && y < Range.SMALLEST);
        if (drawable) {
          points.add(new double[] {x, y, error > 0 && error <= Range.LARGEST ? error : 0});
          labels.add(
              i < s.labels().size() ? Pictures.shortened(s.labels().get(i), LONGEST_NAME) : "");
        }
      }
      if (spec.style() == Style.LINES && s.labels().isEmpty() && namesLines(spec)) {
        if (!labels.isEmpty()) {
          labels.set(labels.size() - 1, Pictures.shortened(s.name(), LONGEST_NAME));
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

  /** Whether each line says at its end what it is. */
  private static boolean namesLines(ChartSpec spec) {
    return spec.series().size() > 1 && spec.series().size() <= MOST_NAMED_LINES;
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
    String base = Pictures.shortened(plotted.name(), LONGEST_NAME);
    String name = base.isBlank() ? "series " + (index + 1) : base;
    for (int again = 2; !names.add(name); again++) {
      name = base + " (" + again + ")";
    }
    Color colour = COLOURS[index % COLOURS.length];
    boolean secondTime = (index / COLOURS.length) % 2 == 1;
    boolean bars = spec.style() == Style.POINTS && plotted.hasErrors();
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

  private static void style(XYStyler styler, ChartSpec spec, List<Plotted> plotted, int width) {
    base(styler);
    styler.setPlotGridVerticalLinesVisible(spec.style() == Style.POINTS);
    styler.setMarkerSize(spec.style() == Style.LINES ? 6 : 9);
    styler.setXAxisTickMarkSpacingHint(80);
    styler.setYAxisTickMarkSpacingHint(44);
    axes(styler, spec, plotted, width);
    legend(styler, plotted, width);
  }

  /** Fonts, colours and distances that all charts share. */
  static void base(XYStyler styler) {
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
    styler.setChartPadding(14);
    styler.setPlotMargin(6);
    styler.setAxisTickPadding(6);
    styler.setAxisTitlePadding(8);
    styler.setChartTitlePadding(8);
    styler.setChartTitleBoxVisible(false);
    styler.setErrorBarsColorSeriesColor(true);
    styler.setAntiAlias(true);
    styler.setToolTipsEnabled(false);
    styler.setLocale(java.util.Locale.ROOT);
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

  private static void axes(XYStyler styler, ChartSpec spec, List<Plotted> plotted, int width) {
    boolean epochs = spec.style() == Style.LINES && spec.x().unit() == Unit.COUNT;
    Blanks none = new Blanks();
    double last =
        plotted.stream()
            .flatMapToDouble(p -> Arrays.stream(p.x()))
            .max()
            .orElse(Double.POSITIVE_INFINITY);
    if (!spec.x().names().isEmpty()) {
      named(styler, spec.x().names(), width);
    } else if (spec.x().logarithmic()) {
      styler.setXAxisDecimalPattern("#,##0.######");
    } else {
      // The room for the lines' names is not part of what the axis counts.
      styler.setxAxisTickLabelsFormattingFunction(
          v ->
              (epochs && v != Math.rint(v)) || (spec.style() == Style.LINES && v > last * 1.0001)
                  ? none.of(v)
                  : Figures.tick(v, spec.x().unit()));
    }
    if (spec.y().logarithmic()) {
      styler.setYAxisDecimalPattern("#,##0.######");
    } else {
      Range span = Range.of(plotted, true, false);
      // Half a channel is nothing to write at an axis, unless all there is lies within one.
      boolean whole =
          spec.y().unit() == Unit.COUNT && (span.isPoint() || span.high() - span.low() >= 2);
      Blanks between = new Blanks();
      styler.setyAxisTickLabelsFormattingFunction(
          v ->
              whole && Math.abs(v - Math.rint(v)) > 1e-6
                  ? between.of(v)
                  : Figures.tick(v, spec.y().unit()));
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
    if (spec.style() == Style.LINES && namesLines(spec) && !spec.x().logarithmic()) {
      int longest =
          plotted.stream()
              .mapToInt(p -> Math.min(LONGEST_NAME, Text.clean(p.name()).length()))
              .max()
              .orElse(0);
      x = x.longer(Math.min(0.35, (20 + 6.5 * longest) / Math.max(200, width - 120)));
    }
    if (spec.style() == Style.HISTOGRAM) {
      y = spec.y().logarithmic() ? new Range(1, y.high(), true) : new Range(0, y.high(), false);
    }
    styler.setXAxisLogarithmic(spec.x().logarithmic());
    styler.setYAxisLogarithmic(spec.y().logarithmic());
    styler.setXAxisMin(x.low()).setXAxisMax(x.high());
    styler.setYAxisMin(y.low()).setYAxisMax(y.high());
  }

  /** Ticks without a label. XChart looks for others until all labels differ, so these do. */
  static final class Blanks {
    private static final String NO_WIDTH = "\u200b";
    private final List<Double> seen = new ArrayList<>();

    String of(double tick) {
      if (!seen.contains(tick)) {
        seen.add(tick);
      }
      return " " + NO_WIDTH.repeat(seen.indexOf(tick) % 1000);
    }
  }

  /** Names instead of numbers, at 1, 2, …; slanted where they would touch. */
  private static void named(XYStyler styler, List<String> names, int width) {
    double each = (width - 130.0) / Math.max(1, names.size());
    int longest = names.stream().mapToInt(n -> Text.clean(n).length()).max().orElse(0);
    styler.setXAxisTickMarkSpacingHint((int) Math.max(12, each * 0.8));
    if (longest * 7 > each) {
      styler.setXAxisLabelRotation(each < 18 ? 90 : 45);
    }
    List<String> distinct = Pictures.distinct(names, LONGEST_NAME / 2);
    Blanks none = new Blanks();
    styler.setxAxisTickLabelsFormattingFunction(
        v -> {
          int at = (int) Math.rint(v);
          return Math.abs(v - at) > 1e-6 || at < 1 || at > names.size()
              ? none.of(v)
              : distinct.get(at - 1);
        });
  }

  static Color colour(int series) {
    return COLOURS[series % COLOURS.length];
  }
}
