package dev.espalier.dsl;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A program's text.
 *
 * @param name as shown in messages: a file name, or {@code cell 3}
 * @param file where it lies, for {@code include} and relative paths; empty for a cell
 */
public record Source(String name, String text, Optional<Path> file) {
  public static Source cell(int number, String text) {
    return new Source("cell " + number, text, Optional.empty());
  }
}
