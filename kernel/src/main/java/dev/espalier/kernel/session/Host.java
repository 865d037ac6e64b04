package dev.espalier.kernel.session;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Step;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Result;

/** Where a session shows what happens: a terminal, a pipe, or a notebook cell. */
public interface Host extends Progress {
  /** A mistake or a warning in the program. */
  void diagnostic(Diagnostic diagnostic);

  /** A step begins; its {@link Progress} events follow. */
  void begin(Step step);

  /** A step is done. */
  void result(Step step, Result result);

  /** A step broke; {@code failure} is what the user is told. */
  void failed(Step step, RuntimeException failure);
}
