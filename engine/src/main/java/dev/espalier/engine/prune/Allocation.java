package dev.espalier.engine.prune;

import dev.espalier.engine.graph.Graph;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Uses budgets up: finds how many channels of each family have to go, then gives back those that
 * still fit, so that nothing is lost that the budgets allow.
 *
 * <p>What is given back is a knapsack filled greedily by worth per cost (Aflalo et al. 2020,
 * Knapsack Pruning with Inner Distillation, arXiv:2002.08258; Shen et al. 2022, Structural Pruning
 * via Latency-Saliency Knapsack, NeurIPS). The worth is that of LAMP (Lee et al. 2021,
 * Layer-adaptive Sparsity for the Magnitude-based Pruning, arXiv:2010.07611): the squared norm of a
 * channel's group over that of all groups of its family that are still there, which makes families
 * of different scales comparable. Here it stands as what the logarithm of the family's squared norm
 * gains, so that the worths of groups that come back one after another add up. The cost is measured
 * on the graph, for what a channel costs depends on how many are left before and after it.
 */
final class Allocation {
  /** Costs that are nothing compared with a budget still have an order. */
  private static final double NO_COST = 1e-12;

  private final List<Part> parts;
  private final Function<int[], Graph> without;
  private final BudgetSearch budgets;

  /**
   * One family.
   *
   * @param scores norms of its groups, ascending: they go in this order
   * @param unit by how many groups its width changes
   * @param open whether it takes part; otherwise it has an amount of its own
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Part(double[] scores, int unit, boolean open) {
    int size() {
      return scores.length;
    }

    /** How many go when one unit less does than {@code going}; a whole number of units stays. */
    int less(int going) {
      int kept = size() - going + unit;
      return kept <= size() ? size() - kept : going;
    }

    /** What the logarithm of the squared norm gains when {@code fewer} go instead of so many. */
    double worth(int going, int fewer) {
      double kept = squares(going, size());
      double back = squares(fewer, going);
      if (back == 0) {
        return 0;
      }
      return kept == 0 ? Double.MAX_VALUE : Math.log1p(back / kept);
    }

    private double squares(int from, int to) {
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += scores[i] * scores[i];
      }
      return sum;
    }
  }

  /**
   * @param without the graph without so many groups of each part
   */
  Allocation(List<Part> parts, Function<int[], Graph> without, BudgetSearch budgets) {
    this.parts = List.copyOf(parts);
    this.without = without;
    this.budgets = budgets;
  }

  /**
   * The graph at the lowest level at which the budgets hold, with what is left of them given back
   * where it is worth most.
   *
   * @param at how many go of each at a level, from 0 (none) to {@code levels} (all but the last)
   */
  Graph atLowest(IntFunction<int[]> at, int levels) {
    return filled(budgets.first(at, levels, without));
  }

  /** Gives back what still fits, at each time that which is worth most for what it costs. */
  private Graph filled(int... first) {
    int[] going = first.clone();
    Graph best = without.apply(going);
    double[] costs = budgets.costs(best);
    double[][] each = new double[parts.size()][];
    for (int p = 0; p < parts.size(); p++) {
      Part part = parts.get(p);
      if (part.open() && part.less(going[p]) < going[p]) {
        each[p] = difference(costs, budgets.costs(without.apply(fewer(going, p))));
      }
    }
    while (true) {
      int next = -1;
      double most = -1;
      for (int p = 0; p < parts.size(); p++) {
        if (each[p] != null) {
          Part part = parts.get(p);
          double worth =
              part.worth(going[p], part.less(going[p]))
                  / Math.max(NO_COST, budgets.share(costs, each[p]));
          if (worth > most) {
            next = p;
            most = worth;
          }
        }
      }
      if (next < 0) {
        return best;
      }
      // What one costs grows with the widths beside it; what is known of the others may be less.
      int[] fewer = fewer(going, next);
      Graph graph = without.apply(fewer);
      double[] now = budgets.costs(graph);
      if (budgets.hold(now)) {
        each[next] =
            fewer[next] > parts.get(next).less(fewer[next]) ? difference(costs, now) : null;
        going = fewer;
        best = graph;
        costs = now;
      } else {
        each[next] = null;
      }
    }
  }

  private int[] fewer(int[] going, int part) {
    int[] fewer = going.clone();
    fewer[part] = parts.get(part).less(going[part]);
    return fewer;
  }

  private static double[] difference(double[] from, double... to) {
    double[] difference = new double[from.length];
    for (int i = 0; i < from.length; i++) {
      difference[i] = to[i] - from[i];
    }
    return difference;
  }
}
