package dev.espalier.kernel.maven;

import java.nio.file.Path;
import java.util.List;

/**
 * Libraries that were found.
 *
 * @param jars to be added, those asked for first
 * @param notes what is there already, and versions that gave way to others, a sentence each
 */
public record Resolved(List<Jar> jars, List<String> notes) {
  public Resolved {
    jars = List.copyOf(jars);
    notes = List.copyOf(notes);
  }

  /**
   * One file.
   *
   * @param neededBy the library that needs it; empty for one that was asked for
   * @param from the repository; empty when it was here already
   */
  public record Jar(Coordinate coordinate, Path file, long bytes, String neededBy, String from) {}
}
