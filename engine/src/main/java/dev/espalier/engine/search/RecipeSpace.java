package dev.espalier.engine.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The recipes that a search may try.
 *
 * @param using {@code distill}, {@code prune}, {@code quantize}
 */
public record RecipeSpace(Set<String> using) {
  /** The steps there are. */
  public static final List<String> STEPS = List.of("distill", "prune", "quantize");

  private static final double[] WIDTHS = {1, 0.75, 0.5, 0.35, 0.25, 0.15, 0.1};
  private static final double[] CHANNELS = {0, 0.25, 0.5, 0.65, 0.75, 0.85, 0.9};
  private static final double[] WEIGHTS = {0, 0.5, 0.7, 0.8, 0.9, 0.95};
  private static final double[] RECOVERIES = {0.25, 0.5, 1};

  public RecipeSpace {
    using = Set.copyOf(using);
    if (!STEPS.containsAll(using) || using.isEmpty()) {
      throw new IllegalArgumentException("steps are among " + STEPS + ", not " + using);
    }
  }

  /** Any recipe, every choice alike; never the empty one. */
  public Recipe draw(SplittableRandom random) {
    while (true) {
      Recipe recipe =
          new Recipe(
              distills() ? any(WIDTHS, random) : 1,
              prunes() ? any(CHANNELS, random) : 0,
              prunes() ? any(WEIGHTS, random) : 0,
              prunes() && random.nextBoolean(),
              prunes() ? any(RECOVERIES, random) : 1,
              prunes() && distills() && random.nextBoolean(),
              using.contains("quantize") && random.nextBoolean());
      if (!recipe.isEmpty()) {
        return recipe.plain();
      }
    }
  }

  /** The recipe with one choice made otherwise: amounts go one step up or down. */
  public Recipe mutate(Recipe r, SplittableRandom random) {
    List<Recipe> neighbours = neighbours(r);
    return neighbours.get(random.nextInt(neighbours.size()));
  }

  /** All recipes that differ in one choice. */
  List<Recipe> neighbours(Recipe r) {
    List<Recipe> all = new ArrayList<>();
    if (distills()) {
      for (double w : beside(WIDTHS, r.width())) {
        all.add(with(r, w, r.channels(), r.weights(), r.quantized()));
      }
    }
    if (prunes()) {
      for (double c : beside(CHANNELS, r.channels())) {
        all.add(with(r, r.width(), c, r.weights(), r.quantized()));
      }
      for (double w : beside(WEIGHTS, r.weights())) {
        all.add(with(r, r.width(), r.channels(), w, r.quantized()));
      }
      if (r.prunes()) {
        for (double e : beside(RECOVERIES, r.recovery())) {
          all.add(
              new Recipe(
                  r.width(),
                  r.channels(),
                  r.weights(),
                  r.globally(),
                  e,
                  r.taught(),
                  r.quantized()));
        }
        all.add(
            new Recipe(
                r.width(),
                r.channels(),
                r.weights(),
                !r.globally(),
                r.recovery(),
                r.taught(),
                r.quantized()));
        if (distills()) {
          all.add(
              new Recipe(
                  r.width(),
                  r.channels(),
                  r.weights(),
                  r.globally(),
                  r.recovery(),
                  !r.taught(),
                  r.quantized()));
        }
      }
    }
    if (using.contains("quantize")) {
      all.add(with(r, r.width(), r.channels(), r.weights(), !r.quantized()));
    }
    all.replaceAll(Recipe::plain);
    all.removeIf(n -> n.isEmpty() || n.equals(r));
    return all.isEmpty() ? List.of(r) : all;
  }

  /** How many there are. */
  public long size() {
    long prunings = 1;
    if (prunes()) {
      // Weights go per layer or globally, where some go.
      long amounts = (long) CHANNELS.length * (2 * WEIGHTS.length - 1) - 1;
      prunings += amounts * RECOVERIES.length * (distills() ? 2 : 1);
    }
    return (distills() ? WIDTHS.length : 1) * prunings * (using.contains("quantize") ? 2 : 1) - 1;
  }

  /** The recipe that leaves the least: no other is smaller in any count. */
  public Recipe smallest() {
    return new Recipe(
        distills() ? WIDTHS[WIDTHS.length - 1] : 1,
        prunes() ? CHANNELS[CHANNELS.length - 1] : 0,
        prunes() ? WEIGHTS[WEIGHTS.length - 1] : 0,
        false,
        1,
        false,
        using.contains("quantize"));
  }

  private boolean distills() {
    return using.contains("distill");
  }

  private boolean prunes() {
    return using.contains("prune");
  }

  private static Recipe with(Recipe r, double width, double channels, double weights, boolean q) {
    return new Recipe(width, channels, weights, r.globally(), r.recovery(), r.taught(), q);
  }

  private static double any(double[] levels, SplittableRandom random) {
    return levels[random.nextInt(levels.length)];
  }

  private static List<Double> beside(double[] levels, double now) {
    int at = 0;
    for (int i = 1; i < levels.length; i++) {
      if (Math.abs(levels[i] - now) < Math.abs(levels[at] - now)) {
        at = i;
      }
    }
    List<Double> out = new ArrayList<>();
    if (at > 0) {
      out.add(levels[at - 1]);
    }
    if (at + 1 < levels.length) {
      out.add(levels[at + 1]);
    }
    return out;
  }
}
