package dev.espalier.engine.study;

import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.run.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** What {@code show} tells of a data set: how many samples of each class each part has. */
final class Inspection {
  /** Classes that get a row each; beyond, only the sums are told. */
  private static final int MOST_ROWS = 100;

  private Inspection() {}

  /**
   * A row for each class (up to 100 classes) and one for all, with the counts of each part; of a
   * regression a row for each target, with its spread.
   *
   * @param name what the program calls the data set
   */
  static Result.TableResult of(String name, DataSet data) {
    List<Split> parts = List.of(data.train(), data.validation(), data.test());
    if (data.task() instanceof Task.Regression regression) {
      return targets(name, data, regression, parts);
    }
    List<int[]> counts = parts.stream().map(part -> counts(part, data.classCount())).toList();
    List<Result.Row> rows = new ArrayList<>();
    if (data.classCount() <= MOST_ROWS) {
      for (int c = 0; c < data.classCount(); c++) {
        int label = c;
        rows.add(
            row(
                "classes",
                data.classes().get(c),
                counts.stream().mapToInt(of -> of[label]).toArray()));
      }
    }
    rows.add(row("all", "all", parts.stream().mapToInt(Split::size).toArray()));
    List<String> notes = samples(name, data);
    notes.add(
        data.classCount()
            + " classes"
            + (data.classCount() > MOST_ROWS ? ", too many to list here" : ""));
    int[] train = counts.get(0);
    int fewest = IntStream.of(train).min().orElse(0);
    int most = IntStream.of(train).max().orElse(0);
    List<String> findings = new ArrayList<>();
    if (fewest == 0) {
      findings.add("the training part lacks samples of some classes");
    } else if (most >= 2 * fewest) {
      // Accuracy then says little about the rare classes.
      findings.add(
          "the classes are uneven: the largest has "
              + most
              + " training samples, the smallest "
              + fewest);
    }
    if (data.test().size() == 0) {
      findings.add("there is no test part: nothing can be measured on it");
    }
    if (!data.augmentations().isEmpty()) {
      notes.add("training images are changed anew every epoch: " + data.augmentations());
    }
    notes.add("content " + data.fingerprint());
    return new Result.TableResult(
        "Data " + name,
        List.of(
            new Result.Column("class", ""),
            new Result.Column("train", "samples"),
            new Result.Column("validation", "samples"),
            new Result.Column("test", "samples")),
        rows,
        findings,
        notes,
        Optional.empty());
  }

  /** A row for each target of a regression, with its range in the training part. */
  private static Result.TableResult targets(
      String name, DataSet data, Task.Regression regression, List<Split> parts) {
    List<Result.Row> rows = new ArrayList<>();
    int columns = regression.outputs();
    float[] all = data.train().targets();
    for (int k = 0; k < columns; k++) {
      double sum = 0;
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (int i = k; i < all.length; i += columns) {
        sum += all[i];
        low = Math.min(low, all[i]);
        high = Math.max(high, all[i]);
      }
      double mean = sum / data.train().size();
      double squares = 0;
      for (int i = k; i < all.length; i += columns) {
        squares += (all[i] - mean) * (all[i] - mean);
      }
      List<Result.Cell> cells = new ArrayList<>();
      cells.add(new Result.Cell.Text(regression.targets().get(k)));
      double deviation = Math.sqrt(squares / data.train().size());
      for (double figure : new double[] {mean, deviation, low, high}) {
        cells.add(new Result.Cell.Number(Result.Figure.exact(figure, Result.Unit.NONE)));
      }
      rows.add(new Result.Row("targets", cells));
    }
    List<String> notes = samples(name, data);
    notes.add(
        String.format(
            Locale.ROOT,
            "%,d training, %,d validation, %,d test samples",
            parts.get(0).size(),
            parts.get(1).size(),
            parts.get(2).size()));
    notes.add("content " + data.fingerprint());
    return new Result.TableResult(
        "Data " + name,
        List.of(
            new Result.Column("target", ""),
            new Result.Column("mean", "training"),
            new Result.Column("deviation", "training"),
            new Result.Column("least", "training"),
            new Result.Column("most", "training")),
        rows,
        data.test().size() == 0
            ? List.of("there is no test part: nothing can be measured on it")
            : List.of(),
        notes,
        Optional.empty());
  }

  /** Where the data comes from and what its samples look like. */
  private static List<String> samples(String name, DataSet data) {
    List<String> notes = new ArrayList<>();
    if (!name.equals(data.name())) {
      notes.add("from " + data.name());
    }
    notes.add(
        data.shape().length == 3
            ? "images of "
                + data.shape()[2]
                + "×"
                + data.shape()[1]
                + " pixels, "
                + (data.shape()[0] == 1 ? "gray" : data.shape()[0] + " channels")
            : data.width() + " features");
    return notes;
  }

  private static int[] counts(Split part, int classes) {
    int[] counts = new int[classes];
    for (int label : part.labels()) {
      counts[label]++;
    }
    return counts;
  }

  private static Result.Row row(String group, String name, int... counts) {
    List<Result.Cell> cells = new ArrayList<>();
    cells.add(new Result.Cell.Text(name));
    for (int count : counts) {
      cells.add(new Result.Cell.Number(Result.Figure.exact(count, Result.Unit.COUNT)));
    }
    return new Result.Row(group, cells);
  }
}
