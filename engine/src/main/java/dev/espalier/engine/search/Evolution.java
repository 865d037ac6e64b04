package dev.espalier.engine.search;

import dev.espalier.engine.Randomness;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Regularized evolution (Real, Aggarwal, Huang, Le 2019, arXiv:1802.01548, algorithm 1): first a
 * population by chance; then the best of a few members, drawn by chance, has an offspring that
 * differs in one choice, and the oldest member dies, however good it is. Several offspring come at
 * once, from the population as it was before them.
 *
 * <p>Written here, since the maintained libraries of evolution for Java ask for a newer Java, run
 * the loop themselves and so cannot go on from stored trials, and repair what breaks constraints
 * rather than rank it.
 */
public final class Evolution {
  /** Draws for one offspring; what is known or too large by its structure is drawn again. */
  private static final int DRAWS = 100;

  private final RecipeSpace space;
  private final int population;
  private final int sample;
  private final long seed;
  private final ToDoubleFunction<Recipe> excess;

  /** A trial that was made. */
  public record Member(Recipe recipe, Standing standing) {}

  /**
   * @param excess by how much a recipe certainly breaks the constraints, told from its structure
   *     alone; 0 when it may keep to them
   */
  public Evolution(
      RecipeSpace space, int population, int sample, long seed, ToDoubleFunction<Recipe> excess) {
    this.space = space;
    this.population = population;
    this.sample = sample;
    this.seed = seed;
    this.excess = excess;
  }

  /**
   * What to try next, which depends on nothing but the seed and the trials before.
   *
   * @param before all trials so far, in order
   * @return up to {@code count} recipes that were not tried; fewer when there are no more
   */
  public List<Recipe> next(List<Member> before, int count) {
    Set<Recipe> known = new HashSet<>();
    before.forEach(m -> known.add(m.recipe()));
    List<Recipe> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SplittableRandom random = Randomness.of(seed, "compress trial " + (before.size() + i + 1));
      Optional<Recipe> one = one(before, before.size() + i, known, random);
      if (one.isEmpty()) {
        return out;
      }
      known.add(one.get());
      out.add(one.get());
    }
    return out;
  }

  private Optional<Recipe> one(
      List<Member> before, int place, Set<Recipe> known, SplittableRandom random) {
    Optional<Recipe> least = Optional.empty();
    double leastExcess = Double.POSITIVE_INFINITY;
    for (int draw = 0; draw < DRAWS; draw++) {
      // A parent whose neighbours are all known must not end the search.
      boolean fresh = place < population || before.isEmpty() || draw >= DRAWS / 2;
      Recipe recipe = fresh ? space.draw(random) : space.mutate(parent(before, random), random);
      if (known.contains(recipe)) {
        continue;
      }
      double over = excess.applyAsDouble(recipe);
      if (over == 0) {
        return Optional.of(recipe);
      }
      if (over < leastExcess) {
        least = Optional.of(recipe);
        leastExcess = over;
      }
    }
    return least;
  }

  private Recipe parent(List<Member> before, SplittableRandom random) {
    int from = Math.max(0, before.size() - population);
    Member best = null;
    for (int i = 0; i < sample; i++) {
      Member one = before.get(from + random.nextInt(before.size() - from));
      if (best == null || one.standing().compareTo(best.standing()) < 0) {
        best = one;
      }
    }
    return best.recipe();
  }
}
