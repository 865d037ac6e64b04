package dev.espalier.engine.study;

import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How long single runs take in ONNX Runtime: what part of them stays within a time. */
final class LatencyChart {
  private static final int POINTS = 100;

  /** What is drawn of the runs; beyond it lies what the machine did meanwhile. */
  private static final double DRAWN = 0.99;

  private final Measurements measurements;

  LatencyChart(Measurements measurements) {
    this.measurements = measurements;
  }

  ChartSpec draw(Operation.Chart chart, Progress progress) {
    List<ChartSpec.Series> series = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Operation.Named subject : chart.subjects()) {
      DataSet data = measurements.data(subject, "latencies", progress);
      Split samples = data.test().size() > 0 ? data.test() : data.train();
      long[] nanos;
      try (Runtime runtime = Runtime.of(measurements.model(subject, progress).graph(), 1)) {
        nanos = runtime.nanoseconds(data, samples, 1, Measurement.LATENCY_BUDGET, progress);
      }
      List<Double> at = new ArrayList<>();
      List<Double> parts = new ArrayList<>();
      for (int i = 0; i < POINTS; i++) {
        double part = (double) i / POINTS;
        at.add(nanos[(int) (part * (nanos.length - 1))] * 1e-9);
        parts.add(part);
      }
      series.add(new ChartSpec.Series(subject.name(), at, parts, List.of(), List.of()));
      notes.add(
          String.format(
              Locale.ROOT,
              "%s: %,d runs, half of them within %.0f µs, 99%% within %.0f µs, the slowest %.0f µs",
              subject.name(),
              nanos.length,
              nanos[nanos.length / 2] * 1e-3,
              nanos[(int) (DRAWN * (nanos.length - 1))] * 1e-3,
              nanos[nanos.length - 1] * 1e-3));
    }
    notes.add("measured here, in ONNX Runtime, batch 1, 1 thread, after a warm-up");
    return new ChartSpec(
        Charts.title(chart, "Latencies"),
        new ChartSpec.Axis("time of a run", Unit.SECONDS, true),
        new ChartSpec.Axis("runs within it", Unit.FRACTION, false),
        ChartSpec.Style.LINES,
        series,
        notes);
  }
}
