package dev.espalier.engine.search;

import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Target;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * The recipes that a search may try.
 *
 * @param using {@code distill}, {@code prune}, {@code quantize}
 * @param zeros whether single weights are set to zero too: where neither what is sought nor what is
 *     demanded counts them, that can only cost quality
 */
public record RecipeSpace(Set<String> using, boolean zeros) {
  /** The steps there are. */
  public static final List<String> STEPS = List.of("distill", "prune", "quantize");

  /**
   * Parts of the units that stay. Each is about four fifths of the one before, so that the numbers
   * of a layer, which go with its width and that of the layer before, fall to about two thirds.
   */
  private static final double[] KEPT = {
    1, 0.7, 0.5, 0.4, 0.3, 0.25, 0.2, 0.16, 0.13, 0.1, 0.08, 0.06, 0.05
  };

  private static final double[] WIDTHS = KEPT;
  private static final double[] CHANNELS = gone(KEPT);
  private static final double[] WEIGHTS_GONE = {0, 0.5, 0.7, 0.8, 0.9, 0.95};

  /** By how many levels a change may move an amount. */
  private static final int FARTHEST = 3;

  /** The levels of {@link #KEPT} that the first recipes of each kind keep: a half and a fifth. */
  private static final int[] FIRSTS = {2, 6};

  public RecipeSpace {
    using = Set.copyOf(using);
    if (!STEPS.containsAll(using) || using.isEmpty()) {
      throw new IllegalArgumentException("steps are among " + STEPS + ", not " + using);
    }
  }

  /**
   * The recipes for a target: single weights are set to zero where it, or what is sought, counts
   * them.
   *
   * @param objective what is sought; empty where nothing but the target matters
   */
  public static RecipeSpace of(Set<String> using, Target target, Optional<Metric> objective) {
    Set<Metric> counted = EnumSet.of(Metric.NON_ZERO, Metric.SPARSITY);
    return new RecipeSpace(
        using,
        objective.filter(counted::contains).isPresent()
            || target.constraints().stream().anyMatch(c -> counted.contains(c.metric())));
  }

  /** Any recipe, every choice alike; never the empty one. */
  public Recipe draw(SplittableRandom random) {
    while (true) {
      Recipe recipe =
          new Recipe(
              distills() ? any(WIDTHS, random) : 1,
              prunes() ? any(CHANNELS, random) : 0,
              prunes() && random.nextBoolean(),
              prunes() && zeros ? any(WEIGHTS_GONE, random) : 0,
              prunes() && zeros && random.nextBoolean(),
              prunes() && distills() && random.nextBoolean(),
              quantizes() && random.nextBoolean());
      if (!recipe.isEmpty()) {
        return recipe.plain();
      }
    }
  }

  /**
   * One of each kind, with what is known to do well: half of the units go, then four fifths of
   * them, by pruning evenly, by pruning with the original as the teacher, by distilling, and by
   * both; and as much of the parameters, by pruning to a budget; with int8 where it may be. So the
   * search starts at what people would try (as Feurer, Springenberg, Hutter 2015 start theirs at
   * settings that did well elsewhere) rather than by chance alone.
   *
   * @param fits whether a recipe may keep to the constraints, told from its structure; of each
   *     kind, the mildest that fits is taken where the one meant does not
   */
  List<Recipe> firsts(Predicate<Recipe> fits) {
    Set<Recipe> all = new LinkedHashSet<>();
    for (int from : FIRSTS) {
      for (Kind kind : Kind.values()) {
        if (!kind.isPossible(this)) {
          continue;
        }
        for (int level = from; level < KEPT.length; level++) {
          Recipe recipe = kind.at(level, this);
          if (fits.test(recipe)) {
            all.add(recipe);
            break;
          }
        }
      }
    }
    return List.copyOf(all);
  }

  /** The kinds of the first recipes. */
  private enum Kind {
    PRUNED,
    BUDGETED,
    TAUGHT,
    DISTILLED,
    BOTH,
    QUANTIZED;

    boolean isPossible(RecipeSpace space) {
      return switch (this) {
        case PRUNED, BUDGETED -> space.prunes();
        case TAUGHT, BOTH -> space.prunes() && space.distills();
        case DISTILLED -> space.distills();
        case QUANTIZED -> space.quantizes() && !space.prunes() && !space.distills();
      };
    }

    Recipe at(int level, RecipeSpace space) {
      boolean q = space.quantizes();
      double gone = CHANNELS[level];
      return switch (this) {
        case PRUNED -> new Recipe(1, gone, false, 0, false, false, q);
        case BUDGETED -> new Recipe(1, gone, true, 0, false, false, q);
        case TAUGHT -> new Recipe(1, gone, false, 0, false, true, q);
        case DISTILLED -> new Recipe(WIDTHS[level], 0, false, 0, false, false, q);
        case BOTH -> new Recipe(WIDTHS[1], gone, false, 0, false, true, q);
        case QUANTIZED -> new Recipe(1, 0, false, 0, false, false, true);
      };
    }
  }

