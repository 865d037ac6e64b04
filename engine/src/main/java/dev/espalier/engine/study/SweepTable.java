package dev.espalier.engine.study;

import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.Column;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.TableResult;
import dev.espalier.engine.run.Result.Unit;
import dev.espalier.engine.run.SweepColumns;
import dev.espalier.engine.work.ValidationFigures;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The runs of a sweep as a tidy table: a row a model, a column a value or figure. */
final class SweepTable {
  /**
   * What a model of a run came to.
   *
   * @param reason why there are no figures
   */
  record Row(Optional<ValidationFigures> figures, String reason) {}

  private final Operation.Sweep sweep;
  private final Function<Operation.Named, Row> rows;

  SweepTable(Operation.Sweep sweep, Function<Operation.Named, Row> rows) {
    this.sweep = sweep;
    this.rows = rows;
  }

  TableResult of(List<String> notes) {
    boolean several = names().size() > 1;
    List<List<Cell>> lines = new ArrayList<>();
    List<Row> known = new ArrayList<>();
    List<Operation.SweepCell> cells = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Operation.SweepCell cell : sweep.cells()) {
      for (Operation.Named model : cell.models()) {
        known.add(rows.apply(model));
        cells.add(cell);
        names.add(model.name());
      }
    }
    List<Metric> metrics = metrics(known);
    int failed = 0;
    for (int i = 0; i < known.size(); i++) {
      List<Cell> line = new ArrayList<>(values(cells.get(i)));
      if (several) {
        line.add(new Cell.Text(names.get(i)));
      }
      Row row = known.get(i);
      failed += row.figures().isEmpty() ? 1 : 0;
      metrics.forEach(m -> line.add(figure(row, m)));
      line.add(
          row.figures()
              .map(f -> (Cell) new Cell.Number(Figure.measured(f.seconds(), Unit.SECONDS)))
              .orElse(new Cell.Empty()));
      line.add(new Cell.Text(row.figures().isPresent() ? "done" : "failed: " + row.reason()));
      lines.add(line);
    }
    return new TableResult(
        title(lines.size()),
        columns(several, metrics),
        lines.stream().map(l -> new Result.Row("", l)).toList(),
        findings(failed, lines.size()),
        notes(metrics, notes),
        Optional.empty());
  }

  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    sweep.cells().forEach(c -> c.models().forEach(m -> names.add(m.name())));
    return names;
  }

  private String title(int rows) {
    int runs = sweep.cells().size();
    return String.format(
        Locale.ROOT,
        "Sweep over %s, %,d %s",
        String.join(", ", sweep.axes().stream().map(Operation.Axis::name).toList()),
        runs,
        (runs == 1 ? "run" : "runs") + (rows == runs ? "" : " of " + rows + " models"));
  }

  /** The metrics that some row has a figure for, in the order of the columns. */
  private static List<Metric> metrics(List<Row> rows) {
    List<Metric> metrics = new ArrayList<>();
    for (String word : SweepColumns.words()) {
      Metric.find(word)
          .filter(
              m ->
                  rows.stream()
                      .anyMatch(
                          r -> r.figures().map(f -> f.figures().containsKey(m)).orElse(false)))
          .ifPresent(metrics::add);
    }
    return metrics;
  }

  private List<Column> columns(boolean several, List<Metric> metrics) {
    List<Column> columns = new ArrayList<>();
    sweep.axes().forEach(a -> columns.add(new Column(a.name(), "")));
    if (several) {
      columns.add(new Column(SweepColumns.MODEL, ""));
    }
    metrics.forEach(m -> columns.add(new Column(m.word(), isQuality(m) ? "validation" : "")));
    columns.add(new Column(SweepColumns.SECONDS, "all its steps"));
    columns.add(new Column(SweepColumns.OUTCOME, ""));
    return columns;
  }

  static boolean isQuality(Metric metric) {
    return switch (metric) {
      case ACCURACY, ERRORS, MSE, MAE, R2 -> true;
      default -> false;
    };
  }

  private List<Cell> values(Operation.SweepCell cell) {
    List<Cell> out = new ArrayList<>();
    for (int i = 0; i < sweep.axes().size(); i++) {
      Operation.AxisValue value = sweep.axes().get(i).values().get(cell.values().get(i));
      out.add(
          Double.isNaN(value.number())
              ? new Cell.Text(value.text())
              : new Cell.Number(Figure.exact(value.number(), unit(value))));
    }
    return out;
  }

  /** Whole numbers of an axis are counts, such as seeds and widths. */
  private static Unit unit(Operation.AxisValue value) {
    return value.unit() == Unit.NONE && value.number() == Math.rint(value.number())
        ? Unit.COUNT
        : value.unit();
  }

  private static Cell figure(Row row, Metric metric) {
    return row.figures()
        .map(f -> f.figures().get(metric))
        .map(f -> (Cell) new Cell.Number(f))
        .orElse(new Cell.Empty());
  }

  private static List<String> findings(int failed, int rows) {
    if (failed == 0) {
      return List.of();
    }
    return List.of(failed + " of " + rows + " failed; run again to try them again");
  }

  private static List<String> notes(List<Metric> metrics, List<String> more) {
    List<String> notes = new ArrayList<>();
    if (metrics.stream().anyMatch(SweepTable::isQuality)) {
      notes.add(
          "measured on the validation split, as a sweep is there to choose by: compare the choice"
              + " on the test split with `compare`");
    }
    notes.addAll(more);
    return notes;
  }

  /** The table with only these columns beside the values of the sweep. */
  static TableResult only(TableResult table, Operation.Sweep sweep, List<String> wanted) {
    List<Integer> kept = new ArrayList<>();
    List<String> titles = table.columns().stream().map(Column::title).toList();
    Set<String> always =
        new LinkedHashSet<>(sweep.axes().stream().map(Operation.Axis::name).toList());
    always.add(SweepColumns.MODEL);
    for (int i = 0; i < titles.size(); i++) {
      if (always.contains(titles.get(i))) {
        kept.add(i);
      }
    }
    for (String word : wanted) {
      int at = titles.lastIndexOf(word);
      if (at >= 0 && !kept.contains(at)) {
        kept.add(at);
      }
    }
    boolean failed =
        table.rows().stream()
            .anyMatch(r -> !r.cells().get(titles.size() - 1).equals(new Cell.Text("done")));
    if (failed) {
      kept.add(titles.size() - 1);
    }
    return new TableResult(
        table.title(),
        kept.stream().map(table.columns()::get).toList(),
        table.rows().stream()
            .map(r -> new Result.Row(r.group(), kept.stream().map(r.cells()::get).toList()))
            .toList(),
        table.findings(),
        table.notes(),
        Optional.empty());
  }
}
