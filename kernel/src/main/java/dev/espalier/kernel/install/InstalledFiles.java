package dev.espalier.kernel.install;

import com.google.gson.GsonBuilder;
import dev.espalier.engine.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an installation wrote, kept beside {@code kernel.json} so that it can be removed again, and
 * nothing else.
 *
 * @param files the SHA-256 of each file's content, by its path below Jupyter's data folder, with
 *     slashes
 */
record InstalledFiles(Map<String, String> files) {
  /** The name of the list itself. */
  static final String NAME = "installed.json";

  private static final long MAX_BYTES = 1 << 20;

  InstalledFiles {
    files = new LinkedHashMap<>(files);
  }

  static InstalledFiles of(Map<String, byte[]> contents) {
    Map<String, String> files = new LinkedHashMap<>();
    contents.forEach((name, content) -> files.put(name, Sha256.of(content)));
    return new InstalledFiles(files);
  }

  byte[] content() {
    return (new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(this)
            + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The list in a kernel's folder; empty when there is none that can be read. */
  static Optional<InstalledFiles> read(Path kernelspec) {
    Path file = kernelspec.resolve(NAME);
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MAX_BYTES) {
        return Optional.empty();
      }
      InstalledFiles read =
          new GsonBuilder()
              .create()
              .fromJson(Files.readString(file, StandardCharsets.UTF_8), InstalledFiles.class);
      return Optional.ofNullable(read);
    } catch (IOException | RuntimeException e) {
      // Whatever is wrong with it, it lists nothing.
      return Optional.empty();
    }
  }

  /** Whether a file still has the content that was installed. */
  static boolean unchanged(Path file, String sha256) throws IOException {
    return Files.size(file) <= MAX_BYTES && Sha256.of(Files.readAllBytes(file)).equals(sha256);
  }
}
