package dev.espalier.engine.study;

import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How trainings went, epoch by epoch. */
final class TrainingCurves {
  private final Measurements measurements;

  TrainingCurves(Measurements measurements) {
    this.measurements = measurements;
  }

  /** Validation accuracy (or losses) against epochs, over every step that led to the model. */
  ChartSpec draw(Operation.Chart chart, Progress progress, boolean accuracy) {
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
        Charts.title(chart, accuracy ? "Training" : "Loss"),
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
}
