package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Chartable;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Figure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Turns models and their histories into charts, as data. */
final class Charts {
  /** An axis whose largest value is so many times its smallest is logarithmic. */
  static final double WIDE = 8;

  private final Measurements measurements;

  Charts(Measurements measurements) {
    this.measurements = measurements;
  }

  ChartSpec draw(Operation.Chart chart, Progress progress) {
    Optional<Chartable> own = Chartable.find(chart.y());
    if (own.isEmpty()) {
      return metrics(chart, progress);
    }
    return switch (own.get()) {
      case TRAINING -> new TrainingCurves(measurements).draw(chart, progress, true);
      case LOSS -> new TrainingCurves(measurements).draw(chart, progress, false);
      case WEIGHTS -> new WeightChart(measurements).draw(chart, progress);
      case WIDTHS -> new LayerCharts(measurements).widths(chart, progress);
      case ZEROS -> new LayerCharts(measurements).zeros(chart, progress);
      case SENSITIVITY -> new SensitivityChart(measurements).draw(chart, progress);
      case ACTIVATIONS -> new ActivationChart(measurements).draw(chart, progress);
      case CONFUSION -> new ConfusionChart(measurements).draw(chart, progress);
      case LATENCIES -> new LatencyChart(measurements).draw(chart, progress);
      case TRIALS ->
          throw EspalierException.program(
              chart.subjects().get(0).name() + " has no trials",
              "chart trials",
              "no search found it",
              "compress a model, and draw the trials of what comes out");
    };
  }

  /** One metric against another (or against the models themselves), a point a model. */
  private ChartSpec metrics(Operation.Chart chart, Progress progress) {
    Metric y = metric(chart.y());
    Optional<Metric> x = chart.x().map(Charts::metric);
    List<ChartSpec.Series> series = new ArrayList<>();
    double smallest = Double.MAX_VALUE;
    double largest = 0;
    boolean intervals = false;
    List<String> stopped = new ArrayList<>();
    int position = 0;
    for (Operation.Named subject : chart.subjects()) {
      Figure vertical = measurements.figure(y, subject, progress);
      Model model = measurements.model(subject, progress);
      String label = Measurements.label(subject.name(), model);
      position++;
      double horizontal =
          x.isPresent() ? measurements.figure(x.get(), subject, progress).value() : position;
      smallest = Math.min(smallest, horizontal);
      largest = Math.max(largest, horizontal);
      intervals |= vertical.hasInterval();
      series.add(
          new ChartSpec.Series(
              label,
              List.of(horizontal),
              List.of(vertical.value()),
              vertical.hasInterval() ? List.of((vertical.high() - vertical.low()) / 2) : List.of(),
              List.of(label)));
      model.stopped().ifPresent(text -> stopped.add(subject.name() + ": " + text));
    }
    boolean logarithmic = x.isPresent() && smallest > 0 && largest / smallest > WIDE;
    Optional<ChartSpec.Series> frontier =
        x.isPresent() && chart.look().frontier()
            ? Frontier.of(
                series.stream().map(s -> new Frontier.Point(s.x().get(0), s.y().get(0))).toList(),
                x.get().higherIsBetter(),
                y.higherIsBetter())
            : Optional.empty();
    List<String> notes = new ArrayList<>(stopped);
    notes.add(y.word() + ": " + y.doc());
    x.ifPresent(m -> notes.add(m.word() + ": " + m.doc()));
    if (intervals) {
      notes.add("bars are 95% intervals of the test sample, for one seed");
    }
    return new ChartSpec(
        title(
            chart,
            x.map(m -> capital(y.word()) + " against " + m.word()).orElse(capital(y.word()))),
        x.map(m -> new ChartSpec.Axis(m.word(), m.unit(), logarithmic))
            .orElseGet(
                () ->
                    ChartSpec.Axis.of(
                        "model", chart.subjects().stream().map(Operation.Named::name).toList())),
        new ChartSpec.Axis(y.word(), y.unit(), false),
        ChartSpec.Style.POINTS,
        series,
        frontier,
        notes);
  }

  private static Metric metric(String word) {
    return Metric.find(word)
        .orElseThrow(
            () ->
                EspalierException.program(
                    "`" + word + "` cannot be drawn",
                    "chart",
                    "it is neither a metric nor one of "
                        + Arrays.stream(Chartable.values())
                            .map(Chartable::word)
                            .collect(Collectors.joining(", ")),
                    "chart accuracy vs size of …"));
  }

  static String title(Operation.Chart chart, String otherwise) {
    return chart.look().title().isEmpty() ? otherwise : chart.look().title();
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
