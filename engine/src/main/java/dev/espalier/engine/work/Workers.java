package dev.espalier.engine.work;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import java.util.List;

/**
 * Does jobs, several at once. What comes of them goes to the store that the workers share; nothing
 * but news comes back.
 */
public interface Workers {
  /** What a worker tells, and what it is told; called on the thread that called {@link #work}. */
  interface Feedback {
    /** How much of a job is done, from 0 to 1. */
    void reached(int job, double part);

    /** A job is done. */
    void done(int job);

    /** A job cannot be done. */
    void failed(int job, String reason);

    /** Whether the user asked to stop. */
    boolean cancelled();
  }

  /** How many jobs are done at once. */
  int count();

  /**
   * Does the jobs, each when those before it are done, and returns when all are done or failed. A
   * job fails with those that it comes after.
   *
   * @param jobs numbered by their place
   * @throws Progress.Cancelled when the user stopped it; what was done stays stored
   * @throws EspalierException when no worker can work
   */
  void work(List<Job> jobs, Feedback feedback);
}
