package dev.espalier.engine.study;

import dev.espalier.engine.measure.Intervals;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Column;
import dev.espalier.engine.run.Result.Row;
import dev.espalier.engine.run.Result.TableResult;
import dev.espalier.engine.run.Result.Unit;
import dev.espalier.engine.run.StatementSettings;
import dev.espalier.engine.run.SweepColumns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One column of a sweep's table against another: a line for each value of an axis, and, where seeds
 * were swept, the mean over them with a band.
 */
final class SweepCharts {
  private static final String SEED = "seed";

  /** A mean over seeds. */
  private record Point(double x, double y, double half) {}

  private final Operation.TableChart chart;
  private final TableResult table;
  private final List<String> titles;

  SweepCharts(Operation.TableChart chart, TableResult table) {
    this.chart = chart;
    this.table = table;
    this.titles = table.columns().stream().map(Column::title).toList();
  }

  ChartSpec draw() {
    int x = titles.indexOf(chart.x());
    int y = titles.indexOf(chart.y());
    boolean seeds = titles.contains(SEED) && !chart.x().equals(SEED);
    List<String> notes = new ArrayList<>();
    Map<String, List<Point>> lines = x < 0 || y < 0 ? Map.of() : lines(x, y, notes);
    boolean axis = x >= 0 && !Metric.find(chart.x()).isPresent();
    List<ChartSpec.Series> series = new ArrayList<>();
    double smallest = Double.MAX_VALUE;
    double largest = 0;
    for (Map.Entry<String, List<Point>> line : lines.entrySet()) {
      List<Point> points = line.getValue();
      points.sort(Comparator.comparingDouble(Point::x));
      boolean band = points.stream().anyMatch(p -> !Double.isNaN(p.half()));
      series.add(
          new ChartSpec.Series(
              line.getKey(),
              points.stream().map(Point::x).toList(),
              points.stream().map(Point::y).toList(),
              band
                  ? points.stream().map(p -> Double.isNaN(p.half()) ? 0 : p.half()).toList()
                  : List.of(),
              List.of()));
      for (Point p : points) {
        smallest = Math.min(smallest, p.x());
        largest = Math.max(largest, p.x());
      }
    }
    Optional<ChartSpec.Series> frontier =
        chart.look().frontier()
            ? Frontier.of(
                lines.values().stream()
                    .flatMap(List::stream)
                    .map(p -> new Frontier.Point(p.x(), p.y()))
                    .toList(),
                more(chart.x()),
                more(chart.y()))
            : Optional.empty();
    if (chart.look().frontier()) {
      notes.add("frontier: no other run has " + better(chart.x()) + " and " + better(chart.y()));
    }
    tell(notes, seeds);
    return new ChartSpec(
        chart.look().title(),
        new ChartSpec.Axis(
            chart.x(), unit(chart.x(), x), !axis && smallest > 0 && largest / smallest > 8),
        new ChartSpec.Axis(chart.y() + detail(y), unit(chart.y(), y), false),
        axis ? ChartSpec.Style.LINES : ChartSpec.Style.POINTS,
        series,
        frontier,
        notes);
  }

  private String detail(int column) {
    return column < 0 || table.columns().get(column).detail().isEmpty()
        ? ""
        : ", " + table.columns().get(column).detail();
  }

  private void tell(List<String> notes, boolean seeds) {
    if (seeds) {
      notes.add(
          switch (chart.look().band()) {
            case INTERVAL -> "means over the seeds with their 95% interval (Student's t)";
            case STDEV -> "means over the seeds, with one standard deviation to each side";
            case NONE -> "means over the seeds";
          });
    }
    notes.addAll(table.notes());
  }

  /** The points of every line; runs that differ in nothing but the seed are one point. */
  private Map<String, List<Point>> lines(int x, int y, List<String> notes) {
    Map<String, Map<List<Cell>, List<double[]>>> groups = new LinkedHashMap<>();
    int left = 0;
    List<Integer> others = otherAxes();
    int ends = titles.indexOf(SweepColumns.OUTCOME);
    for (Row row : table.rows()) {
      if (!(row.cells().get(x) instanceof Cell.Number across)
          || !(row.cells().get(y) instanceof Cell.Number up)) {
        left++;
        continue;
      }
      List<Cell> same = new ArrayList<>();
      for (int i = 0; i < ends; i++) {
        if (isValue(i) && !titles.get(i).equals(SEED)) {
          same.add(row.cells().get(i));
        }
      }
      groups
          .computeIfAbsent(name(row, others), n -> new LinkedHashMap<>())
          .computeIfAbsent(same, s -> new ArrayList<>())
          .add(new double[] {across.figure().value(), up.figure().value()});
    }
    if (left > 0) {
      notes.add(left + (left == 1 ? " run" : " runs") + " without these figures are not drawn");
    }
    Map<String, List<Point>> lines = new LinkedHashMap<>();
    groups.forEach(
        (name, points) ->
            points
                .values()
                .forEach(
                    runs -> lines.computeIfAbsent(name, n -> new ArrayList<>()).add(point(runs))));
    return lines;
  }

