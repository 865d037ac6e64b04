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

  /** The line of a place in the text, from 1. */
  public int line(int offset) {
    int line = 1;
    for (int at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
      line++;
    }
    return line;
  }
}
