package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a kernel takes from its environment. */
class KernelMainTest {
  @Test
  void threadsAndDownloadsAreSetByTheEnvironment() {
    Environment set =
        KernelMain.environment(Map.of("ESPALIER_THREADS", "3", "ESPALIER_OFFLINE", "yes"));
    assertEquals(3, set.threads());
    assertTrue(set.offline());
    Environment usual = KernelMain.environment(Map.of("ESPALIER_OFFLINE", "no"));
    assertEquals(Environment.defaultThreads(), usual.threads());
    assertFalse(usual.offline());
  }

  @Test
  void otherValuesAreRefused() {
    for (String threads : List.of("0", "-1", "many", "1025", "99999999999")) {
      EspalierException refused =
          assertThrows(
              EspalierException.class,
              () -> KernelMain.environment(Map.of("ESPALIER_THREADS", threads)));
      assertTrue(refused.getMessage().contains("ESPALIER_THREADS"), refused.getMessage());
    }
    assertEquals(1024, KernelMain.environment(Map.of("ESPALIER_THREADS", "1024")).threads());
    assertThrows(
        EspalierException.class,
        () -> KernelMain.environment(Map.of("ESPALIER_OFFLINE", "perhaps")));
  }
}
