package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;

/** The circumstances of one forward evaluation. */
public interface Pass {
  /** Whether dropout drops and batch normalisation uses and updates batch statistics. */
  boolean training();

  /** Replaces the running value of a weight that is no parameter (batch normalisation's mean). */
  void update(String weight, NDArray value);
}
