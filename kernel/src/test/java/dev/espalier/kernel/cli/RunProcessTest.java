package dev.espalier.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.espalier.kernel.cli.Launch.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} as a process: exit codes, what is written where, and Ctrl-C. */
class RunProcessTest {
  private static final String SHORT =
      """
      language 1
      data small from glyphs take 500
      train mlp(16) on small for 2 epochs as net
      chart training of net
      expect accuracy of net at least %s
      report to "page.html" with title "A short one"
      """;

  @TempDir Path folder;

  private Ended run(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 3];
    all[0] = "run";
    all[1] = "--threads";
    all[2] = "1";
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return new Launch(folder, all).run();
  }

  @Test
  void aProgramRunsItsChartsAreWrittenAndASecondRunIsCached() throws Exception {
    Files.writeString(folder.resolve("short.esp"), SHORT.formatted("1%"));
    Ended ended = run("short.esp");
    assertEquals(0, ended.exit(), ended.all());
    assertTrue(ended.out().contains("▸ train mlp(16) on small for 2 epochs as net"), ended.out());
    assertTrue(ended.out().contains("✓ expect accuracy of net at least 1%"), ended.out());
    assertTrue(ended.err().contains("epoch 2/2"), ended.err());
    assertFalse(ended.all().contains("\u001b"), "a pipe gets no control sequences");
    assertFalse(ended.all().contains("\r"), "a pipe gets whole lines");
    try (var written = Files.list(folder.resolve("short-out"))) {
      assertEquals(2, written.count(), "a PNG and an SVG");
    }
    String page = Files.readString(folder.resolve("page.html"));
    assertTrue(page.contains("A short one"));
    assertTrue(page.contains("run short.esp --seed 1 --threads 1"));

    Ended again = run("short.esp");
    assertEquals(0, again.exit(), again.all());
    assertTrue(again.out().contains("net (model, cached)"), again.out());
    assertFalse(again.err().contains("epoch"), again.err());
  }

  @Test
  void aFailedExpectationIsExitCode1() throws Exception {
    Files.writeString(folder.resolve("short.esp"), SHORT.formatted("100%"));
    // ONNX Runtime reads the command line; a long one must not be the end of the process.
    Ended ended =
        new Launch(folder, "run", "short.esp", "--threads", "1")
            .java("-Dlong=" + "x".repeat(30_000))
            .run();
    assertEquals(1, ended.exit(), ended.all());
    assertTrue(ended.out().contains("✗ expect accuracy of net at least 100%"), ended.out());
    assertTrue(ended.out().contains("wrote the report"), "what follows still runs");
  }

  @Test
  void aWrongProgramIsExitCode2AndNothingRuns() throws Exception {
    Files.writeString(folder.resolve("wrong.esp"), "data d from glyphs\ntrian mlp(3) on d\n");
    Ended ended = run("wrong.esp");
    assertEquals(2, ended.exit(), ended.all());
    assertTrue(ended.err().contains("1 mistake; nothing was run"), ended.err());
    assertEquals("", ended.out());
    assertFalse(Files.exists(folder.resolve("store")), "the store was not touched");
    assertEquals(2, run("missing.esp").exit());
    assertEquals(2, run("wrong.esp", "--threads", "0").exit());
    assertEquals(2, run().exit());
  }

  @Test
  void whatCannotBeWrittenIsExitCode3AndIsNamed() throws Exception {
    Files.writeString(folder.resolve("short.esp"), SHORT.formatted("1%"));
    Files.writeString(folder.resolve("blocker"), "x");
    Ended ended = run("short.esp", "--out", "blocker/charts");
    assertEquals(3, ended.exit(), ended.all());
    assertTrue(ended.err().contains("short.esp:4"), ended.err());
    assertTrue(ended.err().contains("blocker"), ended.err());
    assertEquals("x", Files.readString(folder.resolve("blocker")));
  }

  @Test
  void ctrlCStopsWithinABatchAndRunningAgainGoesOn() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "needs /bin/kill");
    assumeTrue(hearsInterrupts(), "whoever started this ignores SIGINT, and so do its children");
    String program =
        """
        data small from glyphs take 500
        train mlp(16) on small for 1 epoch as first
        train mlp(300, 100) on small for 800 epochs as second then prune 50% as third
        expect accuracy of second at least 1%
        """;
    Files.writeString(folder.resolve("long.esp"), program);
    Launch launch = new Launch(folder, "run", "long.esp", "--threads", "1");
    Process process = launch.start();
    long give = System.nanoTime() + 60_000_000_000L;
    Path err = folder.resolve("stderr.txt");
    // A line a quarter of so many epochs.
    while (!Files.readString(err).contains("epoch 200/800") && System.nanoTime() < give) {
      Thread.sleep(20);
    }
    new ProcessBuilder("/bin/kill", "-INT", Long.toString(process.pid())).start().waitFor();
    Ended ended = launch.end(process);
    assertEquals(130, ended.exit(), ended.all());
    assertTrue(ended.err().contains("stopped in line 3 of long.esp"), ended.err());
    assertTrue(ended.err().matches("(?s).*train stopped after epoch \\d+ of 800.*"), ended.err());
    assertTrue(ended.err().contains("run again to go on from there"), ended.err());
    assertFalse(ended.out().contains("expect accuracy"), "what stands behind it does not run");

    Ended again = new Launch(folder, "run", "long.esp", "--threads", "1").run();
    assertEquals(0, again.exit(), again.all());
    assertTrue(again.out().contains("first (model, cached)"), again.out());
    assertTrue(again.err().matches("(?s).*goes on after epoch \\d+ of 800.*"), again.err());
    assertFalse(again.err().contains("epoch 200/800"), "it did not begin anew: " + again.err());
    assertTrue(again.out().contains("800 epochs"), again.out());
  }

  /** A shell starts what runs in its background with SIGINT ignored, and that is inherited. */
  private static boolean hearsInterrupts() throws Exception {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return true;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("SigIgn:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) == 0;
      }
    }
    return true;
  }
}
