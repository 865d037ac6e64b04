package dev.espalier.kernel.session;

import dev.espalier.engine.Progress;

/** The user stopped a program; says what of the running step can be used. */
public final class Stop extends Progress.Cancelled {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final String kept;

  Stop(String what, String kept) {
    super(kept.isEmpty() ? what : what + ": " + kept);
    this.what = what;
    this.kept = kept;
  }

  /** {@code train stopped after epoch 3 of 10}. */
  public String what() {
    return what;
  }

  /** What there is of it now, and what running it again does; may be empty. */
  public String kept() {
    return kept;
  }
}
