package dev.espalier.engine.prune;

import dev.espalier.engine.Model;
import dev.espalier.engine.graph.Graph;
import java.util.List;

/**
 * A pruned model.
 *
 * @param history of the finetuning between rounds, epochs counted through all rounds; empty when
 *     nothing trained
 * @param effect what it changed, one line
 */
public record Pruned(Graph graph, List<Model.Epoch> history, String effect) {
  public Pruned {
    history = List.copyOf(history);
  }
}
