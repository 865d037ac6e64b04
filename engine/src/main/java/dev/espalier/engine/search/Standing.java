package dev.espalier.engine.search;

import java.util.Comparator;

/**
 * How good a trial is: Deb's rules for constraints (2000, doi:10.1016/S0045-7825(99)00389-8,
 * section 3): what keeps to all of them is better than what does not; of two that do, the one with
 * the lower loss; of two that do not, the one that violates less.
 *
 * @param failed whether it could not be made
 * @param whole whether it was trained for all of a trial's epochs
 * @param violation sum over the constraints of the part of its limit by which each is missed; 0
 *     keeps to all
 * @param loss what is sought, lower being better
 * @param size bytes, which decide between equals
 * @param number of the trial, from 1; the earlier decides at last
 */
public record Standing(
    boolean failed, boolean whole, double violation, double loss, double size, int number)
    implements Comparable<Standing> {
  private static final Comparator<Standing> ORDER =
      Comparator.comparing(Standing::failed)
          .thenComparing(s -> !s.whole())
          .thenComparingDouble(Standing::violation)
          .thenComparingDouble(Standing::loss)
          .thenComparingDouble(Standing::size)
          .thenComparingInt(Standing::number);

  /** One that could not be made. */
  public static Standing failure(int number) {
    double worst = Double.POSITIVE_INFINITY;
    return new Standing(true, false, worst, worst, worst, number);
  }

  /** Whether it keeps to all constraints. */
  public boolean feasible() {
    return !failed && violation == 0;
  }

  /** Below 0 when this one is better. */
  @Override
  public int compareTo(Standing other) {
    return ORDER.compare(this, other);
  }
}
