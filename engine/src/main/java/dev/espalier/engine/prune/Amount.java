package dev.espalier.engine.prune;

/** How much to prune. */
public sealed interface Amount {
  /** The sparsity to reach, counted against the dense original, from 0 to 1. */
  record Level(double fraction) implements Amount {}

  /** The part of what is left now, in each round. */
  record OfRemaining(double fraction) implements Amount {}
}
