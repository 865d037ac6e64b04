package dev.espalier.engine.train;

import dev.espalier.engine.Model;
import dev.espalier.engine.graph.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a training stands after a whole epoch: everything that the epochs after it depend on and
 * that the seed and the number of the epoch do not give. A training that goes on from it ends with
 * the same bits as one that never stopped.
 *
 * @param history the epochs done, in order; at least one
 * @param weights all floating weights by name, running statistics of normalisation included
 * @param moments of the optimizer: {@code first/NAME} and {@code second/NAME} of weights that have
 *     them
 * @param steps of the optimizer so far, which corrections of bias count
 * @param rate the learning rate of the last step
 * @param best least validation loss so far; infinite when none was looked for
 * @param since epochs since the best
 * @param bestWeights the weights of the best epoch; empty when none was looked for
 */
public record TrainingState(
    List<Model.Epoch> history,
    Map<String, Tensor> weights,
    Map<String, Tensor> moments,
    long steps,
    double rate,
    double best,
    int since,
    Map<String, Tensor> bestWeights) {
  public TrainingState {
    history = List.copyOf(history);
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    moments = Collections.unmodifiableMap(new LinkedHashMap<>(moments));
    bestWeights = Collections.unmodifiableMap(new LinkedHashMap<>(bestWeights));
    if (history.isEmpty()) {
      throw new IllegalArgumentException("no epoch is done");
    }
  }

  /** Epochs done. */
  public int epochs() {
    return history.size();
  }
}
