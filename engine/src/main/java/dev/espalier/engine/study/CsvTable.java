package dev.espalier.engine.study;

import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.Column;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.Row;
import java.util.ArrayList;
import java.util.List;

/** A table as RFC 4180 text: plain numbers in base units, intervals in columns of their own. */
public final class CsvTable {
  private CsvTable() {}

  /** A header, then a line for each row; where rows are means, for what they are means of. */
  public static String of(Result.TableResult table) {
    return table.each().map(CsvTable::lines).orElseGet(() -> lines(table));
  }

  private static String lines(Result.TableResult table) {
    int columns = table.columns().size();
    boolean[] intervals = new boolean[columns];
    for (Row row : table.rows()) {
      for (int i = 0; i < columns; i++) {
        intervals[i] |= row.cells().get(i) instanceof Cell.Number n && n.figure().hasInterval();
      }
    }
    List<String> header = new ArrayList<>();
    header.add("group");
    for (int i = 0; i < columns; i++) {
      Column column = table.columns().get(i);
      header.add(
          column.detail().isEmpty()
              ? column.title()
              : column.title() + " (" + column.detail() + ")");
      if (intervals[i]) {
        header.add(column.title() + " low");
        header.add(column.title() + " high");
      }
    }
    StringBuilder out = new StringBuilder();
    line(out, header);
    for (Row row : table.rows()) {
      List<String> fields = new ArrayList<>();
      fields.add(row.group());
      for (int i = 0; i < columns; i++) {
        Cell cell = row.cells().get(i);
        if (cell instanceof Cell.Number n) {
          Figure f = n.figure();
          fields.add(number(f.value()));
          if (intervals[i]) {
            fields.add(f.hasInterval() ? number(f.low()) : "");
            fields.add(f.hasInterval() ? number(f.high()) : "");
          }
        } else {
          fields.add(cell instanceof Cell.Text t ? t.text() : "");
          if (intervals[i]) {
            fields.add("");
            fields.add("");
          }
        }
      }
      line(out, fields);
    }
    return out.toString();
  }

  /** A chart's points: series, x, y, and the half width of its interval where there is one. */
  public static String of(Result.ChartSpec chart) {
    StringBuilder out = new StringBuilder();
    line(out, List.of("series", chart.x().title(), chart.y().title(), "plus or minus"));
    for (Result.ChartSpec.Series series : chart.series()) {
      for (int i = 0; i < series.x().size(); i++) {
        line(
            out,
            List.of(
                series.name(),
                number(series.x().get(i)),
                number(series.y().get(i)),
                i < series.errors().size() ? number(series.errors().get(i)) : ""));
      }
    }
    return out.toString();
  }

  private static String number(double v) {
    return v == Math.rint(v) && Math.abs(v) < 1e15 ? Long.toString((long) v) : Double.toString(v);
  }

  private static void line(StringBuilder out, List<String> fields) {
    out.append(String.join(",", fields.stream().map(CsvTable::field).toList())).append("\r\n");
  }

  /** A field that a spreadsheet would run as a formula is defused with an apostrophe. */
  private static String field(String text) {
    boolean number = text.matches("-?\\d.*");
    String safe =
        !number && !text.isEmpty() && "=+-@\t".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    return safe.matches("(?s).*[\",\r\n].*") ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
