package dev.espalier.engine;

import java.util.List;

/** Where events of a run go and where cancellation comes from; polled at every batch. */
public interface Progress {
  /** Nothing listens and nothing cancels. */
  Progress NONE = event -> {};

  /** Called on the running thread; must return quickly and not throw. */
  void on(Event event);

  /** Whether the user asked to stop; the running step then throws {@link Cancelled}. */
  default boolean cancelled() {
    return false;
  }

  /** Throws {@link Cancelled} when the user asked to stop. */
  default void check() {
    if (cancelled()) {
      throw new Cancelled();
    }
  }

  /** The user stopped the run. */
  class Cancelled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Cancelled() {
      this("stopped");
    }

    /** With what the user is told of it. */
    protected Cancelled(String message) {
      super(message);
    }
  }

  /** What happens while a run goes on. */
  sealed interface Event {
    /**
     * A step begins. {@code verb} is {@code train}, {@code prune} …; {@code name} what it makes.
     */
    record Started(String verb, String name) implements Event {}

    /**
     * A batch is done.
     *
     * @param epoch from 1
     * @param batch batches done in this epoch
     * @param loss mean loss of the epoch so far
     * @param secondsLeft estimate for the whole step; NaN when unknown
     */
    record Batch(
        String verb, int epoch, int epochs, int batch, int batches, double loss, double secondsLeft)
        implements Event {}

    /**
     * A training goes on where it was stopped before.
     *
     * @param done the epochs of that time, in order
     */
    record Resumed(String verb, int epochs, List<Model.Epoch> done) implements Event {
      public Resumed {
        done = List.copyOf(done);
      }
    }

    /** An epoch is done. */
    record EpochEnded(String verb, int epochs, Model.Epoch epoch) implements Event {}

    /**
     * The user stopped a training, and what it had reached can be used.
     *
     * @param epoch the last whole one
     * @param epochs that were wanted
     */
    record Stopped(String verb, String name, int epoch, int epochs, double seconds)
        implements Event {}

    /**
     * How far the runs of a sweep are, all together.
     *
     * @param part done of all, from 0 to 1, with what is done of those that run
     * @param secondsLeft NaN when unknown
     */
    record Runs(int done, int failed, int total, int workers, double part, double secondsLeft)
        implements Event {}

    /** Bytes or items of something long that is no training: a download, a calibration. */
    record Amount(String what, long done, long total) implements Event {}

    /**
     * A step is done.
     *
     * @param cached whether the store had the result already
     * @param effect what it changed, one line ({@code 266,610 → 133,305 weights …}); may be empty
     */
    record Finished(String verb, String name, boolean cached, double seconds, String effect)
        implements Event {}
  }
}
