package dev.espalier.kernel.browser;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The programs without which no browser test can run; whoever asked for them is told what to do.
 */
final class Needed {
  private Needed() {}

  /** Chromium or Chrome: {@code -Dchromium=PROGRAM}, else the first on the path. */
  static Path chromium() {
    String given = System.getProperty("chromium");
    if (given != null) {
      return runnable(Path.of(given), "-Dchromium");
    }
    return List.of("chromium", "chromium-browser", "google-chrome", "chrome").stream()
        .flatMap(n -> onPath(n).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "The browser tests need Chromium or Chrome, and none is on the PATH. Install it"
                        + " (Debian: apt-get install chromium), or say where it is:"
                        + " -Dchromium=/path/to/chromium"));
  }

  /** The folder of {@code jupyter-lab} and {@code jupyter-notebook}: {@code -Djupyter=FOLDER}. */
  static Path jupyter() {
    String given = System.getProperty("jupyter");
    Optional<Path> folder =
        given != null ? Optional.of(Path.of(given)) : onPath("jupyter-lab").map(Path::getParent);
    String advice =
        ". Install both (python3 -m venv FOLDER && FOLDER/bin/pip install jupyterlab notebook) and"
            + " put FOLDER/bin on the PATH, or say where they are: -Djupyter=FOLDER/bin";
    if (folder.isEmpty()) {
      throw new AssertionError(
          "The browser tests need JupyterLab 4 and Notebook 7, and no jupyter-lab is on the PATH"
              + advice);
    }
    for (String program : List.of("jupyter-lab", "jupyter-notebook", "jupyter-nbconvert")) {
      if (!Files.isExecutable(folder.get().resolve(program))) {
        throw new AssertionError(
            "The browser tests need " + program + ", and " + folder.get() + " has none" + advice);
      }
    }
    return folder.get().toAbsolutePath();
  }

  /** The kernel as it is packaged. */
  static Path jar() {
    Path jar = Path.of("target", "espalier.jar").toAbsolutePath();
    if (!Files.isRegularFile(jar)) {
      throw new AssertionError(
          "The browser tests install the kernel from its jar, and "
              + jar
              + " is not there: mvn -DskipTests -Pbrowser verify");
    }
    return jar;
  }

  private static Path runnable(Path program, String option) {
    if (!Files.isExecutable(program)) {
      throw new AssertionError(option + "=" + program + " is no program that can be run");
    }
    return program;
  }

  private static Optional<Path> onPath(String name) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path program = Path.of(folder, name);
      if (Files.isExecutable(program)) {
        return Optional.of(program.toAbsolutePath());
      }
    }
    return Optional.empty();
  }
}
