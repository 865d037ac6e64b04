package dev.espalier.kernel.doctor;

import dev.espalier.engine.EspalierException;
import dev.espalier.kernel.install.KernelSpec;
import dev.espalier.kernel.jupyter.TrialStart;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** Starts the kernel once for real. */
final class StartCheck {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration SLOW = Duration.ofSeconds(3);

  private final Consumer<Finding> found;

  StartCheck(Consumer<Finding> found) {
    this.found = found;
  }

  void start(KernelSpec spec) {
    try {
      TrialStart trial = TrialStart.of(spec.command(), spec.environment(), LIMIT);
      String text =
          String.format(
              Locale.ROOT,
              "the kernel started and answered in %.2f s",
              trial.answered().toMillis() / 1000.0);
      found.accept(
          trial.answered().compareTo(SLOW) > 0
              ? Finding.note("start", text, "a busy machine or a slow disk; see what is above")
              : Finding.ok("start", text));
    } catch (EspalierException e) {
      found.accept(
          Finding.wrong("start", e.what() + (e.why().isEmpty() ? "" : ": " + e.why()), e.fix()));
    }
  }
}
