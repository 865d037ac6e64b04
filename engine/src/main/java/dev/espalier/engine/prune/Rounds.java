package dev.espalier.engine.prune;

import dev.espalier.engine.Progress;
import dev.espalier.engine.graph.Graph;

/** One way of pruning, round by round. */
interface Rounds {
  /**
   * The graph after a round, from 1 on.
   *
   * @throws Progress.Cancelled when the user stopped it
   */
  Graph next(Graph now, int round, Progress progress);

  /** One line on what all rounds changed. */
  String effect(Graph before, Graph after);
}
