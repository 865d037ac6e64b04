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
  /** JShell's compiler keeps some of each declaration; what is more than that has leaked. */
  private static final long MOST_BYTES_A_CELL = 40_000;

  @TempDir private Path folder;

  @Test
  @Tag("long")
  void losesNoAnswerAndKeepsNoThread() throws Exception {
    Soak.Outcome outcome = Soak.run(KernelProcess.Spec.underTest(), folder, 2000, System.out);
    assertEquals(List.of(), outcome.lost());
    Soak.Held early = outcome.at(500);
    Soak.Held late = outcome.at(2000);
    assertTrue(late.threads() <= early.threads() + 3, outcome.held().toString());
    assertTrue(
        late.heapBytes() - early.heapBytes() <= 1500 * MOST_BYTES_A_CELL,
        outcome.held().toString());
  }
}
