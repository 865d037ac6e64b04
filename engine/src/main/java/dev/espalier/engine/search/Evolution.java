package dev.espalier.engine.search;

import dev.espalier.engine.Randomness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Evolution after Real, Aggarwal, Huang, Le 2019 (arXiv:1802.01548, algorithm 1): first a
 * population, here one of each kind at settings known to do well and the rest by chance; then the
 * best of a few members, drawn by chance, has an offspring that differs in one choice, and the
 * oldest member dies. Unlike theirs, the best of all stays: they make tens of thousands of trials
 * and can find it again, a search of a few dozen cannot. Several offspring come at once, from the
 * population as it was before them.
 *
 * <p>Two things are told without a trial. What is sought may be known from the structure alone,
 * such as the size: then what is certainly no better than the best so far is not tried, as branch
 * and bound leaves out what its bound excludes (Land, Doig 1960, doi:10.2307/1910129). And where a
 * recipe's model was not good enough, what leaves no more of the model by the same kind of steps is
 * tried only when nothing else is found.
 *
 * <p>Written here, since the maintained libraries of evolution for Java ask for a newer Java, run
 * the loop themselves and so cannot go on from stored trials, and repair what breaks constraints
 * rather than rank it.
 */
public final class Evolution {
  /** Draws for one offspring; what is known or too large by its structure is drawn again. */
  private static final int DRAWS = 300;

  private final RecipeSpace space;
  private final int population;
  private final int sample;
  private final long seed;
  private final Foretold foretold;
  private final List<Recipe> firsts;

  /** What is known of a recipe before anything is trained. */
  public interface Foretold {
    /**
     * By how much it certainly breaks the constraints: 0 when it may keep to them, infinite when it
     * cannot be made.
     */
    double excess(Recipe recipe);

    /** What its loss is at least; empty when nothing is certain. */
    OptionalDouble leastLoss(Recipe recipe);
  }

  /**
   * A trial that was made.
   *
   * @param poor whether its quality, after all of a trial's epochs, was not what is demanded
   */
  public record Member(Recipe recipe, Standing standing, boolean poor) {}

  public Evolution(RecipeSpace space, int population, int sample, long seed, Foretold foretold) {
    this.space = space;
    this.population = population;
    this.sample = sample;
    this.seed = seed;
    this.foretold = foretold;
    this.firsts = space.firsts(r -> foretold.excess(r) == 0);
  }

  /**
   * What to try next, which depends on nothing but the seed and the trials before.
   *
   * @param before all trials so far, in order
   * @return up to {@code count} recipes that were not tried; fewer when there are no more, or none
   *     is found that could be better
   */
  public List<Recipe> next(List<Member> before, int count) {
    Round round = new Round(before);
    List<Recipe> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int place = before.size() + i;
      SplittableRandom random = Randomness.of(seed, "compress trial " + (place + 1));
      Optional<Recipe> one = round.one(place, random);
      if (one.isEmpty()) {
        return out;
      }
      round.known.add(one.get());
      out.add(one.get());
    }
    return out;
  }

  /** The draws from one population. */
  private final class Round {
    private final List<Member> living;
    private final List<Recipe> poor;
    private final Optional<Member> best;
    private final Set<Recipe> known = new HashSet<>();

    Round(List<Member> before) {
      before.forEach(m -> known.add(m.recipe()));
      poor = before.stream().filter(Member::poor).map(Member::recipe).toList();
      Optional<Member> first = before.stream().min(Comparator.comparing(Member::standing));
      living =
          new ArrayList<>(before.subList(Math.max(0, before.size() - population), before.size()));
      first.filter(m -> !living.contains(m)).ifPresent(living::add);
      best = first.filter(m -> m.standing().feasible() && m.standing().whole());
    }

    Optional<Recipe> one(int place, SplittableRandom random) {
      for (Recipe recipe : firsts) {
        if (!known.contains(recipe) && mayBeBetter(recipe) && !hopeless(recipe)) {
          return Optional.of(recipe);
        }
      }
      Optional<Recipe> poorer = Optional.empty();
      Optional<Recipe> least = Optional.empty();
      double leastExcess = Double.POSITIVE_INFINITY;
      for (int draw = 0; draw < DRAWS; draw++) {
        Recipe recipe =
            place < population || living.isEmpty()
                ? space.draw(random)
                : offspring(draw * 3 / DRAWS, random);
        if (known.contains(recipe) || !mayBeBetter(recipe)) {
          continue;
        }
        double over = foretold.excess(recipe);
        if (over == 0 && !hopeless(recipe)) {
          return Optional.of(recipe);
        }
        if (over == 0 && poorer.isEmpty()) {
          poorer = Optional.of(recipe);
        } else if (over < leastExcess) {
          least = Optional.of(recipe);
          leastExcess = over;
        }
      }
      return poorer.isPresent() ? poorer : least;
    }

    /**
     * One choice away from a parent; where nothing is found so, two; at last by chance, since a
     * parent whose neighbours are all known must not end the search.
     */
    private Recipe offspring(int third, SplittableRandom random) {
      return switch (third) {
        case 0 -> space.mutate(parent(random), random);
        case 1 -> space.mutate(space.mutate(parent(random), random), random);
        default -> space.draw(random);
      };
    }

    /**
     * Not when its loss is at least that of the best, or its bound no lower than the best's: of
     * models that are alike in their type, the one of more numbers has the larger file.
     */
    private boolean mayBeBetter(Recipe recipe) {
      OptionalDouble least = foretold.leastLoss(recipe);
      if (best.isEmpty() || least.isEmpty()) {
        return true;
      }
      Recipe found = best.get().recipe();
      OptionalDouble same =
          found.quantized() == recipe.quantized()
              ? foretold.leastLoss(found)
              : OptionalDouble.empty();
      return least.getAsDouble() < best.get().standing().loss()
          && (same.isEmpty() || least.getAsDouble() < same.getAsDouble());
    }

    private boolean hopeless(Recipe recipe) {
      return poor.stream().anyMatch(recipe::leavesNoMoreThan);
    }

    private Recipe parent(SplittableRandom random) {
      Member winner = null;
      for (int i = 0; i < sample; i++) {
        Member one = living.get(random.nextInt(living.size()));
        if (winner == null || one.standing().compareTo(winner.standing()) < 0) {
          winner = one;
        }
      }
      return winner.recipe();
    }
  }
}
