package dev.espalier.engine.train;

import dev.espalier.engine.Model;
import dev.espalier.engine.graph.Graph;
import java.util.List;

/**
 * A graph with trained weights.
 *
 * @param history one entry an epoch of this training
 */
public record Trained(Graph graph, List<Model.Epoch> history) {
  public Trained {
    history = List.copyOf(history);
  }
}