  /** Whether a column holds what was given to the runs, not what came of them. */
  private boolean isValue(int column) {
    String title = titles.get(column);
    return title.equals(SweepColumns.MODEL)
        || Metric.find(title).isEmpty() && !title.equals(SweepColumns.SECONDS);
  }

  /**
   * The axes that a line must not run across: whatever else was swept beside the one that is drawn
   * along, the one that the lines are told apart by, and seeds. Points alone need no lines.
   */
  private List<Integer> otherAxes() {
    List<Integer> others = new ArrayList<>();
    if (Metric.find(chart.x()).isPresent()) {
      return others;
    }
    int ends = titles.indexOf(SweepColumns.OUTCOME);
    for (int i = 0; i < ends; i++) {
      int column = i;
      String title = titles.get(i);
      boolean taken =
          title.equals(chart.x())
              || title.equals(SEED)
              || title.equals(SweepColumns.MODEL)
              || chart.by().filter(title::equals).isPresent();
      if (!taken
          && isValue(i)
          && table.rows().stream().map(r -> text(r.cells().get(column))).distinct().count() > 1) {
        others.add(i);
      }
    }
    return others;
  }

  private String name(Row row, List<Integer> others) {
    List<String> parts = new ArrayList<>();
    chart.by().ifPresent(by -> parts.add(text(row.cells().get(titles.indexOf(by)))));
    others.forEach(i -> parts.add(titles.get(i) + " " + text(row.cells().get(i))));
    int model = titles.indexOf(SweepColumns.MODEL);
    if (model >= 0) {
      parts.add(text(row.cells().get(model)));
    }
    return parts.isEmpty() ? chart.table().name() : String.join(", ", parts);
  }

  private static String text(Cell cell) {
    if (cell instanceof Cell.Text t) {
      return t.text();
    }
    if (!(cell instanceof Cell.Number n)) {
      return "";
    }
    double v = n.figure().value();
    if (n.figure().unit() == Unit.FRACTION) {
      return java.math.BigDecimal.valueOf(v).movePointRight(2).stripTrailingZeros().toPlainString()
          + "%";
    }
    return java.math.BigDecimal.valueOf(v).stripTrailingZeros().toPlainString();
  }

  private Point point(List<double[]> runs) {
    double x = runs.stream().mapToDouble(r -> r[0]).average().orElseThrow();
    double[] ys = runs.stream().mapToDouble(r -> r[1]).toArray();
    Intervals.Mean mean = Intervals.mean(ys);
    double half = Double.NaN;
    if (ys.length > 1 && chart.look().band() == StatementSettings.Band.INTERVAL) {
      half = (mean.interval().high() - mean.interval().low()) / 2;
    } else if (ys.length > 1 && chart.look().band() == StatementSettings.Band.STDEV) {
      double squares = 0;
      for (double y : ys) {
        squares += (y - mean.mean()) * (y - mean.mean());
      }
      half = Math.sqrt(squares / (ys.length - 1));
    }
    return new Point(x, mean.mean(), half);
  }

  /** Whether more is better. What is no metric, such as a swept width, is better small. */
  private static boolean more(String column) {
    return Metric.find(column).filter(Metric::higherIsBetter).isPresent();
  }

  private static String better(String column) {
    return (more(column) ? "more " : "less ") + column;
  }

  private Unit unit(String word, int column) {
    Optional<Metric> metric = Metric.find(word);
    if (metric.isPresent()) {
      return metric.get().unit();
    }
    if (word.equals(SweepColumns.SECONDS)) {
      return Unit.SECONDS;
    }
    return table.rows().stream()
        .map(r -> r.cells().get(column))
        .filter(Cell.Number.class::isInstance)
        .map(c -> ((Cell.Number) c).figure().unit())
        .findFirst()
        .orElse(Unit.NONE);
  }
}
