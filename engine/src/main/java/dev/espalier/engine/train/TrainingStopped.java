package dev.espalier.engine.train;

import dev.espalier.engine.Progress;

/** The user stopped a training of which some epochs are whole; what they gave can be used. */
public final class TrainingStopped extends Progress.Cancelled {
  private static final long serialVersionUID = 1L;

  private final transient Trained trained;
  private final int epochs;
  private final String effect;

  /**
   * @param trained what stands after the last whole epoch, with the history of all of them
   * @param epochs that were wanted
   * @param effect what the step has changed so far, one line; may be empty
   */
  public TrainingStopped(Trained trained, int epochs, String effect) {
    this.trained = trained;
    this.epochs = epochs;
    this.effect = effect;
  }

  /** What stands after the last whole epoch; its history has the whole epochs only. */
  public Trained trained() {
    return trained;
  }

  /** How many epochs were wanted. */
  public int epochs() {
    return epochs;
  }

  /** What the step has changed so far, one line; may be empty. */
  public String effect() {
    return effect;
  }
}
