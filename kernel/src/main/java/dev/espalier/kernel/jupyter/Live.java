package dev.espalier.kernel.jupyter;

import dev.espalier.engine.Progress;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The display of a running step. It appears with the first event that takes time, is replaced in
 * place, and in the end becomes what the step gave.
 */
final class Live {
  /** Often enough to look alive; a front end chokes on an update a batch. */
  private static final long UPDATE_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

  private final Outlet outlet;
  private final Rendering.Running running;
  private final String id = UUID.randomUUID().toString();
  private boolean shown;
  private long updated;

  Live(Outlet outlet, Rendering.Running running) {
    this.outlet = outlet;
    this.running = running;
  }

  void on(Progress.Event event) {
    running.on(event);
    if (event instanceof Progress.Event.Started || event instanceof Progress.Event.Finished) {
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

  /** Shows something in the place of the bar. */
  void become(Bundle bundle) {
    if (!shown) {
      outlet.flush();
    }
    outlet.publish(shown ? "update_display_data" : "display_data", bundle.content(id));
    shown = true;
  }

  /** Leaves a line of text where the bar stopped. */
  void stop(String why) {
    if (shown) {
      become(Bundle.text(why + ": " + running.text()));
    }
  }
}
