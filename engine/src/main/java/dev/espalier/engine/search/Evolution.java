package dev.espalier.engine.search;

import dev.espalier.engine.Randomness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
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
 * <p>Up to half of a generation lies right beside the best, of all and of each kind ({@link
 * Narrowing}). Of the others, several are drawn for each place, and the one whose neighbours did
 * best is tried ({@link Prediction}; such a screening before trials is surveyed by Jin 2011,
 * doi:10.1016/j.swevo.2011.05.001).
 *
 * <p>Written here, since the maintained libraries of evolution for Java ask for a newer Java, run
 * the loop themselves and so cannot go on from stored trials, and repair what breaks constraints
 * rather than rank it.
 */
public final class Evolution {
  /** Draws in each way; what is known or too large by its structure is drawn again. */
  private static final int DRAWS = 100;

  /** So many changes to a parent leave nothing of it. */
  private static final int CHANGES = 3;

  /** Of how many that may be better the likeliest is tried. */
  private static final int FEW = 8;

  private final RecipeSpace space;
  private final int population;
  private final int sample;
  private final long seed;
  private final Foretold foretold;
  private final List<Recipe> firsts;
  private final Narrowing narrowing;

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
   * @param lack what of the violation is of quality, rather than of what a model may cost
   */
  public record Member(Recipe recipe, Standing standing, double lack) {
    /** Whether its quality, after all of a trial's epochs, was not what is demanded. */
    boolean poor() {
      return standing.whole() && lack > 0;
    }
  }

  public Evolution(RecipeSpace space, int population, int sample, long seed, Foretold foretold) {
    this.space = space;
    this.population = population;
    this.sample = sample;
    this.seed = seed;
    this.foretold = foretold;
    this.firsts = space.firsts(r -> foretold.excess(r) == 0);
    this.narrowing = new Narrowing(space, r -> foretold.excess(r) == 0);
  }

  /**
   * What to try next.
   *
   * @param drawn whether it came by chance, rather than as one of the first or as one beside the
   *     best: of such, a look after a few epochs may tell which to go on with
   */
  public record Next(Recipe recipe, boolean drawn) {}

  /**
   * What to try next, which depends on nothing but the seed and the trials before.
   *
   * @param before all trials so far, in order
   * @return up to {@code count} recipes that were not tried; fewer when there are no more, or none
   *     is found that could be better
   */
  public List<Next> next(List<Member> before, int count) {
    Round round = new Round(before);
    List<Next> out = new ArrayList<>();
    int narrowed = 0;
    while (out.size() < count) {
      Optional<Next> one = round.first();
      if (one.isEmpty() && 2 * narrowed < count) {
        one = round.narrower(narrowed % 2 > 0);
        narrowed++;
      }
      if (one.isEmpty()) {
        one = round.drawn(before.size() + out.size());
      }
      if (one.isEmpty()) {
        return out;
      }
      round.asked(one.get().recipe());
      out.add(one.get());
    }
    return out;
  }

  /** The draws from one population. */
  private final class Round {
    private final List<Member> living;
    private final List<Recipe> poor;
    private final Optional<Member> best;

    /** Of each kind, the best that was tried with all epochs; the best of all first. */
    private final List<Member> bests = new ArrayList<>();

    private final Set<Recipe> known = new HashSet<>();

    /** Of those known, the ones that did not end early. */
    private final Set<Recipe> made = new HashSet<>();

    private final Prediction prediction;

    Round(List<Member> before) {
      before.forEach(m -> known.add(m.recipe()));
      before.stream()
          .filter(m -> m.standing().whole() || m.standing().failed())
          .forEach(m -> made.add(m.recipe()));
      prediction = new Prediction(before);
      poor = before.stream().filter(Member::poor).map(Member::recipe).toList();
      Optional<Member> first = before.stream().min(Comparator.comparing(Member::standing));
      living =
          new ArrayList<>(before.subList(Math.max(0, before.size() - population), before.size()));
      first.filter(m -> !living.contains(m)).ifPresent(living::add);
      best = first.filter(m -> m.standing().feasible() && m.standing().whole());
      before.stream()
          .filter(m -> m.standing().whole() && !m.standing().failed())
          .sorted(Comparator.comparing(Member::standing))
          .filter(m -> bests.stream().noneMatch(b -> b.recipe().isOfKind(m.recipe())))
          .forEach(bests::add);
    }

