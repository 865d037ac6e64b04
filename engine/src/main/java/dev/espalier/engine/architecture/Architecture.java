package dev.espalier.engine.architecture;

import dev.espalier.engine.graph.Graph;

/** A family of networks; given what goes in and what comes out, a blueprint. */
public interface Architecture {
  /**
   * The blueprint for one input and one output shape: input {@code input} with an open batch,
   * output {@code logits}.
   *
   * @param input shape of one sample without the batch: [channels, height, width], [channels,
   *     length] or [features]
   * @param outputs number of logits, or of targets
   * @throws dev.espalier.engine.EspalierException when a layer does not fit its input, naming it
   */
  Graph build(long[] input, int outputs);

  /** Whether its networks learn to give back their input, whatever answers the data has. */
  default boolean reconstructs() {
    return false;
  }

  /** One line for people. */
  String describe();
}
