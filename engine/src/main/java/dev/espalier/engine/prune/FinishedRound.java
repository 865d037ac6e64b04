package dev.espalier.engine.prune;

import dev.espalier.engine.Model;
import dev.espalier.engine.graph.Graph;
import java.util.List;

/**
 * Where pruning stands after a round and its finetuning: with the seed, all that the rounds after
 * it depend on. Pruning that goes on from it ends with the same bits as one that never stopped.
 *
 * @param round from 1 on
 * @param history the epochs of all rounds so far, counted through
 */
public record FinishedRound(int round, Graph graph, List<Model.Epoch> history) {
  public FinishedRound {
    history = List.copyOf(history);
  }
}
