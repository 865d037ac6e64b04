package dev.espalier.engine.device;

import dev.espalier.engine.device.Estimate.Value;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.operator.Cost;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What is published of a device.
 *
 * @param floats how fast it is in 32-bit floats; empty where no source tells
 * @param integers how fast it is in 8-bit integers; empty where no source tells
 * @param speedSource where the rates come from
 * @param power watts while a model runs; empty where no source tells
 * @param powerSource where the power comes from, or why it is not known
 * @param program bytes of the runtime's program and tables; empty where no source tells
 * @param programSource where that comes from
 * @param flash bytes it can keep programs and weights in; empty where that is no limit worth a name
 * @param memory bytes of working memory; empty where that is no limit worth a name
 */
public record Profile(
    Optional<Rates> floats,
    Optional<Rates> integers,
    String speedSource,
    OptionalDouble power,
    String powerSource,
    OptionalLong program,
    String programSource,
    OptionalLong flash,
    OptionalLong memory) {

  Estimate estimate(Graph graph) {
    Value latency = latency(Workload.of(graph));
    Value energy =
        power.isEmpty()
            ? new Value.Unknown(powerSource)
            : latency instanceof Value.Modelled m
                ? new Value.Modelled(m.value() * power.getAsDouble(), powerSource)
                : latency;
    long weights = weightBytes(graph);
    Value.Modelled flashed =
        new Value.Modelled(
            weights + program.orElse(0),
            "weights in their type" + (program.isPresent() ? " and " + programSource : ""));
    Value.Modelled activations =
        new Value.Modelled(
            Cost.peakActivationBytes(IntegerInputs.of(graph), 1),
            "the most bytes of activations alive at once, without the runtime's own buffers");
    List<String> hindrances = new ArrayList<>();
    tooLarge("flash", flashed, flash).ifPresent(hindrances::add);
    tooLarge("RAM", activations, memory).ifPresent(hindrances::add);
    return new Estimate(latency, energy, flashed, activations, hindrances);
  }

  /** Seconds for one input. */
  Value latency(Workload workload) {
    double seconds =
        workload.layers().stream().anyMatch(Workload.Layer::integers)
            ? integers.or(() -> floats).map(Rates::start).orElse(0.0)
            : floats.or(() -> integers).map(Rates::start).orElse(0.0);
    for (Workload.Layer layer : workload.layers()) {
      Optional<Rates> rates = layer.integers() ? integers : floats;
      if (rates.isEmpty() && layer.macs() == 0) {
        rates = layer.integers() ? floats : integers;
      }
      if (rates.isEmpty()) {
        return new Value.Unknown(
            layer.integers()
                ? layer.name() + " computes in 8-bit integers, and no source tells how fast it is"
                : layer.name()
                    + " computes in 32-bit floats, and no source tells how fast it is in them:"
                    + " quantize to int8");
      }
      seconds += rates.get().of(layer);
    }
    return new Value.Modelled(seconds, speedSource);
  }

  /**
   * Seconds that a workload takes at least, whichever of its layers compute in 8-bit integers: each
   * in its quicker type, those that only move activations in none. Empty where no source tells.
   */
  OptionalDouble atLeast(Workload workload) {
    double seconds = 0;
    for (Workload.Layer layer : workload.layers()) {
      if (layer.macs() > 0) {
        double inFloats = floats.map(r -> r.of(layer.with(false))).orElse(Double.MAX_VALUE);
        double inIntegers = integers.map(r -> r.of(layer.with(true))).orElse(Double.MAX_VALUE);
        seconds += Math.min(inFloats, inIntegers);
      }
    }
    return floats.isEmpty() && integers.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(seconds);
  }

  private static Optional<String> tooLarge(String what, Value.Modelled needed, OptionalLong has) {
    return has.isPresent() && needed.value() > has.getAsLong()
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "it needs %,.0f bytes of %s (%s), and the device has %,d",
                needed.value(),
                what,
                needed.source(),
                has.getAsLong()))
        : Optional.empty();
  }

  /** Bytes of all weights in their types; those of a blueprint count as floats. */
  private static long weightBytes(Graph graph) {
    long bytes = 0;
    for (Weight weight : graph.weights().values()) {
      DataType type = weight instanceof Weight.Value v ? v.tensor().type() : DataType.FLOAT;
      bytes = Math.addExact(bytes, Math.multiplyExact(Tensor.count(weight.shape()), type.bytes()));
    }
    return bytes;
  }
}
