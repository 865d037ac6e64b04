package dev.espalier.engine.study;

import dev.espalier.engine.run.Result.ChartSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What nothing beats in both of two figures at once (Pareto's front). */
final class Frontier {
  private Frontier() {}

  /** One candidate. */
  record Point(double x, double y) {}

  /**
   * The line through the unbeaten, in the order of x; empty when fewer than two are.
   *
   * @param moreX whether more of x is better
   * @param moreY whether more of y is better
   */
  static Optional<ChartSpec.Series> of(List<Point> points, boolean moreX, boolean moreY) {
    double up = moreY ? 1 : -1;
    double right = moreX ? 1 : -1;
    // From the best x on: whoever is better in y than all before is beaten by none of them.
    List<Point> order = new ArrayList<>(points);
    order.removeIf(p -> Double.isNaN(p.x()) || Double.isNaN(p.y()));
    order.sort(
        Comparator.comparingDouble((Point p) -> -right * p.x())
            .thenComparingDouble(p -> -up * p.y()));
    List<Point> best = new ArrayList<>();
    double highest = Double.NEGATIVE_INFINITY;
    for (Point p : order) {
      if (up * p.y() > highest) {
        highest = up * p.y();
        best.add(p);
      }
    }
    if (best.size() < 2) {
      return Optional.empty();
    }
    best.sort(Comparator.comparingDouble(Point::x));
    return Optional.of(
        new ChartSpec.Series(
            "not beaten in both",
            best.stream().map(Point::x).toList(),
            best.stream().map(Point::y).toList(),
            List.of(),
            List.of()));
  }
}
