package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.data.NpzFile;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.Row;
import java.util.LinkedHashMap;
import java.util.Map;

/** A table's columns of numbers as a NumPy archive of float64, not a number where there is none. */
final class NpzTable {
  private NpzTable() {}

  /**
   * The archive; columns of words alone are left out.
   *
   * @throws EspalierException when no column holds a number
   */
  static byte[] of(Result.TableResult table) {
    Map<String, double[]> columns = new LinkedHashMap<>();
    for (int i = 0; i < table.columns().size(); i++) {
      double[] values = column(table, i);
      if (values.length > 0) {
        columns.put(table.columns().get(i).title(), values);
      }
    }
    if (columns.isEmpty()) {
      throw EspalierException.program(
          "the table has no numbers to write", table.title(), "all runs failed", "write csv");
    }
    return NpzFile.of(columns);
  }

  /** The numbers of a column; empty where there are none. */
  private static double[] column(Result.TableResult table, int at) {
    double[] values = new double[table.rows().size()];
    boolean any = false;
    for (int i = 0; i < values.length; i++) {
      Row row = table.rows().get(i);
      boolean number = row.cells().get(at) instanceof Cell.Number;
      values[i] = number ? ((Cell.Number) row.cells().get(at)).figure().value() : Double.NaN;
      any |= number;
    }
    return any ? values : new double[0];
  }
}
