package dev.espalier.engine.prune;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.Cost;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * What budgets allow, and the least of ever larger removals that meets them, by halving. On the way
 * to the last of several rounds each round meets a budget between, in equal ratios.
 */
final class BudgetSearch {
  private final Graph start;
  private final Amount.Budgets budgets;
  private final double[] targets;
  private final Progress progress;

  BudgetSearch(Graph start, Amount.Budgets budgets, int round, int rounds, Progress progress) {
    this.progress = progress;
    this.start = start;
    this.budgets = budgets;
    this.targets =
        budgets.all().stream().mapToDouble(b -> target(b, (double) round / rounds)).toArray();
  }

  /** Whether these costs keep to every budget. */
  boolean hold(double... costs) {
    for (int b = 0; b < costs.length; b++) {
      if (costs[b] > targets[b]) {
        return false;
      }
    }
    return true;
  }

  /** What a graph costs, in the order of the budgets. */
  double[] costs(Graph graph) {
    progress.check();
    return budgets.all().stream().mapToDouble(b -> cost(graph, b.measure())).toArray();
  }

  /**
   * The first of the removals, each of which takes more than those before it, with which every
   * budget holds.
   *
   * @param at the removal at a step from 0 (only what has an amount of its own goes) to {@code
   *     steps} (as few stay as may be)
   * @throws EspalierException when not even the last meets them
   */
  int[] first(IntFunction<int[]> at, int steps, Function<int[], Graph> without) {
    int[] best = at.apply(0);
    if (hold(costs(without.apply(best)))) {
      return best;
    }
    best = at.apply(steps);
    Graph least = without.apply(best);
    if (!hold(costs(least))) {
      throw unreachable(least);
    }
    int low = 0;
    int high = steps;
    while (high - low > 1) {
      int middle = (low + high) / 2;
      int[] going = at.apply(middle);
      if (hold(costs(without.apply(going)))) {
        high = middle;
        best = going;
      } else {
        low = middle;
      }
    }
    return best;
  }

  /** The largest share that something takes of what is left of any budget. */
  double share(double[] costs, double... more) {
    double most = 0;
    for (int b = 0; b < costs.length; b++) {
      if (more[b] > 0) {
        most = Math.max(most, more[b] / (targets[b] - costs[b]));
      }
    }
    return most;
  }

  private double target(Amount.Budget budget, double part) {
    double from = cost(start, budget.measure());
    double to = end(budget);
    return part >= 1 || to >= from ? to : from * Math.pow(to / from, part);
  }

  private double end(Amount.Budget budget) {
    return budget.relative() ? budget.most() * cost(start, budget.measure()) : budget.most();
  }

  private static long cost(Graph graph, Amount.Measure measure) {
    return switch (measure) {
      case MACS -> Cost.macs(graph);
      case BYTES -> OnnxFile.encode(graph).length;
      case PARAMETERS -> Parameters.count(graph);
    };
  }

  /** The first budget that a graph with as few channels as may be does not meet. */
  Optional<Shortfall> shortfall(Graph least) {
    for (int b = 0; b < targets.length; b++) {
      Amount.Budget budget = budgets.all().get(b);
      long reached = cost(least, budget.measure());
      if (reached > targets[b]) {
        String unit =
            budget.measure() == Amount.Measure.MACS
                ? "MACs"
                : budget.measure().name().toLowerCase(Locale.ROOT);
        return Optional.of(
            new Shortfall(
                Refusal.count(Math.round(end(budget))) + " " + unit,
                "with as few channels left as may be it takes "
                    + Refusal.count(reached)
                    + " "
                    + unit,
                "allow more, or except fewer layers"));
      }
    }
    return Optional.empty();
  }

  private EspalierException unreachable(Graph least) {
    Shortfall shortfall = shortfall(least).orElseThrow();
    return EspalierException.program(
        "`" + start.name() + "` cannot be pruned to " + shortfall.asked(),
        "prune to a budget",
        shortfall.why(),
        shortfall.fix());
  }
}
