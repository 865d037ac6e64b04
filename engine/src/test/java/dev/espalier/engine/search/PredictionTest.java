package dev.espalier.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PredictionTest {
  private static Recipe pruned(double channels) {
    return new Recipe(1, channels, false, 0, false, false, true);
  }

  private static Evolution.Member tried(Recipe recipe, double lack, double loss, boolean whole) {
    return new Evolution.Member(recipe, new Standing(false, whole, lack, loss, 0, 1), lack);
  }

  @Test
  void expectsWhatTheNearestCameTo() {
    Prediction prediction =
        new Prediction(
            List.of(
                tried(pruned(0.5), 0, 1, true),
                tried(pruned(0.75), 0.1, 3, true),
                tried(pruned(0.6), 9, 9, false)));
    // Where a trial was, what it came to; one that ended early tells nothing.
    assertEquals(1, prediction.of(pruned(0.5)).loss(), 1e-4);
    assertEquals(3, prediction.of(pruned(0.75)).loss(), 1e-4);
    // Halfway between them in the logarithm of what is kept, the mean.
    Prediction.Expected between = prediction.of(pruned(1 - Math.sqrt(0.5 * 0.25)));
    assertEquals(2, between.loss(), 1e-9);
    assertEquals(0.05, between.lack(), 1e-9);
    assertEquals(new Prediction.Expected(0, 0), new Prediction(List.of()).of(pruned(0.5)));
  }

  @Test
  void lessOfAModelIsNotExpectedToBeBetter() {
    Prediction prediction =
        new Prediction(List.of(tried(pruned(0.5), 0, 1, true), tried(pruned(0.9), 0.2, 1, true)));
    // Far from everything that was tried, yet it keeps less in every way than one that lacks.
    assertEquals(
        0.2, prediction.of(new Recipe(0.5, 0.95, false, 0, false, true, false)).lack(), 1e-9);
    // As many units, but more of them before pruning.
    assertTrue(prediction.of(new Recipe(0.25, 0.6, false, 0, false, false, true)).lack() < 0.2);
  }

  @Test
  void kindsAreApart() {
    Recipe taught = new Recipe(1, 0.5, false, 0, false, true, true);
    Prediction prediction =
        new Prediction(List.of(tried(pruned(0.5), 0, 1, true), tried(taught, 0, 2, true)));
    Recipe other = new Recipe(1, 0.55, false, 0, false, true, true);
    double loss = prediction.of(other).loss();
    assertTrue(loss > 1.8 && loss < 2, "" + loss);
  }
}
