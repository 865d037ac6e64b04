package dev.espalier.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir Path folder;

  @Test
  void makesMissingFoldersAndReplacesTheOldFile() throws IOException {
    Path file = folder.resolve("a/b/model.onnx");
    WholeFile.write(file, "first".getBytes(StandardCharsets.UTF_8));
    WholeFile.write(file, "second".getBytes(StandardCharsets.UTF_8));
    assertEquals("second", Files.readString(file));
    assertEquals(List.of("model.onnx"), names(file.getParent()));
  }

  @Test
  void aFailureMidwayLeavesTheOldFileAndNothingBeside() throws IOException {
    Path file = folder.resolve("report.html");
    WholeFile.write(file, "old".getBytes(StandardCharsets.UTF_8));
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () ->
                WholeFile.write(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException("No space left on device");
                    }));
    assertEquals(EspalierException.Blame.RUN, e.blame());
    assertTrue(e.getMessage().contains("no space left"), e.getMessage());
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("report.html"), names(folder));
  }

  @Test
  void aFolderInTheWayIsNamed() throws IOException {
    Path file = Files.createDirectory(folder.resolve("taken"));
    EspalierException e =
        assertThrows(EspalierException.class, () -> WholeFile.write(file, new byte[1]));
    assertTrue(e.getMessage().contains("it is a folder"), e.getMessage());
    assertTrue(Files.isDirectory(file));
  }

  @Test
  void aFileWhereAFolderIsNeededIsNamed() throws IOException {
    Path taken = Files.createFile(folder.resolve("store"));
    EspalierException direct =
        assertThrows(
            EspalierException.class,
            () -> WholeFile.write(taken.resolve("model.onnx"), new byte[1]));
    assertEquals(taken + " is a file, and a folder is needed", direct.why());
    EspalierException missing =
        assertThrows(
            EspalierException.class,
            () -> {
              throw WholeFile.failure(
                  taken, new java.nio.file.NoSuchFileException("/proc/nowhere"));
            });
    assertEquals("/proc/nowhere is not there, and cannot be made", missing.why());
  }

  private static List<String> names(Path in) throws IOException {
    try (Stream<Path> files = Files.list(in)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
