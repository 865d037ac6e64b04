package dev.espalier.engine.run;

import dev.espalier.engine.Progress;

/** Stops a training after some of its epochs. */
final class UpToEpoch implements Progress {
  private final Progress to;
  private final int epochs;
  private int done;

  UpToEpoch(Progress to, int epochs) {
    this.to = to;
    this.epochs = epochs;
  }

  @Override
  public void on(Event event) {
    if (event instanceof Event.EpochEnded) {
      done++;
    }
    to.on(event);
  }

  @Override
  public boolean cancelled() {
    return done >= epochs || to.cancelled();
  }
}
