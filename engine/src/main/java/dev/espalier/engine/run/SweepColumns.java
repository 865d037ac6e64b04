package dev.espalier.engine.run;

import java.util.ArrayList;
import java.util.List;

/** What the table of a sweep says of a model, beside the values that it was made with. */
public final class SweepColumns {
  /** The column of the time that a model took. */
  public static final String SECONDS = "seconds";

  /** The column of what a run came to: {@code done}, or {@code failed} with the reason. */
  public static final String OUTCOME = "outcome";

  /** The column of the model's name, where the sentences of the sweep name several. */
  public static final String MODEL = "model";

  private static final List<Metric> METRICS =
      List.of(
          Metric.ACCURACY,
          Metric.ERRORS,
          Metric.MSE,
          Metric.MAE,
          Metric.R2,
          Metric.SPARSITY,
          Metric.PARAMETERS,
          Metric.SIZE,
          Metric.MACS);

  private SweepColumns() {}

  /** The words of all columns that are not axes. */
  public static List<String> words() {
    List<String> words = new ArrayList<>(METRICS.stream().map(Metric::word).toList());
    words.add(SECONDS);
    return words;
  }
}
