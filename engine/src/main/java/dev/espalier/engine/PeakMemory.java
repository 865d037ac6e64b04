package dev.espalier.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The most memory that this process held since a moment: its peak resident set, native memory
 * included. Linux tells (proc(5): VmHWM, which clear_refs resets); other systems do not.
 */
public final class PeakMemory {
  private static final Path RESET = Path.of("/proc/self/clear_refs");
  private static final Path STATUS = Path.of("/proc/self/status");

  private final boolean known;

  private PeakMemory(boolean known) {
    this.known = known;
  }

  /** Begins to watch. */
  public static PeakMemory watch() {
    try {
      if (Files.isWritable(RESET)) {
        Files.write(RESET, "5".getBytes(StandardCharsets.US_ASCII));
        return new PeakMemory(true);
      }
    } catch (IOException e) {
      // A container may forbid it; then nothing is known.
    }
    return new PeakMemory(false);
  }

  /** Bytes; empty where the system does not tell. */
  public OptionalLong bytes() {
    if (!known) {
      return OptionalLong.empty();
    }
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst();
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
