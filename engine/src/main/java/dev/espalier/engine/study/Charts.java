package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.Unit;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Turns models and their histories into charts, as data. */
final class Charts {
  private static final int BINS = 81;

  private final Measurements measurements;

  Charts(Measurements measurements) {
    this.measurements = measurements;
  }

  ChartSpec draw(Operation.Chart chart, Progress progress) {
    return switch (chart.y()) {
      case "training" -> training(chart, progress, true);
      case "loss" -> training(chart, progress, false);
      case "weights" -> weights(chart, progress);
      case "widths" -> widths(chart, progress);
      default -> metrics(chart, progress);
    };
  }

  /** Validation accuracy (or losses) against epochs, over every step that led to the model. */
  private ChartSpec training(Operation.Chart chart, Progress progress, boolean accuracy) {
    List<ChartSpec.Series> series = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    boolean drawn = false;
    for (Operation.Named subject : chart.subjects()) {
      Model model = measurements.model(subject, progress);
      List<Model.Epoch> history = model.history();
      String label = Measurements.label(subject.name(), model);
      if (history.isEmpty()) {
        notes.add(subject.name() + " was not trained here, so it has no curve");
        continue;
      }
      boolean scored = history.stream().anyMatch(e -> !Double.isNaN(e.validationAccuracy()));
      boolean validated = history.stream().anyMatch(e -> !Double.isNaN(e.validationLoss()));
      if (accuracy && scored) {
        drawn = true;
        series.add(line(label, history, Model.Epoch::validationAccuracy));
      } else {
        if (accuracy) {
          notes.add(
              subject.name()
                  + (validated
                      ? " has no classes, so no accuracy; its losses are drawn"
                      : " has no validation split; its training loss is drawn"));
        }
        series.add(line(label + ", training", history, Model.Epoch::loss));
        if (validated) {
          series.add(line(label + ", validation", history, Model.Epoch::validationLoss));
        }
      }
      steps(history).ifPresent(text -> notes.add(subject.name() + ": " + text));
      model.stopped().ifPresent(text -> notes.add(subject.name() + ": " + text));
    }
    if (drawn) {
      notes.add("validation accuracy after each epoch; the test split is not touched here");
    }
    return new ChartSpec(
        title(chart, accuracy ? "Training" : "Loss"),
        new ChartSpec.Axis("epoch", Unit.COUNT, false),
        drawn
            ? new ChartSpec.Axis("validation accuracy", Unit.FRACTION, false)
            : new ChartSpec.Axis("loss", Unit.NONE, false),
        ChartSpec.Style.LINES,
        series,
        notes);
  }

