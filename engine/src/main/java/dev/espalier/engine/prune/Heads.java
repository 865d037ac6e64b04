package dev.espalier.engine.prune;

/** What goes when the channels before a split into groups are pruned: the heads of attention. */
public enum Heads {
  /** Every head loses the same part of its width; their number stays. */
  NARROWER,
  /** Heads go whole; their width stays. */
  WHOLE
}
