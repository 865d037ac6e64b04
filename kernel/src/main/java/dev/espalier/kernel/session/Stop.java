package dev.espalier.kernel.session;

import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Result;
import java.util.Optional;

/** The user stopped a program; says what of the running step can be used. */
public final class Stop extends Progress.Cancelled {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final String kept;
  private final transient Optional<Result.ModelResult> reached;

  Stop(String what, String kept) {
    this(what, kept, Optional.empty());
  }

  Stop(String what, String kept, Optional<Result.ModelResult> reached) {
    super(kept.isEmpty() ? what : what + ": " + kept);
    this.what = what;
    this.kept = kept;
    this.reached = reached;
  }

  /** The model that the stopped step reached, under the name that it has now. */
  public Optional<Result.ModelResult> reached() {
    return reached;
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
