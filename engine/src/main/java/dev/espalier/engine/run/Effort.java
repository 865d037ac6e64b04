package dev.espalier.engine.run;

import dev.espalier.engine.Hardware;

/**
 * What it took to make a model, kept beside it, so that a later run can be foretold.
 *
 * @param work what was done, but for how long: operations of equal work take the same time for an
 *     epoch of a sample; see {@link Work}
 * @param epochs of training; 0 where nothing trained
 * @param samples in the training split; 0 without data
 * @param data key of the data set; empty without data
 * @param seconds wall time, loading the data included
 * @param training the part of {@code seconds} that the epochs took
 * @param peakBytes most memory of the process while it went on; 0 where the system does not tell
 * @param machine see {@link #here()}
 */
public record Effort(
    String work,
    int epochs,
    long samples,
    String data,
    double seconds,
    double training,
    long peakBytes,
    String machine) {

  /** This machine, as far as time depends on it. */
  public static String here() {
    return Hardware.processor().orElse(System.getProperty("os.arch"))
        + ", "
        + Runtime.getRuntime().availableProcessors();
  }

  /** Whether everything is there and can be; a file may hold anything. */
  boolean isWhole() {
    return work != null
        && data != null
        && machine != null
        && epochs >= 0
        && samples >= 0
        && peakBytes >= 0
        && training >= 0
        && training <= seconds
        && Double.isFinite(seconds);
  }
}
