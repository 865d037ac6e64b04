package dev.espalier.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NarrowingTest {
  private static final RecipeSpace ALL = new RecipeSpace(Set.copyOf(RecipeSpace.STEPS), false);

  private static Recipe pruned(double channels) {
    return new Recipe(1, channels, false, 0, false, false, true);
  }

  private static Recipe both(double width, double channels) {
    return new Recipe(width, channels, false, 0, false, false, true);
  }

  /** A trial: what lacks quality, or costs too much, or does neither. */
  private static Evolution.Member tried(Recipe recipe, double lack, double cost) {
    Standing standing = new Standing(false, true, lack + cost, 0, 0, 1);
    return new Evolution.Member(recipe, standing, lack);
  }

  private static List<Recipe> around(Recipe recipe, Recipe... tried) {
    return new Narrowing(ALL, r -> true).around(tried(recipe, 0, 0), Set.of(tried));
  }

  @Test
  void looksHalfwayToTheNearestOnEachSide() {
    // Halfway in the logarithm of what is kept: the root of 0.2 times 0.5 is 0.32.
    assertEquals(
        List.of(pruned(0.86), pruned(0.68)),
        around(pruned(0.8), pruned(0.9), pruned(0.95), pruned(0.5), pruned(0.3)));
    // Recipes that differ in more than the one amount bracket nothing.
    assertEquals(
        List.of(pruned(0.86), pruned(0.68)),
        around(pruned(0.8), pruned(0.9), pruned(0.5), both(0.5, 0.81), both(0.5, 0.79)));
  }

  @Test
  void stepsOutWhereNothingWasTried() {
    assertEquals(List.of(pruned(0.9), pruned(0.6)), around(pruned(0.8)));
    // Not beyond the amounts there are, nor to nothing at all.
    assertEquals(List.of(pruned(0.9)), around(pruned(0.95)));
    assertEquals(List.of(pruned(0.7)), around(pruned(0.3)));
  }

  @Test
  void movesOneAmountAtATime() {
    assertEquals(
        List.of(both(0.5, 0.75), both(0.5, 0.3), both(0.25, 0.5), both(0.7, 0.5)),
        around(both(0.5, 0.5)));
  }

  @Test
  void endsWhereHundredthsMeet() {
    assertEquals(List.of(), around(pruned(0.8), pruned(0.81), pruned(0.79)));
  }

  @Test
  void whatItsStructureRulesOutCostsNoTrial() {
    // Fewer than 77% gone is too large: 60, 72 and 76% are passed over.
    Narrowing narrowing = new Narrowing(ALL, r -> r.channels() >= 0.77);
    List<Recipe> next = narrowing.around(tried(pruned(0.8), 0, 0), Set.of(pruned(0.81)));
    assertEquals(List.of(pruned(0.78)), next);
    assertEquals(
        List.of(),
        narrowing.around(tried(pruned(0.77), 0, 0), Set.of(pruned(0.78))),
        "at the edge");
  }

  @Test
  void goesWhereItMayBecomeGoodEnoughOrSmallEnough() {
    Narrowing narrowing = new Narrowing(ALL, r -> true);
    assertEquals(List.of(pruned(0.6)), narrowing.around(tried(pruned(0.8), 1, 0), Set.of()));
    assertEquals(List.of(pruned(0.9)), narrowing.around(tried(pruned(0.8), 0, 1), Set.of()));
  }

  @Test
  void closesInOnTheEdgeInFewTrials() {
    for (int edge = 51; edge < 95; edge++) {
      Recipe best = pruned(0.5);
      Set<Recipe> tried = new HashSet<>();
      int trials = 0;
      while (true) {
        List<Recipe> less = new ArrayList<>();
        for (Recipe r : new Narrowing(ALL, x -> true).around(tried(best, 0, 0), tried)) {
          if (r.channels() > best.channels()) {
            less.add(r);
          }
        }
        if (less.isEmpty()) {
          break;
        }
        tried.add(less.get(0));
        trials++;
        best = less.get(0).channels() <= edge / 100.0 ? less.get(0) : best;
      }
      assertEquals(edge / 100.0, best.channels(), 1e-9);
      assertTrue(trials <= 8, edge + ": " + trials);
    }
  }

  @Test
  void besideIsWhatOneAmountTellsApart() {
    Narrowing narrowing = new Narrowing(ALL, r -> true);
    assertTrue(narrowing.isBeside(pruned(0.8), pruned(0.87)));
    assertTrue(narrowing.isBeside(both(0.5, 0.8), both(0.25, 0.8)));
    assertFalse(narrowing.isBeside(both(0.5, 0.8), both(0.25, 0.7)), "two amounts");
    assertFalse(narrowing.isBeside(pruned(0.8), both(0.5, 0.8)), "another kind");
    Recipe taught = new Recipe(1, 0.7, false, 0, false, true, true);
    assertFalse(narrowing.isBeside(pruned(0.8), taught), "another kind");
  }
}
