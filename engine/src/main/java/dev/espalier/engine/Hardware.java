package dev.espalier.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What can be said of the machine without native code. */
public final class Hardware {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Hardware() {}

  /** The processor's name; empty where the system does not tell. */
  public static Optional<String> processor() {
    if (!Files.isReadable(CPU_INFO)) {
      return Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER"));
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
