package dev.espalier.kernel.maven;

import dev.espalier.engine.EspalierException;
import java.util.regex.Pattern;

/**
 * What a library is called in a Maven repository.
 *
 * @param version may be a range, such as {@code [1.0,2.0)}
 */
public record Coordinate(
    String group, String artifact, String extension, String classifier, String version) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
  private static final Pattern VERSION =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]*|[\\[(][A-Za-z0-9_.+,-]*[\\])]");
  private static final int LONGEST = 500;

  /**
   * Reads {@code group:artifact:version}, {@code group:artifact:extension:version} or {@code
   * group:artifact:extension:classifier:version}.
   *
   * @throws EspalierException when it is none of them
   */
  public static Coordinate parse(String text) {
    String[] parts = text.split(":", -1);
    if (text.length() > LONGEST || parts.length < 3 || parts.length > 5) {
      throw EspalierException.program(
          "`" + shortened(text) + "` names no library",
          "",
          parts.length == 2 ? "the version is missing" : "",
          "write group:artifact:version, group:artifact:extension:version or"
              + " group:artifact:extension:classifier:version");
    }
    String extension = parts.length > 3 ? parts[2] : "jar";
    String classifier = parts.length > 4 ? parts[3] : "";
    Coordinate read =
        new Coordinate(parts[0], parts[1], extension, classifier, parts[parts.length - 1]);
    String wrong = read.wrong();
    if (!wrong.isEmpty()) {
      throw EspalierException.program(
          "`" + shortened(text) + "` names no library",
          "",
          "`" + shortened(wrong) + "` may hold letters, digits, `.`, `-` and `_` alone",
          "");
    }
    return read;
  }

  /** The part that no repository could hold, which might lead out of its folder; else nothing. */
  String wrong() {
    for (String part : new String[] {group, artifact, extension}) {
      if (!NAME.matcher(part).matches() || part.contains("..")) {
        return part.isEmpty() ? "(nothing)" : part;
      }
    }
    if (!classifier.isEmpty()
        && (!NAME.matcher(classifier).matches() || classifier.contains(".."))) {
      return classifier;
    }
    return VERSION.matcher(version).matches() && !version.contains("..") ? "" : version;
  }

  /** Group and artifact, and what tells files of one version apart. */
  String identity() {
    return group
        + ":"
        + artifact
        + (extension.equals("jar") ? "" : ":" + extension)
        + (classifier.isEmpty() ? "" : ":" + classifier);
  }

  static String shortened(String text) {
    String line = text.replaceAll("\\p{Cntrl}", " ");
    return line.length() > 100 ? line.substring(0, 99) + "…" : line;
  }

  @Override
  public String toString() {
    return group
        + ":"
        + artifact
        + (extension.equals("jar") && classifier.isEmpty() ? "" : ":" + extension)
        + (classifier.isEmpty() ? "" : ":" + classifier)
        + ":"
        + version;
  }
}
