package dev.espalier.engine.data;

import java.nio.file.Path;

/** The name of a data set that the program has not named yet. */
final class Naming {
  private Naming() {}

  /** A file's or folder's name up to its first dot. */
  static String stem(Path file) {
    Path last = file.toAbsolutePath().normalize().getFileName();
    String name = last == null ? "data" : last.toString();
    int dot = name.indexOf('.', 1);
    return dot < 0 ? name : name.substring(0, dot);
  }
}
