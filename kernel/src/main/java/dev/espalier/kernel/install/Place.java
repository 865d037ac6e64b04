package dev.espalier.kernel.install;

import dev.espalier.engine.EspalierException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which of Jupyter's folders is meant.
 *
 * @param prefix a folder with {@code share/jupyter} below it; empty for the user's own folder
 * @param sysPrefix the prefix of the Python environment in use; not together with {@code prefix}
 */
public record Place(Optional<Path> prefix, boolean sysPrefix) {
  private static final int PYTHON_SECONDS = 20;

  /** The user's own. */
  public static Place user() {
    return new Place(Optional.empty(), false);
  }

  /**
   * The {@code share/jupyter} folder, or what takes its place for a user; it need not exist.
   *
   * @throws EspalierException (program) when both prefixes are given, or when there is no Python
   */
  public Path dataFolder(Machine machine) {
    if (prefix.isPresent() && sysPrefix) {
      throw EspalierException.program(
          "a prefix is given twice", "", "--prefix and --sys-prefix exclude each other", "use one");
    }
    if (prefix.isPresent()) {
      return below(prefix.get());
    }
    return sysPrefix ? below(sysPrefix(machine)) : userFolder(machine);
  }

  private static Path below(Path prefix) {
    return prefix.toAbsolutePath().normalize().resolve("share").resolve("jupyter");
  }

  private static Path userFolder(Machine machine) {
    Optional<String> named = machine.variable("JUPYTER_DATA_DIR");
    if (named.isPresent()) {
      return Path.of(named.get()).toAbsolutePath();
    }
    if (machine.isMac()) {
      return machine.home().resolve("Library").resolve("Jupyter");
    }
    if (machine.isWindows()) {
      return machine
          .variable("APPDATA")
          .map(Path::of)
          .orElse(machine.home().resolve("AppData").resolve("Roaming"))
          .resolve("jupyter");
    }
    return machine
        .variable("XDG_DATA_HOME")
        .map(Path::of)
        .orElse(machine.home().resolve(".local").resolve("share"))
        .resolve("jupyter");
  }

  /**
   * Every data folder in which Jupyter looks for kernels of this user, the first found winning:
   * {@code JUPYTER_PATH}, the user's, the environment's, the system's.
   */
  public static List<Path> searched(Machine machine) {
    Set<Path> all = new LinkedHashSet<>();
    String separator = machine.isWindows() ? ";" : ":";
    for (String entry : machine.variable("JUPYTER_PATH").orElse("").split(separator)) {
      if (!entry.isBlank()) {
        all.add(Path.of(entry).toAbsolutePath());
      }
    }
    all.add(userFolder(machine));
    active(machine).ifPresent(p -> all.add(below(p)));
    if (machine.isWindows()) {
      machine.variable("PROGRAMDATA").ifPresent(p -> all.add(Path.of(p, "jupyter")));
    } else {
      all.add(Path.of("/usr/local/share/jupyter"));
      all.add(Path.of("/usr/share/jupyter"));
    }
    return new ArrayList<>(all);
  }

  private static Optional<Path> active(Machine machine) {
    return machine
        .variable("VIRTUAL_ENV")
        .or(() -> machine.variable("CONDA_PREFIX"))
        .map(p -> Path.of(p).toAbsolutePath());
  }

  /** The environment that is switched on, else the prefix of the Python on the path. */
  private static Path sysPrefix(Machine machine) {
    Optional<Path> active = active(machine);
    if (active.isPresent()) {
      return active.get();
    }
    for (String python : List.of("python3", "python")) {
      try {
        Child.Ended ended =
            Child.run(
                List.of(python, "-c", "import sys; print(sys.prefix)"), Map.of(), PYTHON_SECONDS);
        if (ended.well() && !ended.out().isBlank()) {
          return Path.of(ended.out().strip()).toAbsolutePath();
        }
      } catch (IOException e) {
        // There is no such program; the other name may do.
      }
    }
    throw EspalierException.program(
        "there is no Python whose prefix could be used",
        "--sys-prefix",
        "neither VIRTUAL_ENV nor CONDA_PREFIX is set, and no python3 is on the path",
        "name the folder: --prefix FOLDER");
  }
}
