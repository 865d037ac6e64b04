package dev.espalier.kernel.jupyter;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** How long something took: by the clock, and of processors over all threads of the kernel. */
final class Stopwatch {
  /** Nanoseconds: systems count the time of processors in steps as long as this. */
  private static final long CLOCK_TICK = 10_000_000;

  private long wall;
  private long cpu;
  private long wallAtStart;
  private long cpuAtStart;

  /** One that runs. */
  static Stopwatch started() {
    Stopwatch watch = new Stopwatch();
    watch.start();
    return watch;
  }

  synchronized void start() {
    cpuAtStart = processorNanos();
    wallAtStart = System.nanoTime();
  }

  /** Adds what passed since the start. */
  synchronized void stop() {
    wall += System.nanoTime() - wallAtStart;
    cpu += processorNanos() - cpuAtStart;
  }

  synchronized void reset() {
    wall = 0;
    cpu = 0;
  }

  /** Nanoseconds between starts and stops. */
  synchronized long wall() {
    return wall;
  }

  /** Adds what another one measured. */
  synchronized void add(Stopwatch other) {
    wall += other.wall;
    cpu += other.cpu;
  }

  /**
   * What it took, in two lines.
   *
   * @param compiling nanoseconds that are told apart; 0 for none
   */
  synchronized String lines(long compiling) {
    return "CPU time: "
        + (cpu < CLOCK_TICK ? "under " + duration(CLOCK_TICK) : duration(cpu))
        + ", all threads\nWall time: "
        + duration(wall)
        + (compiling > 0 ? ", and " + duration(compiling) + " to compile" : "");
  }

  private static long processorNanos() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }

  /** Three significant digits with the unit that suits. */
  static String duration(long nanos) {
    if (nanos >= 3_600_000_000_000L) {
      return nanos / 3_600_000_000_000L + " h " + nanos / 60_000_000_000L % 60 + " min";
    }
    if (nanos >= 60_000_000_000L) {
      return nanos / 60_000_000_000L + " min " + nanos / 1_000_000_000L % 60 + " s";
    }
    double value = nanos;
    String unit = "ns";
    for (String larger : new String[] {"µs", "ms", "s"}) {
      if (value < 1000) {
        break;
      }
      value /= 1000;
      unit = larger;
    }
    int places = unit.equals("ns") || value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + places + "f %s", value, unit);
  }
}
