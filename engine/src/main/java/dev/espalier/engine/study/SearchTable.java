package dev.espalier.engine.study;

import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Column;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.TableResult;
import dev.espalier.engine.run.Result.Unit;
import dev.espalier.engine.study.Searching.Limit;
import dev.espalier.engine.study.Searching.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The trials of a search as a tidy table, one a row. */
final class SearchTable {
  private static final String MET = "met";
  private static final String MISSED = "missed";
  private static final String EARLY = "ended early";

  private final Operation.Search search;
  private final List<Trial> trials;
  private final List<Limit> limits;

  SearchTable(Operation.Search search, List<Trial> trials, List<Limit> limits) {
    this.search = search;
    this.trials = trials;
    this.limits = limits;
  }

  /**
   * The table.
   *
   * @param best of those that were trained whole; empty when none was
   */
  TableResult of(Optional<Trial> best, List<String> notes) {
    List<Metric> metrics = metrics();
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("trial", ""));
    columns.add(new Column("recipe", ""));
    columns.add(new Column("epochs", ""));
    metrics.forEach(
        m -> columns.add(new Column(m.word(), SweepTable.isQuality(m) ? "validation" : "")));
    columns.add(new Column("constraints", ""));
    columns.add(new Column("outcome", ""));
    List<Result.Row> rows = new ArrayList<>();
    for (Trial t : trials) {
      List<Cell> cells = new ArrayList<>();
      cells.add(new Cell.Number(Figure.exact(t.standing().number(), Unit.COUNT)));
      cells.add(new Cell.Text(t.recipe().text()));
      cells.add(new Cell.Number(Figure.exact(t.epochs(), Unit.COUNT)));
      metrics.forEach(
          m -> {
            Figure f = t.figures().get(m);
            cells.add(f == null ? new Cell.Empty() : new Cell.Number(f));
          });
      cells.add(new Cell.Text(constraints(t)));
      cells.add(new Cell.Text(outcome(t, best)));
      rows.add(new Result.Row("", cells));
    }
    List<String> all = new ArrayList<>();
    all.add(
        "measured on the validation split, as a search is there to choose by; only the result is"
            + " tested");
    all.addAll(notes);
    int count = trials.size();
    return new TableResult(
        "Search, " + count + (count == 1 ? " trial" : " trials"),
        columns,
        rows,
        List.of(),
        all,
        Optional.empty());
  }

  /** The trials with what was found, made with all its epochs and tested. */
  static TableResult told(
      Searching.Found found, String name, Function<Metric, Figure> tested, Result.Checks checks) {
    TableResult t = found.trials();
    List<String> figures = new ArrayList<>();
    for (Column column : t.columns()) {
      Optional<Metric> metric = Metric.find(column.title());
      if (metric.isPresent()) {
        Figure f = tested.apply(metric.get());
        String kind = f.kind() == Result.FigureKind.MODELLED ? " (modelled)" : "";
        figures.add(
            metric.get().word()
                + " "
                + Wording.value(metric.get(), f.value())
                + (SweepTable.isQuality(metric.get()) ? " on the test split" : kind));
      }
    }
    List<String> findings = new ArrayList<>();
    findings.add(name + " is " + found.told() + "; " + String.join(", ", figures));
    findings.add(checks.summary());
    checks.all().stream()
        .filter(c -> !c.passed())
        .forEach(
            c ->
                findings.add(
                    "`"
                        + c.text()
                        + "` held on the validation split and fails on the test split: "
                        + c.explanation()));
    return new TableResult(t.title(), t.columns(), t.rows(), findings, t.notes(), Optional.empty());
  }

  private Set<Metric> said() {
    Set<Metric> metrics = new LinkedHashSet<>();
    metrics.add(search.objective());
    limits.forEach(l -> metrics.add(l.metric()));
    return metrics;
  }

  /** The quality, the size, and what is sought or demanded. */
  private List<Metric> metrics() {
    Set<Metric> metrics = new LinkedHashSet<>();
    for (Metric quality : List.of(Metric.ACCURACY, Metric.MSE)) {
      if (trials.stream().anyMatch(t -> t.figures().containsKey(quality))) {
        metrics.add(quality);
      }
    }
    metrics.add(Metric.SIZE);
    metrics.addAll(said());
    return List.copyOf(metrics);
  }

  private String constraints(Trial t) {
    List<String> missed =
        limits.stream().filter(l -> l.excess(t.figures()) > 0).map(Limit::text).toList();
    return t.figures().isEmpty()
        ? ""
        : missed.isEmpty() ? MET : "missed: " + String.join(", ", missed);
  }

  private static String outcome(Trial t, Optional<Trial> best) {
    if (t.figures().isEmpty()) {
      return "failed: " + t.failure();
    }
    if (best.isPresent() && t == best.get()) {
      return t.standing().feasible() ? "best" : "closest";
    }
    return t.standing().whole() ? "done" : EARLY;
  }

  /** The trials as points, the frontier joined: quality against what is sought, or the size. */
  static ChartSpec chart(TableResult table, Operation.Search search, String title) {
    String quality =
        table.columns().stream()
            .map(Column::title)
            .filter(c -> c.equals("accuracy") || c.equals("mse"))
            .findFirst()
            .orElse("accuracy");
    Metric y = Metric.find(quality).orElseThrow();
    Metric x = SweepTable.isQuality(search.objective()) ? Metric.SIZE : search.objective();
    List<Point> met = points(table, x, y, MET);
    List<Point> missed = points(table, x, y, MISSED);
    List<Point> early = points(table, x, y, EARLY);
    List<Point> frontier = new ArrayList<>();
    met.stream()
        .sorted(java.util.Comparator.comparingDouble(Point::x))
        .forEach(
            p -> {
              Point last = frontier.isEmpty() ? null : frontier.get(frontier.size() - 1);
              double better = y.higherIsBetter() ? 1 : -1;
              if (last == null || better * (p.y() - last.y()) > 0) {
                frontier.add(p);
              }
            });
    List<ChartSpec.Series> series = new ArrayList<>();
    if (!met.isEmpty()) {
      series.add(series("keep to all constraints", met));
    }
    if (!missed.isEmpty()) {
      series.add(series("break a constraint", missed));
    }
    if (!early.isEmpty()) {
      // Their quality is that of a first look.
      series.add(series("ended early", early));
    }
    return new ChartSpec(
        title.isEmpty() ? "Trials: " + y.word() + " vs " + x.word() : title,
        new ChartSpec.Axis(x.word(), x.unit(), isWide(met, missed, early)),
        new ChartSpec.Axis(y.word() + " (validation)", y.unit(), false),
        ChartSpec.Style.POINTS,
        series,
        frontier.size() < 2 ? Optional.empty() : Optional.of(series("frontier", frontier)),
        List.of("numbers are those of the trials"));
  }

  private record Point(double x, double y, String label) {}

  /** Whether small models would crowd at the edge of a linear axis. */
  @SafeVarargs
  private static boolean isWide(List<Point>... all) {
    DoubleSummaryStatistics x =
        Arrays.stream(all).flatMap(List::stream).mapToDouble(Point::x).summaryStatistics();
    return x.getMin() > 0 && x.getMax() / x.getMin() > Charts.WIDE;
  }

  private static List<Point> points(TableResult table, Metric x, Metric y, String which) {
    List<String> titles = table.columns().stream().map(Column::title).toList();
    int met = titles.indexOf("constraints");
    int outcome = titles.indexOf("outcome");
    List<Point> points = new ArrayList<>();
    for (Result.Row row : table.rows()) {
      if (row.cells().get(titles.indexOf(x.word())) instanceof Cell.Number a
          && row.cells().get(titles.indexOf(y.word())) instanceof Cell.Number b
          && Double.isFinite(a.figure().value())
          && which.equals(standing(row.cells().get(met), row.cells().get(outcome)))) {
        String number = Long.toString((long) ((Cell.Number) row.cells().get(0)).figure().value());
        points.add(new Point(a.figure().value(), b.figure().value(), number));
      }
    }
    return points;
  }

  private static String standing(Cell constraints, Cell outcome) {
    if (outcome.equals(new Cell.Text(EARLY))) {
      return EARLY;
    }
    return constraints.equals(new Cell.Text(MET)) ? MET : MISSED;
  }

  private static ChartSpec.Series series(String name, List<Point> points) {
    return new ChartSpec.Series(
        name,
        points.stream().map(Point::x).toList(),
        points.stream().map(Point::y).toList(),
        List.of(),
        points.stream().map(Point::label).toList());
  }
}
