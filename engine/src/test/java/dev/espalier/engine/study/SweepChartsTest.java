package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Column;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.Row;
import dev.espalier.engine.run.Result.TableResult;
import dev.espalier.engine.run.Result.Unit;
import dev.espalier.engine.run.StatementSettings.Drawing;
import dev.espalier.engine.run.SweepColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which runs of a sweep share a line, and what their spread is. */
class SweepChartsTest {
  /** Runs over lr, width and seed, all as good as their width. */
  private static TableResult table() {
    List<Row> rows = new ArrayList<>();
    for (double lr : new double[] {0.01, 0.001}) {
      for (double width : new double[] {4, 8}) {
        for (double seed = 1; seed <= 3; seed++) {
          rows.add(
              new Row(
                  "",
                  List.of(
                      number(lr),
                      number(width),
                      number(seed),
                      new Cell.Number(Figure.measured(0.1 + width / 100, Unit.FRACTION)),
                      new Cell.Text("done"))));
        }
      }
    }
    return new TableResult(
        "Sweep",
        List.of(
            new Column("lr", ""),
            new Column("width", ""),
            new Column("seed", ""),
            new Column("accuracy", "validation"),
            new Column(SweepColumns.OUTCOME, "")),
        rows,
        List.of(),
        List.of(),
        Optional.empty());
  }

  private static Cell number(double value) {
    return new Cell.Number(Figure.exact(value, Unit.COUNT));
  }

  private static ChartSpec chart(String x, Optional<String> by) {
    Operation.Named subject =
        new Operation.Named("curve", new Operation.Blueprint("m", new Mlp(List.of(4))));
    return new SweepCharts(
            new Operation.TableChart("accuracy", x, subject, by, Drawing.titled("t")), table())
        .draw();
  }

  private static List<String> names(ChartSpec chart) {
    return chart.series().stream().map(ChartSpec.Series::name).toList();
  }

  @Test
  void noLineRunsAcrossAnAxisThatNothingTellsApart() {
    ChartSpec chart = chart("lr", Optional.empty());
    assertEquals(List.of("width 4", "width 8"), names(chart));
    for (ChartSpec.Series line : chart.series()) {
      assertEquals(List.of(0.001, 0.01), line.x());
    }
    assertEquals(List.of("4", "8"), names(chart("lr", Optional.of("width"))));
    assertEquals(List.of("curve"), names(chart("accuracy", Optional.empty())));
  }

  @Test
  void equalSeedsHaveNoSpread() {
    for (ChartSpec.Series line : chart("lr", Optional.of("width")).series()) {
      assertEquals(List.of(0.0, 0.0), line.errors());
    }
  }
}
