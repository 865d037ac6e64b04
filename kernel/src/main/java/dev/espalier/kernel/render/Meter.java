package dev.espalier.kernel.render;

import dev.espalier.engine.Progress;

/** What is known of the running step, gathered from its events. Safe to read from any thread. */
public final class Meter {
  /**
   * The state at one moment.
   *
   * @param verb {@code train}, {@code prune} …; empty before anything started
   * @param name what is being made; may be empty
   * @param what of a long thing that is no training, such as {@code downloading}; else empty
   * @param fraction done, 0 to 1; NaN when unknown
   * @param epoch from 1; 0 when nothing trains
   * @param loss mean training loss of the epoch so far; NaN when unknown
   * @param accuracy on the validation split, of the last finished epoch; NaN when unknown
   * @param secondsLeft NaN when unknown
   */
  public record Reading(
      String verb,
      String name,
      String what,
      double fraction,
      int epoch,
      int epochs,
      double loss,
      double accuracy,
      double secondsLeft) {
    static final Reading NOTHING =
        new Reading("", "", "", Double.NaN, 0, 0, Double.NaN, Double.NaN, Double.NaN);

    /** {@code train teacher}. */
    public String title() {
      String step = name.isEmpty() ? verb : verb.isEmpty() ? name : verb + " " + name;
      return what.isEmpty() ? step : step.isEmpty() ? what : step + ": " + what;
    }
  }

  private Reading now = Reading.NOTHING;

  /** Takes note of an event. */
  public synchronized void on(Progress.Event event) {
    if (event instanceof Progress.Event.Started e) {
      now =
          new Reading(e.verb(), e.name(), "", Double.NaN, 0, 0, Double.NaN, Double.NaN, Double.NaN);
    } else if (event instanceof Progress.Event.Batch e) {
      double done = e.batches() > 0 ? Math.min(1, (double) e.batch() / e.batches()) : 0;
      double fraction = e.epochs() > 0 ? (e.epoch() - 1 + done) / e.epochs() : Double.NaN;
      now =
          new Reading(
              e.verb(),
              now.name,
              "",
              fraction,
              e.epoch(),
              e.epochs(),
              e.loss(),
              now.accuracy,
              e.secondsLeft());
    } else if (event instanceof Progress.Event.EpochEnded e) {
      int epoch = e.epoch().epoch();
      now =
          new Reading(
              e.verb(),
              now.name,
              "",
              e.epochs() > 0 ? (double) epoch / e.epochs() : Double.NaN,
              epoch,
              e.epochs(),
              e.epoch().loss(),
              e.epoch().validationAccuracy(),
              e.epoch().seconds() * Math.max(0, e.epochs() - epoch));
    } else if (event instanceof Progress.Event.Amount e) {
      now =
          new Reading(
              now.verb,
              now.name,
              e.what(),
              e.total() > 0 ? Math.min(1, (double) e.done() / e.total()) : Double.NaN,
              0,
              0,
              Double.NaN,
              Double.NaN,
              Double.NaN);
    } else {
      now = Reading.NOTHING;
    }
  }

  /** The state now. */
  public synchronized Reading read() {
    return now;
  }
}
