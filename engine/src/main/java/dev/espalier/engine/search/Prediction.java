package dev.espalier.engine.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What a recipe's trial is likely to come to, from the trials that are most like it: the mean of
 * the nearest, each weighted by one over its distance squared (Shepard 1968,
 * doi:10.1145/800186.810616). Distance is in the logarithms of what is kept, so that a half is as
 * far from a quarter as that from an eighth. What keeps less of the model in every way than a trial
 * did is not expected to keep more of its quality.
 */
final class Prediction {
  private static final int NEAREST = 4;

  /** How far recipes of different kinds are from each other: as one that keeps a third fewer. */
  private static final double KIND = 0.4;

  /** Int8 costs little quality. */
  private static final double TYPE = 0.1;

  private final List<Evolution.Member> known;

  /**
   * @param before trials; those that ended early or failed tell nothing
   */
  Prediction(List<Evolution.Member> before) {
    known = before.stream().filter(m -> m.standing().whole() && !m.standing().failed()).toList();
  }

  /**
   * What a trial is likely to come to; what it costs is told from its structure instead.
   *
   * @param lack of quality, as {@link Evolution.Member#lack}
   * @param loss as {@link Standing#loss}
   */
  record Expected(double lack, double loss) {
    static final Comparator<Expected> ORDER =
        Comparator.comparingDouble(Expected::lack).thenComparingDouble(Expected::loss);
  }

  /** Zeros when nothing is known. */
  Expected of(Recipe recipe) {
    List<Evolution.Member> near =
        known.stream()
            .sorted(
                Comparator.comparingDouble((Evolution.Member m) -> distance(m.recipe(), recipe))
                    .thenComparing(m -> m.standing().number()))
            .limit(NEAREST)
            .toList();
    double sum = 0;
    double lack = 0;
    double loss = 0;
    for (Evolution.Member m : near) {
      double d = distance(m.recipe(), recipe);
      double weight = 1 / (d * d + 1e-6);
      sum += weight;
      lack += weight * m.lack();
      loss += weight * m.standing().loss();
    }
    if (sum == 0) {
      return new Expected(0, 0);
    }
    double least =
        known.stream()
            .filter(m -> m.poor() && keepsNoMore(recipe, m.recipe()))
            .mapToDouble(Evolution.Member::lack)
            .max()
            .orElse(0);
    return new Expected(Math.max(least, lack / sum), loss / sum);
  }

  private static boolean keepsNoMore(Recipe recipe, Recipe other) {
    return (recipe.distills() || !other.distills())
        && recipe.budget() == other.budget()
        && Arrays.stream(RecipeSpace.Part.values())
            .allMatch(part -> part.kept(recipe) <= part.kept(other));
  }

  private static double distance(Recipe a, Recipe b) {
    double sum = 0;
    for (RecipeSpace.Part part : RecipeSpace.Part.values()) {
      double d = Math.log(part.kept(a) / part.kept(b));
      sum += d * d;
    }
    sum += a.distills() == b.distills() ? 0 : KIND * KIND;
    sum += a.prunes() == b.prunes() ? 0 : KIND * KIND;
    sum += a.taught() == b.taught() ? 0 : KIND * KIND;
    sum += a.budget() == b.budget() ? 0 : KIND * KIND;
    sum += a.globally() == b.globally() ? 0 : KIND * KIND;
    sum += a.quantized() == b.quantized() ? 0 : TYPE * TYPE;
    return Math.sqrt(sum);
  }
}
