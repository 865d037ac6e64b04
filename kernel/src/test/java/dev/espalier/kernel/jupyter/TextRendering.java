package dev.espalier.kernel.jupyter;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Step;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Result;
import java.util.Optional;

/** Displays whose text shows what was asked of the renderer. */
final class TextRendering implements Rendering {
  @Override
  public Bundle result(Result result) {
    if (result instanceof Result.NoteResult note && note.markdown().equals("too large to draw")) {
      throw new OutOfMemoryError("drawing");
    }
    if (result instanceof Result.NoteResult note && note.markdown().equals("too deep to draw")) {
      throw new StackOverflowError();
    }
    return Bundle.text(result instanceof Result.NoteResult note ? note.markdown() : "result");
  }

  @Override
  public Optional<Bundle> curve(String name, Model model) {
    return Optional.empty();
  }

  @Override
  public String diagnostic(Diagnostic diagnostic) {
    return diagnostic.code() + " " + diagnostic.title();
  }

  @Override
  public Running running() {
    return new Running() {
      private String last = "";

      @Override
      public void begin(Step step) {
        last = "";
      }

      @Override
      public void made(Result.ModelResult result) {
        last = "made " + result.name();
      }

      @Override
      public void end(boolean stopped, String told) {
        last = (stopped ? "stopped: " : "broke: ") + last;
      }

      @Override
      public void on(Progress.Event event) {
        last =
            event instanceof Progress.Event.Batch b
                ? "batch " + b.batch() + "/" + b.batches()
                : event.getClass().getSimpleName();
      }

      @Override
      public Bundle bundle() {
        return Bundle.text(last);
      }
    };
  }
}
