package dev.espalier.engine;

/**
 * What a result depends on beside its operation.
 *
 * @param seed the one source of randomness
 * @param threads of training; 1 and 2 threads give different bits, so it is part of the key
 * @param device {@code cpu} or {@code gpu}
 * @param offline whether downloading is forbidden
 */
public record Environment(long seed, int threads, String device, boolean offline) {
  /** Seed 1, {@link #defaultThreads()}, on the CPU, downloads allowed. */
  public static Environment standard() {
    return new Environment(1, defaultThreads(), "cpu", false);
  }

  /** The machine's processors, at most 8. */
  public static int defaultThreads() {
    return Math.max(1, Math.min(8, Runtime.getRuntime().availableProcessors()));
  }
}
