package dev.espalier.kernel.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compares text with a file of the repository. Run with {@code -Dgolden.write=true} to write the
 * files anew, then read the difference before committing it.
 */
public final class Golden {
  private static final Path FOLDER =
      Path.of("src/test/resources/dev/espalier/kernel/render/golden");

  private Golden() {}

  public static void check(String name, String actual) throws IOException {
    Path file = FOLDER.resolve(name);
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, actual);
    }
    assertTrue(Files.exists(file), () -> file + " is missing; run with -Dgolden.write=true");
    assertEquals(Files.readString(file), actual, name);
  }
}
