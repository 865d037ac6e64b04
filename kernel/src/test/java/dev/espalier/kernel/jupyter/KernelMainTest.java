package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  /** Whoever opens a connection by Java's own means loads one of these. */
  @Test
  void aStartAndFirstCellsReachNoNetwork(@TempDir Path folder) throws Exception {
    KernelConnectionProperties properties = Correspondent.freePorts();
    Path connection = folder.resolve("connection.json");
    Files.writeString(connection, properties.toJsonString());
    Path loaded = folder.resolve("classes.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xlog:class+load:file=" + loaded,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            KernelMain.class.getName(),
            connection.toString());
    builder.environment().put("ESPALIER_STORE", folder.resolve("store").toString());
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("log.txt").toFile());
    Process process = builder.start();
    try (Correspondent to = new Correspondent(properties, 60_000)) {
      for (String code : List.of("let x = 1", "note \"here\"", "%%java\n1 + 1")) {
        JsonObject cell = Json.of("code", code, "silent", false, "store_history", true);
        assertTrue(Correspondent.ok(to.ask(to.shell, "execute_request", cell)), code);
      }
      to.ask(to.control, "shutdown_request", Json.of("restart", false));
      assertTrue(process.waitFor(30, TimeUnit.SECONDS), "did not end");
    } finally {
      process.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(loaded);
    assertTrue(lines.stream().anyMatch(l -> l.contains(" " + KernelMain.class.getName() + " ")));
    Pattern network =
        Pattern.compile(
            " (sun\\.net\\.www\\.protocol\\.(https?|ftp)\\.\\w*Connection"
                + "|sun\\.net\\.www\\.http\\.|jdk\\.internal\\.net\\.http\\."
                + "|java\\.net\\.(SocksSocketImpl|DatagramSocket) |sun\\.security\\.ssl\\.SSL)");
    assertEquals(List.of(), lines.stream().filter(l -> network.matcher(l).find()).toList());
  }
}
