package dev.espalier.kernel.install;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where and how to install.
 *
 * @param prefix a folder with {@code share/jupyter} below it; empty for the user's own folder
 * @param sysPrefix the prefix of the Python environment in use; not together with {@code prefix}
 * @param javaOptions for the kernel's JVM, such as {@code -Xmx4g}
 * @param archive whether to write a class archive, which halves the time until the kernel answers
 */
public record InstallOptions(
    Optional<Path> prefix, boolean sysPrefix, List<String> javaOptions, boolean archive) {
  public InstallOptions {
    javaOptions = List.copyOf(javaOptions);
  }

  /** Into the user's folder, with a class archive. */
  public static InstallOptions user() {
    return new InstallOptions(Optional.empty(), false, List.of(), true);
  }
}
