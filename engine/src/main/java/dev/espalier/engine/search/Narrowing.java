package dev.espalier.engine.search;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Looks between the best recipe and those beside it. As one amount of it alone changes, what is
 * tried next lies halfway to the nearest that was tried, or that its structure rules out: the best
 * is bracketed, and every trial makes the bracket smaller (as in the search for the maximum of a
 * function of one peak, Kiefer 1953, doi:10.2307/2032161). Where nothing was tried on a side, a
 * step goes some levels out. Amounts are told apart by hundredths.
 */
final class Narrowing {
  private final RecipeSpace space;
  private final Predicate<Recipe> fits;

  /**
   * @param fits whether a recipe may keep to the constraints, told from its structure
   */
  Narrowing(RecipeSpace space, Predicate<Recipe> fits) {
    this.space = space;
    this.fits = fits;
  }

  /**
   * At most two for each amount that it has: one that keeps less, one that keeps more. Of what is
   * not good enough, only what keeps more; of what is good but costs too much, only what keeps
   * less.
   */
  List<Recipe> around(Evolution.Member member, Collection<Recipe> tried) {
    Recipe recipe = member.recipe();
    List<Recipe> out = new ArrayList<>();
    for (RecipeSpace.Part part : space.parts()) {
      if (part.kept(recipe) < 1) {
        if (!member.poor()) {
          beside(recipe, part, true, tried).ifPresent(out::add);
        }
        if (member.poor() || member.standing().feasible()) {
          beside(recipe, part, false, tried).ifPresent(out::add);
        }
      }
    }
    return out;
  }

  /** Whether one amount alone tells them apart, of which both keep some and neither keeps all. */
  boolean isBeside(Recipe best, Recipe other) {
    return space.parts().stream()
        .anyMatch(
            part ->
                part.kept(best) < 1
                    && part.kept(other) < 1
                    && part.keeping(part.kept(best), other).equals(best));
  }

  private Optional<Recipe> beside(
      Recipe best, RecipeSpace.Part part, boolean less, Collection<Recipe> tried) {
    double kept = part.kept(best);
    Optional<Recipe> end =
        tried.stream()
            .filter(r -> part.keeping(kept, r).equals(best))
            .filter(r -> less ? part.kept(r) < kept : part.kept(r) > kept && part.kept(r) < 1)
            .min((a, b) -> Double.compare(far(part, a, kept), far(part, b, kept)));
    Recipe next =
        end.map(e -> halfway(best, e, part))
            .orElseGet(() -> part.keeping(part.beyond(kept, less), best));
    // What its structure rules out is an end of the bracket that costs no trial.
    while (!next.equals(best) && !end.equals(Optional.of(next)) && !fits.test(next)) {
      end = Optional.of(next);
      next = halfway(best, next, part);
    }
    return next.equals(best) || end.equals(Optional.of(next))
        ? Optional.empty()
        : Optional.of(next);
  }

  private static double far(RecipeSpace.Part part, Recipe r, double kept) {
    return Math.abs(part.kept(r) - kept);
  }

  /** Halfway in the logarithm of what is kept; one of the two when there is nothing between. */
  private static Recipe halfway(Recipe a, Recipe b, RecipeSpace.Part part) {
    Recipe mean = part.keeping(Math.sqrt(part.kept(a) * part.kept(b)), a);
    return mean.equals(a) || mean.equals(b)
        ? part.keeping((part.kept(a) + part.kept(b)) / 2, a)
        : mean;
  }
}
