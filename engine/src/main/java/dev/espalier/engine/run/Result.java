package dev.espalier.engine.run;

import dev.espalier.engine.Model;
import dev.espalier.engine.data.DataSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a step gives back; only the renderer turns it into text, HTML or pictures. */
public sealed interface Result {

  /** How a figure was come by. */
  enum FigureKind {
    /** On this machine. */
    MEASURED,
    /** From a description of a device. */
    MODELLED,
    /** By computing in float what a device would do. */
    SIMULATED,
    /** Counted or computed exactly from the model. */
    EXACT
  }

  /** How a number is to be written. */
  enum Unit {
    /** A fraction, written as a percentage. */
    FRACTION,
    COUNT,
    BYTES,
    SECONDS,
    JOULES,
    /** Multiply-accumulates. */
    MACS,
    NONE
  }

  /**
   * A number with what is known of its certainty.
   *
   * @param low lower end of the 95% interval; NaN when there is none
   * @param high upper end of the 95% interval; NaN when there is none
   */
  record Figure(double value, double low, double high, Unit unit, FigureKind kind) {
    public static Figure exact(double value, Unit unit) {
      return new Figure(value, Double.NaN, Double.NaN, unit, FigureKind.EXACT);
    }

    public static Figure modelled(double value, Unit unit) {
      return new Figure(value, Double.NaN, Double.NaN, unit, FigureKind.MODELLED);
    }

    public static Figure measured(double value, Unit unit) {
      return new Figure(value, Double.NaN, Double.NaN, unit, FigureKind.MEASURED);
    }

    public boolean hasInterval() {
      return !Double.isNaN(low) && !Double.isNaN(high);
    }
  }

  /** A cell of a table. */
  sealed interface Cell {
    record Text(String text) implements Cell {}

    record Number(Figure figure) implements Cell {}

    record Empty() implements Cell {}
  }

  /**
   * A column.
   *
   * @param detail what the heading needs to be honest ({@code batch 1, 1 thread, p50})
   */
  record Column(String title, String detail) {}

  /** A row; {@code group} sets rows apart (controls below the models); may be empty. */
  record Row(String group, List<Cell> cells) {
    public Row {
      cells = List.copyOf(cells);
    }
  }

  /** A model was made, or looked up. */
  record ModelResult(String name, Model model, boolean cached, String effect) implements Result {}

  /** A data set was loaded; {@code name} is what the program calls it. */
  record DataResult(String name, DataSet data) implements Result {}

  /**
   * A table, with notes under it (what is measured how) and findings (what it says).
   *
   * @param each what the rows are made of, one row a model and seed, as a file of the table holds
   *     it; empty where the rows are that themselves
   */
  record TableResult(
      String title,
      List<Column> columns,
      List<Row> rows,
      List<String> findings,
      List<String> notes,
      Optional<Verdict> verdict,
      Optional<TableResult> each)
      implements Result {
    /** A table whose rows are made of nothing else. */
    public TableResult(
        String title,
        List<Column> columns,
        List<Row> rows,
        List<String> findings,
        List<String> notes,
        Optional<Verdict> verdict) {
      this(title, columns, rows, findings, notes, verdict, Optional.empty());
    }

    public TableResult {
      columns = List.copyOf(columns);
      rows = List.copyOf(rows);
      findings = List.copyOf(findings);
      notes = List.copyOf(notes);
    }
  }

  /**
   * Which of the compared is best, or that it cannot be said.
   *
   * @param winner empty when too close to call
   */
  record Verdict(Optional<String> winner, String text) {}

  /**
   * A chart, as data.
   *
   * @param frontier a line through what nothing beats in both figures at once; empty for none
   */
  record ChartSpec(
      String title,
      Axis x,
      Axis y,
      Style style,
      List<Series> series,
      Optional<Series> frontier,
      List<String> notes)
      implements Result {
    /** How it is drawn. */
    public enum Style {
      /** A line a series; its errors are a band. */
      LINES,
      /** Marks, with error bars. */
      POINTS,
      /** Steps; the x are the middles of bins of one width. */
      HISTOGRAM,
      /** A field of squares: a series a row, from the top, its y the columns' values. */
      MATRIX
    }

    /**
     * An axis.
     *
     * @param names of the positions 1, 2, …; empty for an axis of numbers
     */
    public record Axis(String title, Unit unit, boolean logarithmic, List<String> names) {
      public Axis {
        names = List.copyOf(names);
      }

      /** An axis of numbers. */
      public Axis(String title, Unit unit, boolean logarithmic) {
        this(title, unit, logarithmic, List.of());
      }

      /** An axis of names, at 1, 2, …. */
      public static Axis of(String title, List<String> names) {
        return new Axis(title, Unit.COUNT, false, names);
      }
    }

    /**
     * One line, one set of points, one histogram, or one row of a matrix.
     *
     * @param errors half widths of 95% intervals, or empty
     * @param labels a word at each point, or empty
     */
    public record Series(
        String name, List<Double> x, List<Double> y, List<Double> errors, List<String> labels) {
      public Series {
        x = List.copyOf(x);
        y = List.copyOf(y);
        errors = List.copyOf(errors);
        labels = List.copyOf(labels);
      }
    }

    public ChartSpec {
      series = List.copyOf(series);
      notes = List.copyOf(notes);
    }

    /** A chart without a frontier. */
    public ChartSpec(
        String title, Axis x, Axis y, Style style, List<Series> series, List<String> notes) {
      this(title, x, y, style, series, Optional.empty(), notes);
    }
  }

  /**
   * One expectation's outcome.
   *
   * @param explanation when it failed, the gap and which step lost it
   */
  record Check(String text, boolean passed, Figure wanted, Figure got, String explanation)
      implements Result {}

  /**
   * What came of everything that a target demands of a model.
   *
   * @param text as written
   * @param all each demand's outcome, in the target's order, then what the device itself demands
   * @param summary one sentence: which demand decides, and by how much
   */
  record Checks(String text, List<Check> all, String summary) implements Result {
    public Checks {
      all = List.copyOf(all);
    }

    /** Whether every demand is met. */
    public boolean passed() {
      return all.stream().allMatch(Check::passed);
    }
  }

  /**
   * A search that found no model that keeps to its target.
   *
   * @param trials what was tried, one a row
   * @param closest what came of the target's demands for the trial that came closest; at least one
   *     of them is not met
   */
  record NothingFound(TableResult trials, Checks closest) implements Result {
    public NothingFound {
      if (closest.passed()) {
        throw new IllegalArgumentException("every demand is met: " + closest.summary());
      }
    }
  }

  /** A file was written. */
  record Written(Path file, String what, long bytes) implements Result {}

  /** The host is asked to write a report. */
  record ReportRequest(Path file, String title) implements Result {}

  /** Text for the reader, in Markdown. */
  record NoteResult(String markdown) implements Result {}

  /** A blueprint was named; nothing ran. */
  record BlueprintResult(String name, String description) implements Result {}
}
