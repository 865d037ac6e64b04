package dev.espalier.engine.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeLibraryTest {
  @TempDir Path cache;

  @Test
  void theLibraryIsUnpackedOnceAndMendedWhenItWasCut() throws Exception {
    Path folder = RuntimeLibrary.unpacked(cache);
    Path library = folder.resolve(System.mapLibraryName("onnxruntime"));
    long size = Files.size(library);
    assertTrue(size > 1_000_000, "the library has " + size + " bytes");
    FileTime old = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(library, old);

    assertEquals(folder, RuntimeLibrary.unpacked(cache));
    assertEquals(old, Files.getLastModifiedTime(library), "it was written again");

    Files.write(library, new byte[10]);
    RuntimeLibrary.unpacked(cache);
    assertEquals(size, Files.size(library));
  }

  /** Starts the runtime; a process of its own for {@link #nothingIsReportedToItsMakers}. */
  static final class Starting {
    private Starting() {}

    public static void main(String[] arguments) {
      System.out.println("started " + RuntimeLibrary.environment().getVersion());
    }
  }

  @Test
  void nothingIsReportedToItsMakers() throws Exception {
    Path home = Files.createDirectory(cache.resolve("home"));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Duser.home=" + home,
            "-D" + RuntimeLibrary.PROPERTY + "=" + RuntimeLibrary.unpacked(cache.resolve("libs")),
            "-Djna.tmpdir=" + cache,
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Starting.class.getName());
    // Machines that build are not reported anyway, and are not what is looked at here.
    builder
        .environment()
        .keySet()
        .removeIf(name -> !name.equals("PATH") && !name.startsWith("LD_"));
    builder.environment().put("HOME", home.toString());
    builder.redirectErrorStream(true);
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.startsWith("started "), said);
    try (Stream<Path> left = Files.walk(home)) {
      assertEquals(List.of(home), left.toList());
    }
  }
}
