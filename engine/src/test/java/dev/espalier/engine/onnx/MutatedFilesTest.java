package dev.espalier.engine.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files damaged at random, byte by byte and field by field: each is read or refused with a message
 * that names the file. A process of its own would not outlive a crash, a hang, or a claim of memory
 * that 512 MB cannot fill.
 */
class MutatedFilesTest {
  private static void assertReadOrRefused(int count, long seed, Path folder) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MutatedFiles.class.getName(),
                Integer.toString(count),
                Long.toString(seed),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile())
            .start();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    process.destroyForcibly();
    String said =
        new String(
            java.nio.file.Files.readAllBytes(folder.resolve("said")), StandardCharsets.UTF_8);
    assertTrue(ended, "a file holds it up: " + said);
    assertEquals(0, process.exitValue(), said);
    Matcher counts = Pattern.compile("read (\\d+) refused (\\d+) slowest (\\d+)").matcher(said);
    assertTrue(counts.find(), said);
    int read = Integer.parseInt(counts.group(1));
    assertTrue(read > count / 50 && read < count * 0.9, said);
  }

  @Test
  void tenThousandDamagedFilesAreReadOrRefused(@TempDir Path folder) throws Exception {
    assertReadOrRefused(10_000, 1, folder);
  }

  @Test
  @Tag("long")
  void aHundredThousandMoreAreReadOrRefused(@TempDir Path folder) throws Exception {
    assertReadOrRefused(100_000, 2, folder);
  }
}
