package dev.espalier.engine.operator;

import ai.djl.ndarray.NDManager;
import dev.espalier.engine.graph.Tensor;
import java.util.Optional;

/** The circumstances of one forward evaluation. */
public interface Pass {
  /** Whether dropout drops and batch normalisation uses and updates batch statistics. */
  boolean training();

  /** Owns what this evaluation makes. */
  NDManager manager();

  /** The value called so when it is known without running: the shape that a Reshape takes. */
  Optional<Tensor> constant(String value);
}
