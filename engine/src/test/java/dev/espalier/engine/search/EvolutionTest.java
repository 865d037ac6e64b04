package dev.espalier.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Randomness;
import dev.espalier.engine.search.Evolution.Member;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class EvolutionTest {
  private static final RecipeSpace ALL = new RecipeSpace(Set.copyOf(RecipeSpace.STEPS));

  @Provide
  Arbitrary<RecipeSpace> spaces() {
    return Arbitraries.of(RecipeSpace.STEPS).set().ofMinSize(1).map(RecipeSpace::new);
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
      assertTrue(!recipe.quantized() || space.using().contains("quantize"));
      Recipe child = space.mutate(recipe, random);
      List<Recipe> back = space.neighbours(child);
      assertTrue(
          child.equals(recipe)
              || back.contains(recipe)
              || recipe.prunes() != child.prunes()
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
    double loss = 1 - size + r.weights() + (r.taught() ? 0 : 0.05) + (1 - r.recovery()) * 0.1;
    return new Standing(false, true, Math.max(0, size - 1 / 3.0), loss, size, number);
  }

  private static List<Member> searched(long seed, int trials, int batch) {
    Evolution evolution = new Evolution(ALL, 12, 4, seed, r -> 0);
    List<Member> all = new ArrayList<>();
    while (all.size() < trials) {
      for (Recipe r : evolution.next(all, batch)) {
        all.add(new Member(r, judged(r, all.size() + 1)));
      }
    }
    return all;
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
    RecipeSpace two = new RecipeSpace(Set.of("distill"));
    Evolution evolution = new Evolution(two, 2, 1, 1, r -> 0);
    List<Member> all = new ArrayList<>();
    while (true) {
      List<Recipe> next = evolution.next(all, 3);
      if (next.isEmpty()) {
        break;
      }
      next.forEach(r -> all.add(new Member(r, judged(r, all.size() + 1))));
    }
    assertEquals(two.size(), all.size());
  }

  @Test
  void whatIsTooLargeByItsStructureIsNotTried() {
    Evolution evolution = new Evolution(ALL, 12, 4, 3, r -> r.quantized() ? 0 : 1);
    assertTrue(evolution.next(List.of(), 20).stream().allMatch(Recipe::quantized));
    // When all is too large, what is so by least is tried.
    Evolution none = new Evolution(ALL, 12, 4, 3, r -> 2 - r.channels());
    assertTrue(none.next(List.of(), 4).stream().allMatch(r -> r.channels() >= 0.85));
  }
}
