package dev.espalier.kernel.jupyter;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Step;
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

  /** A statement while it runs. */
  Running running();

  /** Gathers what a statement does; called from one thread. */
  interface Running {
    /** A step of the statement begins. */
    void begin(Step step);

    void on(Progress.Event event);

    /** A step of the statement made a model. */
    void made(Result.ModelResult result);

    /**
     * The statement ends before its last step is done.
     *
     * @param stopped whether the user stopped it; else it broke
     * @param told what the user is told of it; may be empty
     */
    void end(boolean stopped, String told);

    /** All steps with what is known of each. */
    Bundle bundle();
  }
}
