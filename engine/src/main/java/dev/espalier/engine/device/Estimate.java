package dev.espalier.engine.device;

import dev.espalier.engine.EspalierException;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a model would take on a device; never measured.
 *
 * @param latency seconds for one input
 * @param energy joules for one input
 * @param flash bytes of weights and of the runtime's program, where its size is known
 * @param memory bytes of activations and what the runtime adds, where that is known
 * @param hindrances why the device cannot run it, in whole clauses; empty when it can
 */
public record Estimate(
    Value latency, Value energy, Value flash, Value memory, List<String> hindrances) {
  public Estimate {
    hindrances = List.copyOf(hindrances);
  }

  /** Whether the device can run it. */
  public boolean runs() {
    return hindrances.isEmpty();
  }

  /** A modelled number, or why there is none. */
  public sealed interface Value {
    /** The number, if there is one. */
    OptionalDouble number();

    /**
     * The number, or a refusal that says why there is none.
     *
     * @throws EspalierException when there is none
     */
    double orThrow(String what);

    /**
     * A number.
     *
     * @param source what it rests on
     */
    record Modelled(double value, String source) implements Value {
      @Override
      public OptionalDouble number() {
        return OptionalDouble.of(value);
      }

      @Override
      public double orThrow(String what) {
        return value;
      }
    }

    /** No source gives what it takes to model it. */
    record Unknown(String why) implements Value {
      @Override
      public OptionalDouble number() {
        return OptionalDouble.empty();
      }

      @Override
      public double orThrow(String what) {
        throw EspalierException.program(what + " cannot be modelled", "", why, "");
      }
    }
  }
}