  private static ChartSpec.Series line(
      String name,
      List<Model.Epoch> history,
      java.util.function.ToDoubleFunction<Model.Epoch> value) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int i = 0; i < history.size(); i++) {
      double v = value.applyAsDouble(history.get(i));
      if (!Double.isNaN(v)) {
        x.add(i + 1.0);
        y.add(v);
      }
    }
    return new ChartSpec.Series(name, x, y, List.of(), List.of());
  }

  /** {@code epochs 1–3 train, 4–5 finetune}, when there is more than one step. */
  private static Optional<String> steps(List<Model.Epoch> history) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= history.size(); i++) {
      boolean ends =
          i == history.size()
              || !history.get(i).step().equals(history.get(from).step())
              || history.get(i).epoch() <= history.get(i - 1).epoch();
      if (ends) {
        parts.add(
            (from + 1 == i ? "epoch " + i : "epochs " + (from + 1) + "–" + i)
                + " "
                + history.get(from).step());
        from = i;
      }
    }
    return parts.size() < 2 ? Optional.empty() : Optional.of(String.join(", ", parts));
  }

  /** Histograms of kernels and matrices; exact zeros are counted, not drawn. */
  private ChartSpec weights(Operation.Chart chart, Progress progress) {
    List<Graph> graphs = new ArrayList<>();
    float largest = 0;
    for (Operation.Named subject : chart.subjects()) {
      Graph graph = measurements.model(subject, progress).graph();
      graphs.add(graph);
      for (Tensor kernel : kernels(graph)) {
        progress.check();
        for (float w : kernel.floats()) {
          largest = Math.max(largest, Math.abs(w));
        }
      }
    }
    List<ChartSpec.Series> series = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (int i = 0; i < graphs.size(); i++) {
      String name = chart.subjects().get(i).name();
      List<Tensor> kernels = kernels(graphs.get(i));
      if (kernels.isEmpty()) {
        notes.add(name + " holds integers only; its weights are not drawn");
        continue;
      }
      long zeros = 0;
      long all = 0;
      double[] counts = new double[BINS];
      for (Tensor kernel : kernels) {
        progress.check();
        for (float w : kernel.floats()) {
          all++;
          if (w == 0) {
            zeros++;
          } else {
            int bin = (int) ((w / largest + 1) / 2 * BINS);
            counts[Math.min(BINS - 1, Math.max(0, bin))]++;
          }
        }
      }
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      for (int b = 0; b < BINS; b++) {
        x.add(rounded(((b + 0.5) / BINS * 2 - 1) * largest, 2.0 * largest / BINS));
        y.add(counts[b]);
      }
      series.add(new ChartSpec.Series(name, x, y, List.of(), List.of()));
      notes.add(
          String.format(
              Locale.ROOT,
              "%s: %,d weights, %,d of them exactly zero and not drawn (%.1f%%)",
              name,
              all,
              zeros,
              100.0 * zeros / Math.max(1, all)));
    }
    return new ChartSpec(
        title(chart, "Weights"),
        new ChartSpec.Axis("weight", Unit.NONE, false),
        new ChartSpec.Axis("count", Unit.COUNT, false),
        ChartSpec.Style.HISTOGRAM,
        series,
        notes);
  }

  /** Channels or units of every layer, a line a model. */
  private ChartSpec widths(Operation.Chart chart, Progress progress) {
    List<ChartSpec.Series> series = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Operation.Named subject : chart.subjects()) {
      Map<String, LayerCost> layers = LayerCost.of(measurements.model(subject, progress).graph());
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      layers.forEach(
          (name, cost) -> {
            if (!names.contains(name)) {
              names.add(name);
            }
            x.add(names.indexOf(name) + 1.0);
            y.add((double) cost.outputs());
          });
      series.add(new ChartSpec.Series(subject.name(), x, y, List.of(), List.of()));
    }
    StringBuilder layers = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      layers.append(i == 0 ? "" : ", ").append(i + 1).append(' ').append(names.get(i));
    }
    return new ChartSpec(
        title(chart, "Widths"),
        new ChartSpec.Axis("layer", Unit.COUNT, false),
        new ChartSpec.Axis("channels or units", Unit.COUNT, false),
        ChartSpec.Style.LINES,
        series,
        List.of("layers: " + layers));
  }

  /** A bin's centre with no more digits than tell it from the next one: axes show it as it is. */
  private static double rounded(double centre, double width) {
    int digits = width > 0 ? (int) Math.ceil(-Math.log10(width)) : 0;
    return BigDecimal.valueOf(centre).setScale(digits, RoundingMode.HALF_EVEN).doubleValue();
  }

  private static List<Tensor> kernels(Graph graph) {
    List<Tensor> kernels = new ArrayList<>();
    for (Weight weight : graph.weights().values()) {
      if (weight instanceof Weight.Value v && v.tensor().isFloating() && v.tensor().rank() >= 2) {
        kernels.add(v.tensor());
      }
    }
    return kernels;
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
    boolean logarithmic = x.isPresent() && smallest > 0 && largest / smallest > 8;
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
        new ChartSpec.Axis(
            x.map(Metric::word).orElse("model"),
            x.map(Metric::unit).orElse(Unit.NONE),
            logarithmic),
        new ChartSpec.Axis(y.word(), y.unit(), false),
        ChartSpec.Style.POINTS,
        series,
        notes);
  }

  private static Metric metric(String word) {
    return Metric.find(word)
        .orElseThrow(
            () ->
                EspalierException.program(
                    "`" + word + "` cannot be drawn",
                    "chart",
                    "it is neither a metric nor one of training, loss, weights",
                    "chart accuracy vs size of …"));
  }

  private static String title(Operation.Chart chart, String otherwise) {
    return chart.title().isEmpty() ? otherwise : chart.title();
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
