package dev.espalier.engine.study;

import dev.espalier.engine.Model;
import dev.espalier.engine.architecture.Architecture;

/** Where a student starts when it is taught. */
public sealed interface Student {
  /** An architecture, initialised from the seed. */
  record Blueprint(Architecture architecture) implements Student {}

  /** A trained model, from a copy of its weights. */
  record Copy(Model model) implements Student {}

  /** The architecture of a trained model, initialised from the seed. */
  record Like(Model model) implements Student {}
}
