package dev.espalier.kernel.render;

import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.ChartSpec.Series;
import dev.espalier.engine.run.Result.Unit;
import java.awt.Color;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A matrix as a field of squares, its first row on top. */
final class HeatMap {
  private static final int LONGEST_NAME = 18;

  private HeatMap() {}

  static XYChart of(ChartSpec spec, int width, int height) {
    XYChart chart = new XYChart(width, height);
    chart.setTitle(Pictures.shortened(spec.title(), Math.max(20, width / 9)));
    chart.setXAxisTitle(Text.clean(spec.x().title()));
    chart.setYAxisTitle(Text.clean(spec.y().title()));
    List<String> columns = Pictures.distinct(spec.x().names(), LONGEST_NAME);
    List<String> rows =
        Pictures.distinct(spec.series().stream().map(Series::name).toList(), LONGEST_NAME);
    double[][] cells = cells(spec, columns.size());
    boolean empty = columns.isEmpty() || rows.isEmpty();
    int across = Math.max(1, columns.size());
    int down = Math.max(1, rows.size());
    // Room below and left of the squares for the names, which XChart would thin out.
    double aside = Math.min(0.3, (14 + 6.4 * longest(rows)) / (width - 70));
    double left = 0.5 - across * aside / (1 - aside);
    double below =
        Squares.slanted(columns, (width - 70) * (1 - aside) / across)
            ? Math.min(0.4, (14 + 5.2 * longest(columns)) / (height - 100))
            : 22.0 / (height - 100);
    double bottom = 0.5 - down * below / (1 - below);
    // Three corners at uneven distances: between even ones XChart looks for ticks without end.
    XYSeries frame =
        chart.addSeries(
            "frame",
            new double[] {left, left + (across + 0.5 - left) * 0.37, across + 0.5},
            new double[] {bottom, bottom + (down + 0.5 - bottom) * 0.37, down + 0.5});
    frame.setLineStyle(SeriesLines.NONE).setLineColor(new Color(0, true));
    frame.setMarker(SeriesMarkers.NONE);
    style(chart.getStyler());
    chart.getStyler().setXAxisMin(left).setXAxisMax(across + 0.5);
    chart.getStyler().setYAxisMin(bottom).setYAxisMax(down + 0.5);
    chart.addAnnotation(
        empty
            ? new Labels(List.of(), List.of(), "no figures to draw")
            : new Squares(cells, rows, columns, spec.y().unit()));
    return chart;
  }

  private static double[][] cells(ChartSpec spec, int columns) {
    double scale = spec.y().unit() == Unit.FRACTION ? 100 : 1;
    double[][] cells = new double[spec.series().size()][columns];
    for (int r = 0; r < cells.length; r++) {
      Series row = spec.series().get(r);
      for (int c = 0; c < columns; c++) {
        double value = c < row.y().size() ? row.y().get(c) * scale : Double.NaN;
        cells[r][c] = Math.abs(value) <= Range.LARGEST ? value : Double.NaN;
      }
    }
    return cells;
  }

  private static int longest(List<String> names) {
    return names.stream().mapToInt(String::length).max().orElse(0);
  }

  private static void style(XYStyler styler) {
    XyPlot.base(styler);
    styler.setPlotGridLinesVisible(false);
    styler.setLegendVisible(false);
    styler.setAxisTicksVisible(false);
    styler.setxAxisTickLabelsFormattingFunction(new XyPlot.Blanks()::of);
    styler.setyAxisTickLabelsFormattingFunction(new XyPlot.Blanks()::of);
  }
}
