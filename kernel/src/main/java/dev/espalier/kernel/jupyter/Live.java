package dev.espalier.kernel.jupyter;

import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.Step;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Result;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The display of a running statement. It appears with the first event that takes time, is replaced
 * in place, and in the end becomes what the statement gave: for a pipeline its steps, else the
 * result.
 */
final class Live {
  /** Often enough to look alive; a front end chokes on an update a batch. */
  private static final long UPDATE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Outlet outlet;
  private final Rendering.Running running;
  private final Source source;
  private final Span span;
  private final String id = UUID.randomUUID().toString();
  private boolean shown;
  private long updated;

  /** Of the statement that this step is the first of. */
  Live(Outlet outlet, Rendering.Running running, Step first) {
    this.outlet = outlet;
    this.running = running;
    this.source = first.source();
    this.span = first.span();
  }

  /** Whether a step belongs to this statement. */
  boolean holds(Step step) {
    return step.span().equals(span) && step.source().equals(source);
  }

  void begin(Step step) {
    running.begin(step);
  }

  void on(Progress.Event event) {
    running.on(event);
    boolean starts =
        event instanceof Progress.Event.Started || event instanceof Progress.Event.Finished;
    if (starts && !shown) {
      return;
    }
    long now = System.nanoTime();
    if (!shown || now - updated >= UPDATE_NANOS) {
      become(running.bundle());
      updated = now;
    }
  }

  boolean shown() {
    return shown;
  }

  /** A step of the statement made a model. */
  void made(Result.ModelResult result) {
    running.made(result);
    become(running.bundle());
  }

  /** Shows something in the place of the steps. */
  void become(Bundle bundle) {
    if (!shown) {
      outlet.flush();
    }
    outlet.publish(shown ? "update_display_data" : "display_data", bundle.content(id));
    shown = true;
  }

  /**
   * Leaves what was done and where it ended, if there is anything to show.
   *
   * @param told what the user is told of it; may be empty
   */
  void end(boolean stopped, String told) {
    running.end(stopped, told);
    if (shown) {
      become(running.bundle());
    }
  }
}
