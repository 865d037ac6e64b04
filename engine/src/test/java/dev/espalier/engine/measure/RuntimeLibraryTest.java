package dev.espalier.engine.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
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
}
