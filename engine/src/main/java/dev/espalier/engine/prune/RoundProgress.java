package dev.espalier.engine.prune;

import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;

/**
 * Tells the epochs of one round's finetuning as epochs of the whole step.
 *
 * @param before epochs of earlier rounds
 * @param all epochs of all rounds
 */
record RoundProgress(Progress to, int before, int all) implements Progress {
  @Override
  public void on(Event event) {
    if (event instanceof Event.Batch b) {
      // The epochs of the rounds to come take as long as those of this round.
      double perEpoch =
          b.secondsLeft() / (b.epochs() - b.epoch() + 1 - (double) b.batch() / b.batches());
      int later = all - before - b.epochs();
      double left = later <= 0 ? b.secondsLeft() : b.secondsLeft() + perEpoch * later;
      to.on(
          new Event.Batch(
              b.verb(), before + b.epoch(), all, b.batch(), b.batches(), b.loss(), left));
    } else if (event instanceof Event.EpochEnded e) {
      to.on(new Event.EpochEnded(e.verb(), all, later(e.epoch(), before + e.epoch().epoch())));
    } else {
      to.on(event);
    }
  }

  @Override
  public boolean cancelled() {
    return to.cancelled();
  }

  /** The epoch under another number. */
  static Model.Epoch later(Model.Epoch epoch, int number) {
    return new Model.Epoch(
        epoch.step(),
        number,
        epoch.loss(),
        epoch.validationLoss(),
        epoch.validationAccuracy(),
        epoch.seconds());
  }
}
