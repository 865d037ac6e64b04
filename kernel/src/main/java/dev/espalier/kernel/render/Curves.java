package dev.espalier.kernel.render;

import dev.espalier.engine.Model;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The chart that a finished training leaves behind. */
public final class Curves {
  private Curves() {}

  /**
   * Validation accuracy over the epochs of all steps that made the model; training loss when there
   * was no validation split. Empty when the model has fewer than two epochs.
   */
  public static Optional<ChartSpec> of(String name, Model model) {
    List<Model.Epoch> history = model.history();
    boolean validated = history.stream().anyMatch(e -> !Double.isNaN(e.validationAccuracy()));
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int i = 0; i < history.size(); i++) {
      double value = validated ? history.get(i).validationAccuracy() : history.get(i).loss();
      if (!Double.isNaN(value)) {
        x.add(i + 1.0);
        y.add(value);
      }
    }
    if (x.size() < 2) {
      return Optional.empty();
    }
    return Optional.of(
        new ChartSpec(
            (name.isEmpty() ? "Training" : "Training of " + name)
                + model.stopped().map(s -> ", " + s).orElse(""),
            new ChartSpec.Axis("epoch", Unit.COUNT, false),
            new ChartSpec.Axis(
                validated ? "validation accuracy" : "training loss",
                validated ? Unit.FRACTION : Unit.NONE,
                false),
            ChartSpec.Style.LINES,
            List.of(new ChartSpec.Series(name, x, y, List.of(), List.of())),
            List.of()));
  }
}
