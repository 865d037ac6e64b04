package dev.espalier.engine.study;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Accuracy;
import dev.espalier.engine.measure.Fit;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.measure.Quality;
import dev.espalier.engine.prune.Amount;
import dev.espalier.engine.prune.Criterion;
import dev.espalier.engine.prune.Layers;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.prune.Pruner;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Unit;
import dev.espalier.engine.train.TrainSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What the validation split loses when one layer alone is pruned by magnitude, without finetuning:
 * the sensitivity scan of Li et al. 2017 (Pruning filters for efficient convnets, arXiv:1608.08710,
 * section 3.2), of weights. A few layers are lines, many a field of squares.
 */
final class SensitivityChart {
  private static final double[] LEVELS = {0.2, 0.4, 0.6, 0.8, 0.9, 0.95};
  private static final int MOST_SAMPLES = 2000;
  private static final int MOST_LINES = 7;

  private final Measurements measurements;

  SensitivityChart(Measurements measurements) {
    this.measurements = measurements;
  }

  ChartSpec draw(Operation.Chart chart, Progress progress) {
    Operation.Named subject = chart.subjects().get(0);
    Graph graph = measurements.model(subject, progress).graph();
    DataSet data = measurements.data(subject, "sensitivity", progress);
    Split split = sample(data, subject.name());
    List<String> layers = Layers.of(graph).stream().map(Layers.Prunable::layer).distinct().toList();
    if (layers.isEmpty()) {
      throw EspalierException.program(
          subject.name() + " has no layer to prune",
          "chart sensitivity of " + subject.name(),
          "its weights are integers already",
          "draw the model that it was quantized from");
    }
    double dense = figure(Measurement.quality(graph, data, split, progress));
    List<ChartSpec.Series> rows = new ArrayList<>();
    List<Double> at = new ArrayList<>();
    at.add(0.0);
    for (double level : LEVELS) {
      at.add(level);
    }
    long done = 0;
    for (String layer : layers) {
      List<Double> values = new ArrayList<>();
      values.add(dense);
      for (double level : LEVELS) {
        progress.check();
        Graph pruned = pruned(graph, layers, layer, level, chart.environment());
        values.add(figure(Measurement.quality(pruned, data, split, progress)));
        progress.on(
            new Progress.Event.Amount(
                "pruning one layer at a time", ++done, (long) layers.size() * LEVELS.length));
      }
      rows.add(new ChartSpec.Series(layer, at, values, List.of(), List.of()));
    }
    boolean classes = Task.of(graph, data) instanceof Task.Classification;
    String figure = classes ? "validation accuracy" : "validation mse";
    List<String> notes = new ArrayList<>();
    notes.add(
        String.format(
            Locale.ROOT,
            "each layer pruned alone, by magnitude, of the weights it has left, without finetuning;"
                + " %s on %,d samples of the validation split; the test split is not touched here",
            figure,
            split.size()));
    ChartSpec.Axis y =
        new ChartSpec.Axis(figure, classes ? Unit.FRACTION : Unit.NONE, /* logarithmic= */ false);
    if (rows.size() <= MOST_LINES) {
      return new ChartSpec(
          Charts.title(chart, "Sensitivity of " + subject.name()),
          new ChartSpec.Axis("weights of the layer pruned", Unit.FRACTION, false),
          y,
          ChartSpec.Style.LINES,
          rows,
          notes);
    }
    List<String> columns =
        at.stream().map(l -> String.format(Locale.ROOT, "%.0f%%", 100 * l)).toList();
    return new ChartSpec(
        Charts.title(chart, "Sensitivity of " + subject.name()) + ": " + figure,
        ChartSpec.Axis.of("weights of the layer pruned", columns),
        new ChartSpec.Axis("layer", y.unit(), false),
        ChartSpec.Style.MATRIX,
        rows,
        notes);
  }

  private static Split sample(DataSet data, String name) {
    Split all = data.validation();
    if (all.size() == 0) {
      throw EspalierException.program(
          "sensitivity needs a validation split",
          "chart sensitivity of " + name,
          "data set " + data.name() + " has none, and the test split is not for choosing",
          "split it, as in `split 90/10`");
    }
    return all.size() <= MOST_SAMPLES
        ? all
        : all.select(IntStream.range(0, MOST_SAMPLES).toArray());
  }

  private static Graph pruned(
      Graph graph, List<String> layers, String only, double level, Environment environment) {
    PruneSpec spec =
        new PruneSpec(
            new Amount.OfRemaining(level),
            /* channels= */ false,
            new Criterion.Magnitude(),
            /* globally= */ false,
            List.of(),
            layers.stream().filter(l -> !l.equals(only)).toList(),
            1,
            0);
    return Pruner.prune(
            graph, spec, TrainSettings.epochs(1), Optional.empty(), environment, Progress.NONE)
        .graph();
  }

  private static double figure(Quality quality) {
    return quality instanceof Accuracy accuracy
        ? accuracy.fraction()
        : ((Fit) quality).mse().value();
  }
}
