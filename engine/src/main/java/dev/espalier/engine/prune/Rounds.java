package dev.espalier.engine.prune;

import dev.espalier.engine.graph.Graph;

/** One way of pruning, round by round. */
interface Rounds {
  /** The graph after a round, from 1 on. */
  Graph next(Graph now, int round);

  /** One line on what all rounds changed. */
  String effect(Graph before, Graph after);
}
