package dev.espalier.kernel.jupyter;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Libraries that the user adds to Java cells. */
final class Libraries {
  private static final int MOST_FILES = 10_000;

  private final JavaCells java;
  private final Streams streams;
  private final Set<Path> added = new LinkedHashSet<>();

  Libraries(JavaCells java, Streams streams) {
    this.java = java;
    this.streams = streams;
  }

  // ---- files

  /** {@code %jars lib/*.jar}. */
  void jars(Request request, String words) throws CellFailure {
    List<Path> found = new ArrayList<>();
    for (String word : words(Magic.JARS, words)) {
      for (Path path : matching(Magic.JARS, word)) {
        if (Files.isDirectory(path)) {
          found.addAll(matching(Magic.JARS, path + "/*.jar"));
        } else {
          found.add(path);
        }
      }
    }
    add(request, found);
  }

  /** {@code %classpath classes/}; alone it lists what was added. */
  void classPath(Request request, String words) throws CellFailure {
    if (words.isBlank()) {
      System.out.println(
          added.isEmpty()
              ? "nothing was added to the class path of Java cells"
              : String.join("\n", added.stream().map(Path::toString).toList()));
      return;
    }
    List<Path> found = new ArrayList<>();
    for (String word : words(Magic.CLASSPATH, words)) {
      found.addAll(matching(Magic.CLASSPATH, word));
    }
    add(request, found);
  }

  private void add(Request request, List<Path> found) throws CellFailure {
    List<Path> fresh = new ArrayList<>();
    for (Path path : found) {
      Path absolute = path.toAbsolutePath().normalize();
      if (added.add(absolute)) {
        fresh.add(absolute);
        System.out.println("added " + absolute);
      } else {
        System.out.println("already there: " + absolute);
      }
    }
    java.addToClassPath(request, fresh);
  }

  private static List<String> words(Magic magic, String words) throws CellFailure {
    List<String> all = new ArrayList<>();
    for (String word : words.strip().split("\\s+")) {
      if (!word.isEmpty()) {
        all.add(word);
      }
    }
    if (all.isEmpty()) {
      throw Magics.misused(magic, "`" + magic.names().get(0) + "` needs a file");
    }
    return all;
  }

  /** The files that a name or a pattern of names in one folder stands for. */
  private static List<Path> matching(Magic magic, String name) throws CellFailure {
    String home = name.replaceFirst("^~(?=/)", System.getProperty("user.home"));
    try {
      Path path = Path.of(home.replace('*', 'x').replace('?', 'x'));
      if (home.indexOf('*') < 0 && home.indexOf('?') < 0) {
        if (Files.exists(path)) {
          return List.of(path);
        }
      } else {
        String normal = home.replace('\\', '/');
        int slash = normal.lastIndexOf('/');
        Path folder = Path.of(slash < 0 ? "" : slash == 0 ? "/" : normal.substring(0, slash));
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all =
            Files.newDirectoryStream(folder, normal.substring(slash + 1))) {
          for (Path file : all) {
            found.add(file);
            if (found.size() > MOST_FILES) {
              throw Magics.misused(magic, "`" + name + "` stands for too many files");
            }
          }
        }
        if (!found.isEmpty()) {
          found.sort(null);
          return found;
        }
      }
    } catch (IOException | InvalidPathException e) {
      // Said below.
    }
    throw Magics.failure(
        "NoFile",
        List.of(
            "there is no `" + name + "`",
            "paths are as seen from " + Path.of("").toAbsolutePath()));
  }
}
