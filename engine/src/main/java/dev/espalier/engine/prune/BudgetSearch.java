package dev.espalier.engine.prune;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.Cost;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * Finds the least removal that meets budgets, by halving the range of levels. On the way to the
 * last of several rounds each round meets a budget between, in equal ratios.
 */
final class BudgetSearch {
  /** Levels are told apart to a thousandth. */
  private static final int STEPS = 1000;

  private final Graph start;
  private final Graph now;
  private final Amount.Budgets budgets;
  private final double part;
  private final Progress progress;

  BudgetSearch(
      Graph start, Graph now, Amount.Budgets budgets, int round, int rounds, Progress progress) {
    this.progress = progress;
    this.start = start;
    this.now = now;
    this.budgets = budgets;
    this.part = (double) round / rounds;
  }

  /**
   * The graph at the lowest level at which every budget holds.
   *
   * @param at the graph at a level from 0 (nothing goes) to 1 (all but one channel go)
   * @throws EspalierException when not even the highest meets them
   */
  Graph smallest(DoubleFunction<Graph> at) {
    if (fits(now)) {
      return now;
    }
    Graph best = at.apply(1);
    if (!fits(best)) {
      throw unreachable(best);
    }
    int low = 0;
    int high = STEPS;
    while (high - low > 1) {
      progress.check();
      int middle = (low + high) / 2;
      Graph graph = at.apply((double) middle / STEPS);
      if (fits(graph)) {
        high = middle;
        best = graph;
      } else {
        low = middle;
      }
    }
    return best;
  }

  private boolean fits(Graph graph) {
    for (Amount.Budget budget : budgets.all()) {
      if (cost(graph, budget.measure()) > target(budget)) {
        return false;
      }
    }
    return true;
  }

  private double target(Amount.Budget budget) {
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
    for (Amount.Budget budget : budgets.all()) {
      long reached = cost(least, budget.measure());
      if (reached > target(budget)) {
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
