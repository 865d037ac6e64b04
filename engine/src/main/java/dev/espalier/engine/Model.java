package dev.espalier.engine;

import dev.espalier.engine.graph.Graph;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A trained model with what is known of its making.
 *
 * @param key identifies the operation that made it, in the store
 * @param history one entry an epoch, over all training steps that led here, oldest first
 * @param provenance see {@link Provenance}
 */
public record Model(String key, Graph graph, List<Epoch> history, Provenance provenance) {
  public Model {
    history = List.copyOf(history);
  }

  /** Metadata of a graph that comes from a training that the user stopped. */
  public static final String STOPPED = "espalier.stopped";

  /**
   * Which training on the way to this model was stopped by the user: {@code train stopped after
   * epoch 3 of 10}; empty when all ran to their end. It travels with the graph into what is made of
   * it, and into exported files.
   */
  public Optional<String> stopped() {
    return Optional.ofNullable(graph.metadata().get(STOPPED));
  }

  /**
   * Whether the step that made the model is the one that trained it last. What was pruned or
   * quantized after its training is not what its last epoch speaks of.
   */
  public boolean isAsTrained() {
    if (history.isEmpty() || provenance.operation().isEmpty()) {
      return true;
    }
    String step = history.get(history.size() - 1).step();
    return provenance.operation().regionMatches(true, 0, step, 0, step.length());
  }

  /**
   * One epoch of training.
   *
   * @param step the verb: {@code train}, {@code distill}, {@code finetune}, {@code prune}
   * @param epoch from 1, within its step
   * @param loss mean training loss
   * @param validationLoss NaN without a validation split
   * @param validationAccuracy fraction; NaN without a validation split
   * @param seconds wall time of the epoch
   */
  public record Epoch(
      String step,
      int epoch,
      double loss,
      double validationLoss,
      double validationAccuracy,
      double seconds) {}

  /**
   * Where a model comes from.
   *
   * @param sentence the source sentence; empty from Java
   * @param operation the resolved operation, every default written out, in canonical text
   * @param parents keys of the inputs
   * @param environment seed, threads, device, engine and library versions, hardware, by name
   * @param made ISO-8601 time
   * @param seconds wall time
   */
  public record Provenance(
      String sentence,
      String operation,
      List<String> parents,
      Map<String, String> environment,
      String made,
      double seconds) {
    public Provenance {
      parents = List.copyOf(parents);
      environment = Map.copyOf(environment);
    }
  }
}
