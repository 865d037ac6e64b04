package dev.espalier.engine.study;

import dev.espalier.engine.Progress;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How the kernels and matrices of models are spread; exact zeros are counted, not drawn. */
final class WeightChart {
  private static final int BINS = 81;

  private final Measurements measurements;

  WeightChart(Measurements measurements) {
    this.measurements = measurements;
  }

  ChartSpec draw(Operation.Chart chart, Progress progress) {
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
      Bins bins = new Bins(-largest, largest, BINS);
      for (Tensor kernel : kernels) {
        progress.check();
        for (float w : kernel.floats()) {
          bins.add(w);
        }
      }
      series.add(bins.series(name, bins.counts()));
      notes.add(
          String.format(
              Locale.ROOT,
              "%s: %,d weights, %,d of them exactly zero and not drawn (%.1f%%)",
              name,
              bins.all(),
              bins.zeros(),
              100.0 * bins.zeros() / Math.max(1, bins.all())));
    }
    return new ChartSpec(
        Charts.title(chart, "Weights"),
        new ChartSpec.Axis("weight", Unit.NONE, false),
        new ChartSpec.Axis("count", Unit.COUNT, false),
        ChartSpec.Style.HISTOGRAM,
        series,
        notes);
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
}
