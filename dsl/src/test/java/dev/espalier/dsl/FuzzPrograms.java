package dev.espalier.dsl;

import dev.espalier.engine.Environment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Checks a great many random and mutated programs.
 *
 * <p>From {@code dsl/}, after a build of its tests, with their class path: {@code java -cp …
 * dev.espalier.dsl.FuzzPrograms 1000000 1} (how many, and the seed). It ends with figures, or at
 * the first program that breaks a rule, which it prints. A program that takes longer than two
 * seconds breaks one.
 */
public final class FuzzPrograms {
  private static final int WARM_UP = 20_000;
  private static final long LONG_NANOS = 50_000_000;
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
  private static final long HANG_NANOS = 2_000_000_000L;
  private static final long WATCHED_NANOS = 30_000_000_000L;
  private static volatile String current = "";
  private static volatile long since = System.nanoTime();

  private FuzzPrograms() {}

  public static void main(String[] arguments) {
    int count = Integer.parseInt(arguments[0]);
    SplittableRandom seeds = new SplittableRandom(Long.parseLong(arguments[1]));
    Scope empty = Scope.empty(new Environment(1, 2, "cpu", false));
    watch();
    long slowest = 0;
    String slowestText = "";
    long longest = 0;
    long over = 0;
    long overwork = 0;
    long mistakes = 0;
    long mendable = 0;
    long right = 0;
    long total = 0;
    for (int i = 0; i < count; i++) {
      SplittableRandom random = seeds.split();
      String text =
          switch (i % 4) {
            case 0 -> RandomPrograms.salad(random);
            case 1 -> RandomPrograms.sentences(random);
            default -> RandomPrograms.changed(random);
          };
      current = text;
      long begun = CLOCK.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      since = start;
      Checked checked = Espalier.check(Source.cell(1, text), empty);
      long took = System.nanoTime() - start;
      long worked = CLOCK.getCurrentThreadCpuTime() - begun;
      RandomPrograms.holds(text, checked);
      mistakes += checked.diagnostics().size();
      mendable += checked.diagnostics().stream().filter(d -> !d.edits().isEmpty()).count();
      right += checked.ok() ? 1 : 0;
      total += took;
      if (worked > HANG_NANOS) {
        throw new AssertionError(worked / 1_000_000 + " ms for:\n" + text);
      }
      if (i >= WARM_UP) {
        over += took > LONG_NANOS ? 1 : 0;
        overwork += worked > LONG_NANOS ? 1 : 0;
        longest = Math.max(longest, took);
        if (worked > slowest) {
          slowest = worked;
          slowestText = text;
        }
      }
      if ((i + 1) % 100_000 == 0) {
        System.out.printf(Locale.ROOT, "%d, slowest %.1f ms%n", i + 1, slowest / 1e6);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d programs, %d of them right, %d mistakes, %d with edits; %.3f ms each; after %d:"
            + " longest %.1f ms, %d over 50 ms; of processor time, which other programs on the"
            + " machine do not lengthen, most %.1f ms, %d over 50 ms; that with most:%n%s%n",
        count,
        right,
        mistakes,
        mendable,
        total / 1e6 / count,
        WARM_UP,
        longest / 1e6,
        over,
        slowest / 1e6,
        overwork,
        slowestText);
  }

  /** Ends the process when one program does not end. */
  private static void watch() {
    Thread watch =
        new Thread(
            () -> {
              while (true) {
                try {
                  Thread.sleep(1000);
                } catch (InterruptedException e) {
                  return;
                }
                if (System.nanoTime() - since > WATCHED_NANOS) {
                  System.out.println("no end in sight for:\n" + current);
                  Runtime.getRuntime().halt(1);
                }
              }
            });
    watch.setDaemon(true);
    watch.start();
  }
}
