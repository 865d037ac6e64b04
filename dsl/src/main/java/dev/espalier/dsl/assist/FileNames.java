package dev.espalier.dsl.assist;

import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The files that a text in quotes may go on to name. */
final class FileNames {
  /** Folders may be huge. */
  private static final int MOST = 500;

  private FileNames() {}

  /**
   * The files and folders whose names start with what is written, in the folder that is written:
   * beside the program, unless the text itself leads elsewhere.
   *
   * @param quoted the text with its quotes, where it stands
   * @param at the place in it
   * @param endings of the files that fit, without the dot; those come first
   */
  static List<Candidate> of(Source source, Span quoted, int at, List<String> endings) {
    String text = source.text();
    String written = text.substring(quoted.start() + 1, at);
    if (written.indexOf('\\') >= 0 || written.indexOf('\0') >= 0) {
      return List.of();
    }
    int slash = written.lastIndexOf('/') + 1;
    String prefix = written.substring(slash);
    boolean closed =
        quoted.end() - quoted.start() > 1
            && text.charAt(quoted.end() - 1) == '"'
            && at < quoted.end();
    int end = at;
    if (closed) {
      int next = text.indexOf('/', at);
      end = next >= 0 && next < quoted.end() ? next : quoted.end() - 1;
    }
    Span range = new Span(quoted.start() + 1 + slash, end);
    List<Candidate> out = new ArrayList<>();
    Path beside =
        source.file().map(f -> f.toAbsolutePath().getParent()).orElseGet(() -> Path.of(""));
    try {
      Path folder = beside.resolve(written.substring(0, slash));
      try (DirectoryStream<Path> all =
          Files.newDirectoryStream(folder.toString().isEmpty() ? Path.of(".") : folder)) {
        for (Path file : all) {
          String name = file.getFileName().toString();
          boolean hidden = name.startsWith(".") && !prefix.startsWith(".");
          if (!hidden
              && name.startsWith(prefix)
              && name.indexOf('"') < 0
              && name.indexOf('\\') < 0) {
            out.add(candidate(file, name, range, endings));
          }
          if (out.size() >= MOST) {
            break;
          }
        }
      }
    } catch (IOException
        | DirectoryIteratorException
        | InvalidPathException
        | SecurityException e) {
      // No such folder: there is nothing to suggest.
      return List.of();
    }
    return out;
  }

  private static Candidate candidate(Path file, String name, Span range, List<String> endings) {
    if (Files.isDirectory(file)) {
      return new Candidate(
          1, new Suggestion(name + "/", Suggestion.Kind.FOLDER, "folder", "", range));
    }
    String lower = name.toLowerCase(Locale.ROOT);
    boolean fits = endings.isEmpty() || endings.stream().anyMatch(e -> lower.endsWith("." + e));
    return new Candidate(
        fits ? 0 : 2, new Suggestion(name, Suggestion.Kind.FILE, "file", "", range));
  }
}
