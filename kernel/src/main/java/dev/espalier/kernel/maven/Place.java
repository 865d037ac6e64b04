package dev.espalier.kernel.maven;

import dev.espalier.engine.EspalierException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** A repository that libraries are taken from. */
public record Place(String name, String url) {
  public static final Place CENTRAL = new Place("central", "https://repo.maven.apache.org/maven2/");

  /**
   * Checks what a user wrote.
   *
   * @throws EspalierException when the address is none that can be read
   */
  public static Place of(String name, String url) {
    if (!name.matches("[A-Za-z0-9_.-]{1,100}")) {
      throw EspalierException.program(
          "`" + Coordinate.shortened(name) + "` is no name for a repository",
          "",
          "",
          "letters, digits, `.`, `-` and `_`");
    }
    String scheme;
    try {
      scheme = String.valueOf(new URI(url).getScheme()).toLowerCase(Locale.ROOT);
    } catch (URISyntaxException e) {
      scheme = "";
    }
    if (!scheme.equals("https") && !scheme.equals("http") && !scheme.equals("file")) {
      throw EspalierException.program(
          "`" + Coordinate.shortened(url) + "` is no address of a repository",
          "",
          "",
          "it starts with https://, http:// (this machine alone) or file://");
    }
    return new Place(name, url);
  }
}
