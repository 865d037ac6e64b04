package dev.espalier.engine.prune;

import java.util.List;

/** How much to prune. */
public sealed interface Amount {
  /** The sparsity to reach, counted against the dense original, from 0 to 1. */
  record Level(double fraction) implements Amount {}

  /** The part of what is left now, in each round. */
  record OfRemaining(double fraction) implements Amount {}

  /** As few channels go as it takes for all of these to hold; nothing that still fits is lost. */
  record Budgets(List<Budget> all) implements Amount {
    public Budgets {
      all = List.copyOf(all);
    }
  }

  /**
   * What the model may cost afterwards.
   *
   * @param most a number, or with {@code relative} a part of what it costs before
   */
  record Budget(Measure measure, double most, boolean relative) {}

  /** What costs. */
  enum Measure {
    /** Multiply-accumulates of one input. */
    MACS,
    /** Bytes of the exported file. */
    BYTES,
    /** Numbers that training changes. */
    PARAMETERS
  }
}
