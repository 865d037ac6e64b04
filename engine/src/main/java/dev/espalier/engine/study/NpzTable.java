package dev.espalier.engine.study;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.Row;
import dev.espalier.engine.train.NativeEngine;

/** A table's columns of numbers as a NumPy archive of float64, not a number where there is none. */
final class NpzTable {
  private NpzTable() {}

  /**
   * The archive; columns of words alone are left out.
   *
   * @throws EspalierException when no column holds a number
   */
  static byte[] of(Result.TableResult table) {
    return NativeEngine.work(
        new Environment(0, 1, "cpu", true),
        "export",
        manager -> {
          NDList columns = new NDList();
          for (int i = 0; i < table.columns().size(); i++) {
            double[] values = column(table, i);
            if (values.length > 0) {
              NDArray array = manager.create(values);
              array.setName(table.columns().get(i).title());
              columns.add(array);
            }
          }
          if (columns.isEmpty()) {
            throw EspalierException.program(
                "the table has no numbers to write", table.title(), "all runs failed", "write csv");
          }
          return columns.encode(NDList.Encoding.NPZ);
        });
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
