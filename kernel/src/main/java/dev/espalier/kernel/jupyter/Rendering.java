package dev.espalier.kernel.jupyter;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Result;
import java.util.Optional;

/** Turns what a program gives into displays. */
interface Rendering {
  Bundle result(Result result);

  /** What belongs beneath a picture and would be lost with it alone; empty for most. */
  default Optional<Bundle> beneath(Result result) {
    return Optional.empty();
  }

  /** How a model's training went; empty when it was not trained. */
  Optional<Bundle> curve(String name, Model model);

  /** A mistake with its line and carets. */
  String diagnostic(Diagnostic diagnostic);

  /** A step while it runs. */
  Running running();

  /** Gathers events; called from one thread. */
  interface Running {
    void on(Progress.Event event);

    /** A bar with what is known now. */
    Bundle bundle();

    /** The same in a line of text. */
    String text();
  }
}
