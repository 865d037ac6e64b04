package dev.espalier.kernel.jupyter;

/**
 * Thrown into a user's code when the user interrupts it. An error, so that {@code catch (Exception
 * e)} in a loop does not swallow it.
 */
final class Stopped extends Error {
  private static final long serialVersionUID = 1L;

  Stopped() {
    super("stopped", null, false, false);
  }
}
