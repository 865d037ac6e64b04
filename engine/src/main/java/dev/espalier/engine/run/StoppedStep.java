package dev.espalier.engine.run;

import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;

/** The user stopped a step that trains, and some of its epochs are whole. */
public final class StoppedStep extends Progress.Cancelled {
  private static final long serialVersionUID = 1L;

  private final transient Operation.StoppedAfter operation;
  private final transient Model model;

  StoppedStep(Operation.StoppedAfter operation, Model model) {
    this.operation = operation;
    this.model = model;
  }

  /** What the model is: the step up to its last whole epoch. */
  public Operation.StoppedAfter operation() {
    return operation;
  }

  /** The model after the last whole epoch; see {@link Model#stopped()}. */
  public Model model() {
    return model;
  }
}
