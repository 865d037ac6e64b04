package dev.espalier.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Randomness;
import dev.espalier.engine.search.Evolution.Foretold;
import dev.espalier.engine.search.Evolution.Member;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class EvolutionTest {
  private static final RecipeSpace ALL = new RecipeSpace(Set.copyOf(RecipeSpace.STEPS), true);

  @Provide
  Arbitrary<RecipeSpace> spaces() {
    return Combinators.combine(
            Arbitraries.of(RecipeSpace.STEPS).set().ofMinSize(1), Arbitraries.of(true, false))
        .as(RecipeSpace::new);
  }

  @Provide
  Arbitrary<Standing> standings() {
    Arbitrary<Double> some = Arbitraries.of(0.0, 0.5, 1.0);
    return Combinators.combine(
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            some,
            some,
            Arbitraries.integers().between(1, 3))
        .as((failed, whole, v, l, n) -> new Standing(failed, whole, v, l, 1, n));
  }

  @Property(tries = 200)
  void drawsAndMutatesOnlyWithTheStepsThatAreSaid(
      @ForAll("spaces") RecipeSpace space, @ForAll long seed) {
    var random = Randomness.of(seed, "test");
    Recipe recipe = space.draw(random);
    for (int i = 0; i < 20; i++) {
      assertFalse(recipe.isEmpty());
      assertEquals(recipe, recipe.plain());
      assertTrue(!recipe.distills() && !recipe.taught() || space.using().contains("distill"));
      assertTrue(!recipe.prunes() || space.using().contains("prune"));
      assertTrue(!recipe.budget() || recipe.channels() > 0 && !recipe.distills());
      assertTrue(recipe.weights() == 0 || space.zeros());
      assertTrue(!recipe.quantized() || space.using().contains("quantize"));
      Recipe child = space.mutate(recipe, random);
      List<Recipe> back = space.neighbours(child);
      assertTrue(
          child.equals(recipe)
              || back.contains(recipe)
              || recipe.prunes() != child.prunes()
              || recipe.budget() != child.budget()
              || recipe.weights() > 0 != child.weights() > 0,
          recipe + " to " + child);
      recipe = child;
    }
  }

  @Property(tries = 300)
  void standingsAreInOneOrder(
      @ForAll("standings") Standing a,
      @ForAll("standings") Standing b,
      @ForAll("standings") Standing c) {
    assertEquals(Integer.signum(a.compareTo(b)), -Integer.signum(b.compareTo(a)));
    assertTrue(!(a.compareTo(b) <= 0 && b.compareTo(c) <= 0) || a.compareTo(c) <= 0);
    if (a.failed() == b.failed() && a.whole() == b.whole() && a.feasible() && !b.feasible()) {
      assertTrue(a.compareTo(b) < 0, "what keeps to the constraints wins");
    }
  }

  /** A made-up landscape: the wider, the better; sizes above a third break a constraint. */
  private static Standing judged(Recipe r, int number) {
    double size = r.width() * (1 - r.channels()) * (r.quantized() ? 0.25 : 1);
    double loss = 1 - size + r.weights() + (r.taught() ? 0 : 0.05);
    return new Standing(false, true, Math.max(0, size - 1 / 3.0), loss, size, number);
  }

  /** Told before a trial: what is in excess, and nothing of the loss. */
  private static Foretold only(ToDoubleFunction<Recipe> excess) {
    return told(excess, r -> OptionalDouble.empty());
  }

  private static Foretold told(
      ToDoubleFunction<Recipe> excess, Function<Recipe, OptionalDouble> leastLoss) {
    return new Foretold() {
      @Override
      public double excess(Recipe recipe) {
        return excess.applyAsDouble(recipe);
      }

      @Override
      public OptionalDouble leastLoss(Recipe recipe) {
        return leastLoss.apply(recipe);
      }
    };
  }

  private static List<Recipe> recipes(List<Evolution.Next> next) {
    return next.stream().map(Evolution.Next::recipe).toList();
  }

  private static List<Member> searched(long seed, int trials, int batch) {
    Evolution evolution = new Evolution(ALL, 12, 4, seed, only(r -> 0));
    return searched(evolution, trials, batch, EvolutionTest::judged);
  }

  private static List<Member> searched(
      Evolution evolution, int trials, int batch, BiFunction<Recipe, Integer, Standing> judge) {
    List<Member> all = new ArrayList<>();
    while (all.size() < trials) {
      List<Recipe> next = recipes(evolution.next(all, batch));
      if (next.isEmpty()) {
        return all;
      }
      for (Recipe r : next) {
        Standing standing = judge.apply(r, all.size() + 1);
        all.add(new Member(r, standing, standing.violation()));
      }
    }
    return all;
  }

  /**
   * Another landscape, as that of sizes under a floor of accuracy: what counts is how many units
   * are left, of which a distilled net needs more and a taught one fewer.
   */
  private static Standing sized(Recipe r, int number) {
    double units = r.width() * (1 - r.channels());
    double need = 0.17 * (r.distills() ? 1.3 : 1) * (r.taught() ? 0.9 : 1);
    return new Standing(false, true, Math.max(0, need - units), bytes(r), bytes(r), number);
  }

  private static double bytes(Recipe r) {
    return r.width() * (1 - r.channels()) * (r.quantized() ? 0.25 : 1);
  }

  @Test
  void findsTheSmallestThatIsGoodEnoughWhereSizesAreKnown() {
    RecipeSpace counted = new RecipeSpace(Set.copyOf(RecipeSpace.STEPS), false);
    for (long seed = 0; seed < 20; seed++) {
      Evolution evolution =
          new Evolution(counted, 12, 4, seed, told(r -> 0, r -> OptionalDouble.of(bytes(r))));
      List<Member> all = searched(evolution, 40, 4, EvolutionTest::sized);
      Member best = all.stream().min(Comparator.comparing(Member::standing)).get();
      assertTrue(best.standing().feasible());
      // Of all recipes, the smallest that is good enough keeps 0.16 of the units, in int8.
      assertEquals(0.04, best.standing().loss(), 1e-9, "seed " + seed + ": " + best);
      // What is certainly no smaller than the best of the generations before was not tried.
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < all.size(); i += 4) {
        List<Member> generation = all.subList(i, Math.min(i + 4, all.size()));
        for (Member m : generation) {
          assertTrue(m.standing().loss() < least, "seed " + seed + ": " + m);
        }
        for (Member m : generation) {
          least = m.standing().feasible() ? Math.min(least, m.standing().loss()) : least;
        }
      }
    }
  }

  @Test
  void beginsWithOneOfEachKindThatMayKeepToTheConstraints() {
    Evolution evolution = new Evolution(ALL, 12, 4, 5, only(r -> 0));
    List<String> first = recipes(evolution.next(List.of(), 5)).stream().map(Recipe::text).toList();
    assertEquals(
        List.of(
            "prune 50% of channels, finetune, quantize to int8",
            "prune to 50% of parameters, finetune, quantize to int8",
            "prune 50% of channels, distill the original into it, quantize to int8",
            "distill into 50% of the channels, quantize to int8",
            "distill into 70% of the channels, prune 50% of channels, distill the original into it,"
                + " quantize to int8"),
        first);
    Evolution tight = new Evolution(ALL, 12, 4, 5, only(r -> Math.max(0, bytes(r) - 0.03)));
    List<Recipe> small = recipes(tight.next(List.of(), 4));
    assertEquals("prune 90% of channels, finetune, quantize to int8", small.get(0).text());
    assertTrue(small.stream().allMatch(r -> bytes(r) <= 0.03), small.toString());
  }

  @Test
  void triesNothingTwiceAndTheSameForTheSameSeed() {
    List<Member> all = searched(7, 60, 4);
    Set<Recipe> recipes = new HashSet<>();
    all.forEach(m -> recipes.add(m.recipe()));
    assertEquals(all.size(), recipes.size());
    assertEquals(all, searched(7, 60, 4));
    assertFalse(all.equals(searched(8, 60, 4)));
  }

  /** What chance ended early, when it turns out to lie beside the best, is made in full. */
  @Test
  void whatEndedEarlyMayBeTakenUpAgainBesideTheBest() {
    Recipe half = new Recipe(1, 0.5, false, 0, false, false, true);
    Recipe more = new Recipe(1, 0.8, false, 0, false, false, true);
    Recipe most = new Recipe(1, 0.9, false, 0, false, false, true);
    List<Member> before = new ArrayList<>();
    for (Recipe r : List.of(half, more)) {
      before.add(new Member(r, new Standing(false, true, 0, bytes(r), 0, before.size() + 1), 0));
    }
    before.add(new Member(most, new Standing(false, false, 1, bytes(most), 0, 3), 1));
    RecipeSpace pruning = new RecipeSpace(Set.of("prune", "quantize"), false);
    Evolution evolution =
        new Evolution(pruning, 1, 1, 1, told(r -> 0, r -> OptionalDouble.of(bytes(r))));
    List<Evolution.Next> next = evolution.next(before, 2);
    assertEquals(new Evolution.Next(most, false), next.get(0));
    // Chance leaves what lies beside the best alone.
    assertEquals(1, next.stream().filter(n -> !n.drawn()).count());
  }

  @Test
  void beatsChance() {
    int better = 0;
    int worse = 0;
    for (long seed = 0; seed < 40; seed++) {
      Standing evolved =
          searched(seed, 40, 4).stream().map(Member::standing).min(Standing::compareTo).get();
      var random = Randomness.of(seed, "chance");
      Standing chance = null;
      Set<Recipe> tried = new HashSet<>();
      while (tried.size() < 40) {
        Recipe r = ALL.draw(random);
        if (tried.add(r)) {
          Standing s = judged(r, 1);
          chance = chance == null || s.compareTo(chance) < 0 ? s : chance;
        }
      }
      better += evolved.loss() < chance.loss() ? 1 : 0;
      worse += evolved.loss() > chance.loss() ? 1 : 0;
    }
    assertTrue(better > 2 * worse, better + " better, " + worse + " worse");
  }

  @Test
  void endsWhenEverythingWasTried() {
    RecipeSpace two = new RecipeSpace(Set.of("distill"), true);
    Evolution evolution = new Evolution(two, 2, 1, 1, only(r -> 0));
    // Widths from 5% to 99% of the channels are all there are; most lie between levels.
    int tried = searched(evolution, 1000, 3, EvolutionTest::judged).size();
    assertTrue(tried >= 12 && tried < 99, tried + " tried");
  }

  @Test
  void whatIsTooLargeByItsStructureIsNotTried() {
    Evolution evolution = new Evolution(ALL, 12, 4, 3, only(r -> r.quantized() ? 0 : 1));
    assertTrue(recipes(evolution.next(List.of(), 20)).stream().allMatch(Recipe::quantized));
    // When all is too large, what is so by least is tried.
    Evolution none = new Evolution(ALL, 12, 4, 3, only(r -> 2 - r.channels()));
    assertTrue(recipes(none.next(List.of(), 4)).stream().allMatch(r -> r.channels() >= 0.85));
  }
}
