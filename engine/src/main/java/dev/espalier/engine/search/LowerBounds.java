package dev.espalier.engine.search;

import dev.espalier.engine.device.Device;
import dev.espalier.engine.device.Workload;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.quantize.BatchNormFolding;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.train.Initialization;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the figures of a model come to at least, told from the shapes of its layers alone: whatever
 * its weights are, and before anything is trained or quantized.
 */
public final class LowerBounds {
  private static final int FLOAT_BYTES = 4;

  private LowerBounds() {}

  /**
   * A demand that the bounds rule out.
   *
   * @param constraint of the target; empty for what its device has
   * @param metric of which there is too much; {@link Metric#SIZE} for flash, {@link Metric#MEMORY}
   *     for RAM
   * @param limit in the metric's unit
   * @param least in the metric's unit, above the limit
   */
  public record Miss(Optional<Integer> constraint, Metric metric, double limit, double least) {
    /** By which part of the limit it is missed. */
    public double excess() {
      return (least - limit) / limit;
    }
  }

  /**
   * Figures of one input at batch 1, in their units; those of which nothing is certain are missing.
   *
   * @param graph a model, or a blueprint with any values
   * @param quantized whether it will be quantized to int8; which of its layers, does not matter
   * @param device whose latency, energy and memory are modelled; empty for this machine, of which
   *     only the memory is certain
   */
  public static Map<Metric, Double> of(Graph graph, boolean quantized, Optional<Device> device) {
    Map<Metric, Double> least = new EnumMap<>(Metric.class);
    boolean integers =
        graph.nodes().stream().anyMatch(n -> n.operator().equals("DequantizeLinear"));
    boolean later = quantized && !integers;
    // What quantizing folds away are scales, shifts and biases; kernels and matrices stay.
    long count = later ? inMatrices(graph) : Parameters.count(graph);
    least.put(Metric.MACS, (double) Cost.macs(graph));
    least.put(Metric.PARAMETERS, (double) count);
    // In the file a number takes four bytes or, quantized, one; zeros too.
    least.put(Metric.SIZE, (double) (later || integers ? count : FLOAT_BYTES * count));
    if (later) {
      Graph folded = BatchNormFolding.fold(Initialization.zeros(graph));
      least.put(Metric.MEMORY, (double) Cost.peakActivationBytes(folded, 1) / FLOAT_BYTES);
      device.ifPresent(d -> time(d, Workload.of(folded), least));
    } else if (device.isPresent()) {
      var estimate = device.get().estimate(graph);
      estimate.latency().number().ifPresent(v -> least.put(Metric.LATENCY, v));
      estimate.energy().number().ifPresent(v -> least.put(Metric.ENERGY, v));
      estimate.memory().number().ifPresent(v -> least.put(Metric.MEMORY, v));
    } else {
      least.put(Metric.MEMORY, (double) Cost.peakActivationBytes(graph, 1));
    }
    return least;
  }

  private static void time(Device device, Workload workload, Map<Metric, Double> least) {
    device
        .atLeast(workload)
        .ifPresent(
            seconds -> {
              least.put(Metric.LATENCY, seconds);
              device
                  .profile()
                  .power()
                  .ifPresent(watts -> least.put(Metric.ENERGY, watts * seconds));
            });
  }

  private static long inMatrices(Graph graph) {
    return Parameters.names(graph).stream()
        .map(name -> graph.weights().get(name).shape())
        .filter(shape -> shape.length > 1)
        .mapToLong(Tensor::count)
        .sum();
  }

  /** The demands of a target that the bounds rule out, its constraints first, in their order. */
  public static List<Miss> missed(Map<Metric, Double> least, Target target) {
    List<Miss> misses = new ArrayList<>();
    for (int i = 0; i < target.constraints().size(); i++) {
      var constraint = target.constraints().get(i);
      Double value = least.get(constraint.metric());
      if (value != null
          && constraint.bound() instanceof Operation.Bound.Limit limit
          && !limit.atLeast()
          && limit.value() > 0
          && value > limit.value()) {
        misses.add(new Miss(Optional.of(i), constraint.metric(), limit.value(), value));
      }
    }
    target
        .modelled()
        .ifPresent(
            device -> {
              long program = device.profile().program().orElse(0);
              double weights = least.getOrDefault(Metric.SIZE, 0.0);
              beyond(Metric.SIZE, weights + program, device.flash(), misses);
              beyond(
                  Metric.MEMORY, least.getOrDefault(Metric.MEMORY, 0.0), device.memory(), misses);
            });
    return misses;
  }

  private static void beyond(Metric metric, double least, OptionalLong has, List<Miss> misses) {
    if (has.isPresent() && least > has.getAsLong()) {
      misses.add(new Miss(Optional.empty(), metric, has.getAsLong(), least));
    }
  }
}
