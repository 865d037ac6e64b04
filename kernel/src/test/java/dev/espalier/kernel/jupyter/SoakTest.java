package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two thousand cells with one kernel; see {@link Soak}. */
class SoakTest {
  /** A tenth, and half as much again for the moment at which the samples fall. */
  private static final double MOST_GROWTH = 0.15;

  private static final int MOST_MORE_THREADS = 3;

  @TempDir private Path folder;

  @Test
  @Tag("long")
  void losesNoAnswerKeepsNoThreadAndHoldsItsMemory() throws Exception {
    Soak.Outcome outcome = Soak.run(KernelProcess.Spec.underTest(), folder, 2000, System.out);
    outcome.judge(System.out);
    assertEquals(List.of(), outcome.lost());
    assertTrue(outcome.moreThreads() <= MOST_MORE_THREADS, outcome.held().toString());
    assertTrue(outcome.growth(Soak.Held::heapBytes) <= MOST_GROWTH, outcome.held().toString());
    assertTrue(outcome.growth(Soak.Held::metaspaceBytes) <= MOST_GROWTH, outcome.held().toString());
  }
}
