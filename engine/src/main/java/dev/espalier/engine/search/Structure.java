package dev.espalier.engine.search;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.prune.Pruner;
import dev.espalier.engine.run.FreshWeights;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.train.Initialization;
import dev.espalier.engine.train.TrainSettings;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a recipe's model costs at least, told from the widths that it leaves and before anything is
 * trained. The values of the weights do not matter where channels go evenly; to a budget they go
 * only from the model itself, whose weights are known.
 */
public final class Structure implements Evolution.Foretold {
  private final Graph model;
  private final boolean trained;
  private final Target target;
  private final Optional<Metric> minimized;
  private final Map<Recipe, Map<Metric, Double>> known = new HashMap<>();

  /** Why recipes cannot be made. */
  private final Map<Recipe, String> refused = new LinkedHashMap<>();

  /**
   * @param model what is compressed; of a blueprint nothing is told of zeros
   */
  public Structure(Graph model, Target target) {
    this(model, target, Optional.empty());
  }

  /**
   * @param model what is compressed; of a blueprint nothing is told of zeros
   * @param minimized what is sought, when less of it is better
   */
  public Structure(Graph model, Target target, Optional<Metric> minimized) {
    this.trained = !model.isBlueprint();
    this.model = Initialization.zeros(model);
    this.target = target;
    this.minimized = minimized;
  }

  /**
   * By which parts of their limits the constraints are missed for certain; 0 when they may hold,
   * infinite when the recipe cannot be made.
   */
  @Override
  public double excess(Recipe recipe) {
    atLeast(recipe);
    if (refused.containsKey(untaught(recipe))) {
      return Double.POSITIVE_INFINITY;
    }
    return missed(recipe).stream().mapToDouble(LowerBounds.Miss::excess).sum();
  }

  /** The demands that are missed for certain. */
  public List<LowerBounds.Miss> missed(Recipe recipe) {
    return LowerBounds.missed(atLeast(recipe), target);
  }

  @Override
  public OptionalDouble leastLoss(Recipe recipe) {
    Double value = minimized.map(m -> atLeast(recipe).get(m)).orElse(null);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** What each figure comes to at least; figures of which nothing is certain are missing. */
  public Map<Metric, Double> atLeast(Recipe recipe) {
    return known.computeIfAbsent(untaught(recipe), this::told);
  }

  /** Why the first recipe that cannot be made cannot. */
  public Optional<String> refusal() {
    return refused.values().stream().findFirst();
  }

  /** Who teaches changes nothing of the structure. */
  private static Recipe untaught(Recipe r) {
    return new Recipe(
        r.width(), r.channels(), r.budget(), r.weights(), r.globally(), false, r.quantized());
  }

  private Map<Metric, Double> told(Recipe recipe) {
    Map<Metric, Double> least = new EnumMap<>(Metric.class);
    try {
      Graph graph = graph(recipe);
      least.putAll(LowerBounds.of(graph, recipe.quantized(), target.modelled()));
      if (trained && !recipe.quantized()) {
        // Small numbers may become zero by quantizing.
        least.put(Metric.NON_ZERO, (double) Parameters.nonZero(graph));
      }
    } catch (EspalierException e) {
      // Such as channels that cannot be removed.
      refused.put(recipe, e.what() + (e.why().isEmpty() ? "" : ": " + e.why()));
      least.clear();
    }
    return least;
  }

  /** The recipe's model before training. */
  private Graph graph(Recipe recipe) {
    Graph graph = model;
    if (recipe.distills()) {
      graph =
          Initialization.initialize(
              FreshWeights.of(pruned(graph, PruneSpec.channels(1 - recipe.width()))), 1);
    }
    if (recipe.channels() > 0) {
      graph = pruned(graph, recipe.removing());
    }
    return trained && recipe.weights() > 0 ? pruned(graph, recipe.zeroing()) : graph;
  }

  private static Graph pruned(Graph graph, PruneSpec spec) {
    return Pruner.prune(
            graph,
            spec,
            TrainSettings.epochs(1),
            Optional.empty(),
            new Environment(1, 1, "cpu", true),
            Progress.NONE)
        .graph();
  }
}
