package dev.espalier.engine.study;

import dev.espalier.engine.Progress;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.prune.LayerRow;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One number of every prunable layer, a line a model. */
final class LayerCharts {
  private final Measurements measurements;

  LayerCharts(Measurements measurements) {
    this.measurements = measurements;
  }

  /** Channels or units. */
  ChartSpec widths(Operation.Chart chart, Progress progress) {
    return draw(
        chart,
        "Widths",
        new ChartSpec.Axis("channels or units", Unit.COUNT, false),
        List.of(),
        progress,
        graph -> {
          Map<String, Double> out = new LinkedHashMap<>();
          LayerCost.of(graph).forEach((name, cost) -> out.put(name, (double) cost.outputs()));
          return out;
        });
  }

  /** The part of the weights that a layer has which is exactly zero. */
  ChartSpec zeros(Operation.Chart chart, Progress progress) {
    return draw(
        chart,
        "Zeros",
        new ChartSpec.Axis("weights that are zero", Unit.FRACTION, false),
        List.of(
            "of the weights that each layer has now; channels that were removed do not count"
                + " (`chart widths` shows them)"),
        progress,
        graph -> {
          Map<String, Double> out = new LinkedHashMap<>();
          for (LayerRow row : LayerRow.of(graph)) {
            out.put(row.layer(), 1 - (double) row.nonZero() / Math.max(1, row.size()));
          }
          return out;
        });
  }

  private ChartSpec draw(
      Operation.Chart chart,
      String title,
      ChartSpec.Axis y,
      List<String> notes,
      Progress progress,
      Function<Graph, Map<String, Double>> figures) {
    List<Map<String, Double>> models = new ArrayList<>();
    for (Operation.Named subject : chart.subjects()) {
      models.add(figures.apply(measurements.model(subject, progress).graph()));
    }
    List<String> names = LayerOrder.of(models.stream().map(Map::keySet).toList());
    List<ChartSpec.Series> series = new ArrayList<>();
    for (int m = 0; m < models.size(); m++) {
      List<Double> at = new ArrayList<>();
      List<Double> values = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        Double value = models.get(m).get(names.get(i));
        if (value != null) {
          at.add(i + 1.0);
          values.add(value);
        }
      }
      series.add(
          new ChartSpec.Series(chart.subjects().get(m).name(), at, values, List.of(), List.of()));
    }
    return new ChartSpec(
        Charts.title(chart, title),
        ChartSpec.Axis.of("layer", names),
        y,
        ChartSpec.Style.LINES,
        series,
        notes);
  }
}