  /** The recipe with one choice made otherwise: amounts go up to three levels up or down. */
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
    }
    if (prunes() && zeros) {
      for (double w : beside(WEIGHTS_GONE, r.weights())) {
        all.add(with(r, r.width(), r.channels(), w, r.quantized()));
      }
      all.add(
          new Recipe(
              r.width(),
              r.channels(),
              r.budget(),
              r.weights(),
              !r.globally(),
              r.taught(),
              r.quantized()));
    }
    if (r.channels() > 0) {
      all.add(
          new Recipe(
              r.width(),
              r.channels(),
              !r.budget(),
              r.weights(),
              r.globally(),
              r.taught(),
              r.quantized()));
    }
    if (r.prunes() && distills()) {
      all.add(
          new Recipe(
              r.width(),
              r.channels(),
              r.budget(),
              r.weights(),
              r.globally(),
              !r.taught(),
              r.quantized()));
    }
    if (quantizes()) {
      all.add(with(r, r.width(), r.channels(), r.weights(), !r.quantized()));
    }
    all.replaceAll(Recipe::plain);
    all.removeIf(n -> n.isEmpty() || n.equals(r));
    return all.isEmpty() ? List.of(r) : all;
  }

  /** The amounts that a recipe of the space may have. */
  List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    if (prunes()) {
      parts.add(Part.CHANNELS);
    }
    if (distills()) {
      parts.add(Part.WIDTH);
    }
    if (prunes() && zeros) {
      parts.add(Part.WEIGHTS);
    }
    return parts;
  }

  /** An amount of a recipe, as the part that it keeps. */
  enum Part {
    CHANNELS,
    WIDTH,
    WEIGHTS;

    /** What the recipe keeps; 1 when it takes nothing in this way. */
    double kept(Recipe r) {
      return switch (this) {
        case CHANNELS -> 1 - r.channels();
        case WIDTH -> r.width();
        case WEIGHTS -> 1 - r.weights();
      };
    }

    /** The recipe with another amount, in hundredths. */
    Recipe keeping(double kept, Recipe r) {
      double width = this == WIDTH ? Math.round(100 * kept) / 100.0 : r.width();
      double channels = this == CHANNELS ? gone(kept) : r.channels();
      double weights = this == WEIGHTS ? gone(kept) : r.weights();
      return new Recipe(
              width, channels, r.budget(), weights, r.globally(), r.taught(), r.quantized())
          .plain();
    }

    /** Three levels beyond, in one direction; the last when there are fewer, but never all. */
    double beyond(double kept, boolean less) {
      double[] levels = this == WEIGHTS ? gone(WEIGHTS_GONE) : KEPT;
      int at = nearest(levels, kept);
      return levels[less ? Math.min(levels.length - 1, at + FARTHEST) : Math.max(1, at - FARTHEST)];
    }
  }

  /** The recipe that leaves the least: no other is smaller in any count. */
  public Recipe smallest() {
    return new Recipe(
        distills() ? WIDTHS[WIDTHS.length - 1] : 1,
        prunes() ? CHANNELS[CHANNELS.length - 1] : 0,
        false,
        prunes() && zeros ? WEIGHTS_GONE[WEIGHTS_GONE.length - 1] : 0,
        false,
        false,
        quantizes());
  }

  private boolean distills() {
    return using.contains("distill");
  }

  private boolean prunes() {
    return using.contains("prune");
  }

  private boolean quantizes() {
    return using.contains("quantize");
  }

  private static Recipe with(Recipe r, double width, double channels, double weights, boolean q) {
    return new Recipe(width, channels, r.budget(), weights, r.globally(), r.taught(), q);
  }

  private static double[] gone(double[] kept) {
    double[] gone = new double[kept.length];
    for (int i = 0; i < kept.length; i++) {
      gone[i] = gone(kept[i]);
    }
    return gone;
  }

  /** In hundredths, so that half is written as half. */
  private static double gone(double kept) {
    return Math.round(100 * (1 - kept)) / 100.0;
  }

  private static double any(double[] levels, SplittableRandom random) {
    return levels[random.nextInt(levels.length)];
  }

  private static List<Double> beside(double[] levels, double now) {
    int at = nearest(levels, now);
    List<Double> out = new ArrayList<>();
    for (int i = Math.max(0, at - FARTHEST); i <= Math.min(levels.length - 1, at + FARTHEST); i++) {
      if (levels[i] != now) {
        out.add(levels[i]);
      }
    }
    return out;
  }

  private static int nearest(double[] levels, double now) {
    int at = 0;
    for (int i = 1; i < levels.length; i++) {
      if (Math.abs(levels[i] - now) < Math.abs(levels[at] - now)) {
        at = i;
      }
    }
    return at;
  }
}
