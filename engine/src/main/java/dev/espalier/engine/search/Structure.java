package dev.espalier.engine.search;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.device.Device;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.prune.Pruner;
import dev.espalier.engine.run.FreshWeights;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.train.Initialization;
import dev.espalier.engine.train.TrainSettings;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a recipe's model costs at least, told from the widths that it leaves and before anything is
 * trained. The values of the weights do not matter: channels go evenly.
 */
public final class Structure {
  private final Graph model;
  private final Target target;
  private final Map<Recipe, Map<Metric, Double>> known = new HashMap<>();

  /**
   * @param model what is compressed
   */
  public Structure(Graph model, Target target) {
    this.model = model;
    this.target = target;
  }

  /**
   * By which parts of their limits the constraints are missed for certain; 0 when they may hold.
   */
  public double excess(Recipe recipe) {
    Map<Metric, Double> least = atLeast(recipe);
    double sum = 0;
    for (var constraint : target.constraints()) {
      Double value = least.get(constraint.metric());
      if (value != null
          && constraint.bound() instanceof Operation.Bound.Limit limit
          && !limit.atLeast()
          && value > limit.value()) {
        sum += (value - limit.value()) / limit.value();
      }
    }
    Optional<Device> device = target.modelled();
    if (device.isPresent() && device.get().flash().isPresent()) {
      double has = device.get().flash().getAsLong();
      sum += Math.max(0, least.getOrDefault(Metric.SIZE, 0.0) - has) / has;
    }
    return sum;
  }

  /** What each figure comes to at least; figures of which nothing is certain are missing. */
  public Map<Metric, Double> atLeast(Recipe recipe) {
    return known.computeIfAbsent(recipe, this::told);
  }

  private Map<Metric, Double> told(Recipe recipe) {
    Map<Metric, Double> least = new EnumMap<>(Metric.class);
    try {
      Graph graph = graph(recipe);
      long count = Parameters.count(graph);
      least.put(Metric.MACS, (double) Cost.macs(graph));
      least.put(Metric.PARAMETERS, (double) count);
      // Small numbers may become zero by quantizing.
      least.put(Metric.NON_ZERO, recipe.quantized() ? 0.0 : Parameters.nonZero(graph));
      // In the file a number takes four bytes or, quantized, one; zeros too.
      least.put(Metric.SIZE, (recipe.quantized() ? 1.0 : 4.0) * count);
      if (target.modelled().isEmpty()) {
        double bytes = Cost.peakActivationBytes(graph, 1);
        least.put(Metric.MEMORY, recipe.quantized() ? bytes / 4 : bytes);
      } else if (!recipe.quantized() && !(recipe.weights() > 0)) {
        var estimate = target.modelled().get().estimate(graph);
        estimate.latency().number().ifPresent(v -> least.put(Metric.LATENCY, v));
        estimate.energy().number().ifPresent(v -> least.put(Metric.ENERGY, v));
        estimate.memory().number().ifPresent(v -> least.put(Metric.MEMORY, v));
      }
    } catch (EspalierException e) {
      // Such as channels that cannot be removed: the trial will say so.
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
      graph = pruned(graph, PruneSpec.channels(recipe.channels()));
    }
    return recipe.weights() > 0 ? pruned(graph, PruneSpec.weights(recipe.weights())) : graph;
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