    private void asked(Recipe recipe) {
      known.add(recipe);
      made.add(recipe);
    }

    /** The next of the first recipes. */
    Optional<Next> first() {
      return firsts.stream()
          .filter(r -> isNew(r) && !isHopeless(r))
          .findFirst()
          .map(r -> new Next(r, false));
    }

    /**
     * The next beside the best so far, or beside the best of any other kind; it may be one that
     * came by chance and ended early, before the best was there.
     *
     * @param other whether of any other
     */
    Optional<Next> narrower(boolean other) {
      Set<Recipe> beside = new LinkedHashSet<>();
      for (Member member : bests) {
        if (bests.get(0).equals(member) != other) {
          narrowing.around(member, made).stream()
              .filter(r -> mayBeBetter(r) && !isHopeless(r))
              .forEach(beside::add);
        }
      }
      return likeliest(beside).map(r -> new Next(r, false));
    }

    private Optional<Recipe> likeliest(Set<Recipe> recipes) {
      return recipes.stream().min(Comparator.comparing(prediction::of, Prediction.Expected.ORDER));
    }

    /**
     * Of the first few that are drawn and may be better, the one that is likely to be best. First
     * one choice away from a parent; where nothing is found so, two; at last by chance, since a
     * parent whose neighbours are all known must not end the search.
     */
    Optional<Next> drawn(int place) {
      SplittableRandom random = Randomness.of(seed, "compress trial " + (place + 1));
      boolean byChance = place < population || living.isEmpty();
      Draws draws = new Draws();
      for (int changes = byChance ? CHANGES : 1; changes <= CHANGES; changes++) {
        for (int draw = 0; draw < DRAWS && draws.good.size() < FEW; draw++) {
          draws.add(changes < CHANGES ? offspring(changes, random) : space.draw(random));
        }
        if (!draws.good.isEmpty()) {
          break;
        }
      }
      return draws.likeliest().map(r -> new Next(r, true));
    }

    /** What was drawn for one place. */
    private final class Draws {
      private final Set<Recipe> good = new LinkedHashSet<>();
      private final Set<Recipe> besideBest = new LinkedHashSet<>();
      private final Set<Recipe> hopeless = new LinkedHashSet<>();
      private Optional<Recipe> least = Optional.empty();
      private double leastExcess = Double.POSITIVE_INFINITY;

      void add(Recipe recipe) {
        if (!isNew(recipe)) {
          return;
        }
        double over = foretold.excess(recipe);
        if (over == 0) {
          // What lies beside the best is left to narrowing, while chance finds anything else.
          boolean beside = best.isPresent() && narrowing.isBeside(best.get().recipe(), recipe);
          (isHopeless(recipe) ? hopeless : beside ? besideBest : good).add(recipe);
        } else if (over < leastExcess) {
          least = Optional.of(recipe);
          leastExcess = over;
        }
      }

      Optional<Recipe> likeliest() {
        return Round.this
            .likeliest(good)
            .or(() -> Round.this.likeliest(besideBest))
            .or(() -> Round.this.likeliest(hopeless))
            .or(() -> least);
      }
    }

    private Recipe offspring(int changes, SplittableRandom random) {
      Recipe child = parent(random);
      for (int i = 0; i < changes; i++) {
        child = space.mutate(child, random);
      }
      return child;
    }

    private boolean isNew(Recipe recipe) {
      return !known.contains(recipe) && mayBeBetter(recipe);
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

    private boolean isHopeless(Recipe recipe) {
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
