package dev.espalier.engine.device;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import java.io.IOException;
import java.time.Duration;

/**
 * Joules that a piece of work takes beyond what the idle machine takes in the same time, by the
 * processor's own counters. They are of the whole package: what else the machine does is counted
 * too, so it should do nothing else.
 *
 * @param joules for one repetition, what the idle machine takes left out
 * @param idleWatts what the machine took before and after
 * @param repetitions how often the work was done
 */
public record EnergyMeasurement(double joules, double idleWatts, long repetitions) {

  /**
   * Measures.
   *
   * @param budget how long the work is repeated; the idle machine is watched half as long, half of
   *     it before and half after
   * @throws EspalierException when there are no counters, or they stand still
   */
  public static EnergyMeasurement of(
      EnergyCounter counter, Runnable work, Duration budget, Progress progress) {
    if (!counter.isThere()) {
      throw unavailable(counter.why());
    }
    try {
      double[] idle = idle(counter, budget.dividedBy(4), progress);
      EnergyCounter.Reading from = counter.now();
      long begin = System.nanoTime();
      long repetitions = 0;
      do {
        progress.check();
        work.run();
        repetitions++;
      } while (System.nanoTime() - begin < budget.toNanos());
      double seconds = (System.nanoTime() - begin) * 1e-9;
      double joules = counter.joules(from, counter.now());
      double[] after = idle(counter, budget.dividedBy(4), progress);
      double watts = (idle[0] + after[0]) / (idle[1] + after[1]);
      if (joules <= 0) {
        throw unavailable("the counters stood still while the model ran");
      }
      return new EnergyMeasurement(
          Math.max(0, joules - watts * seconds) / repetitions, watts, repetitions);
    } catch (IOException e) {
      throw unavailable(String.valueOf(e.getMessage()));
    }
  }

  /** Joules and seconds of a machine left alone. */
  private static double[] idle(EnergyCounter counter, Duration time, Progress progress)
      throws IOException {
    EnergyCounter.Reading from = counter.now();
    long begin = System.nanoTime();
    try {
      do {
        progress.check();
        Thread.sleep(Math.max(1, Math.min(50, time.toMillis())));
      } while (System.nanoTime() - begin < time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    double seconds = (System.nanoTime() - begin) * 1e-9;
    return new double[] {counter.joules(from, counter.now()), seconds};
  }

  private static EspalierException unavailable(String why) {
    return EspalierException.program(
        "energy cannot be measured on this machine",
        "",
        why,
        "name a device whose power is known, `target mcu is cortex-m4 { … }`, or ask for latency");
  }
}
