package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.measure.Accuracy;
import dev.espalier.engine.measure.Quality;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Which classes of the test split a model takes for which: a row a class, a column an answer. */
final class ConfusionChart {
  private static final int MOST_NAMED = 3;

  private final Measurements measurements;

  ConfusionChart(Measurements measurements) {
    this.measurements = measurements;
  }

  private record Mixed(int is, int taken, long count) {}

  ChartSpec draw(Operation.Chart chart, Progress progress) {
    Operation.Named subject = chart.subjects().get(0);
    Model model = measurements.model(subject, progress);
    DataSet data = measurements.data(subject, "confusion", progress);
    Quality quality = measurements.of(model, data, progress).quality();
    if (!(quality instanceof Accuracy accuracy)) {
      throw EspalierException.program(
          subject.name() + " has no classes to take for one another",
          "chart confusion of " + subject.name(),
          "it gives quantities",
          "show mse of " + subject.name());
    }
    int classes = data.classCount();
    long[][] counts = new long[classes][classes];
    int[] labels = data.test().labels();
    long none = 0;
    for (int i = 0; i < labels.length; i++) {
      int answer = accuracy.predictions()[i];
      if (answer < 0) {
        none++;
      } else if (answer < classes) {
        counts[labels[i]][answer]++;
      }
    }
    List<String> names = data.classes();
    List<ChartSpec.Series> rows = new ArrayList<>();
    List<Double> at = IntStream.rangeClosed(1, classes).mapToObj(i -> (double) i).toList();
    for (int c = 0; c < classes; c++) {
      rows.add(
          new ChartSpec.Series(
              names.get(c),
              at,
              Arrays.stream(counts[c]).mapToObj(n -> (double) n).toList(),
              List.of(),
              List.of()));
    }
    return new ChartSpec(
        Charts.title(chart, "Confusion of " + subject.name()),
        ChartSpec.Axis.of("taken for", names),
        new ChartSpec.Axis("is", Unit.COUNT, false),
        ChartSpec.Style.MATRIX,
        rows,
        notes(counts, names, none, labels.length));
  }

  private static List<String> notes(long[][] counts, List<String> names, long none, int samples) {
    List<Mixed> mixed = new ArrayList<>();
    for (int c = 0; c < counts.length; c++) {
      for (int d = 0; d < counts.length; d++) {
        if (c != d && counts[c][d] > 0) {
          mixed.add(new Mixed(c, d, counts[c][d]));
        }
      }
    }
    mixed.sort(Comparator.comparingLong(Mixed::count).reversed());
    List<String> notes = new ArrayList<>();
    notes.add(
        String.format(
            Locale.ROOT,
            "%,d test samples, a row for each class; on the diagonal what is right",
            samples));
    for (Mixed m : mixed.subList(0, Math.min(MOST_NAMED, mixed.size()))) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%s taken for %s: %,d of %,d",
              names.get(m.is()),
              names.get(m.taken()),
              m.count(),
              Arrays.stream(counts[m.is()]).sum()));
    }
    if (none > 0) {
      notes.add(
          String.format(Locale.ROOT, "for %,d samples the model's answer is not a number", none));
    }
    return notes;
  }
}
