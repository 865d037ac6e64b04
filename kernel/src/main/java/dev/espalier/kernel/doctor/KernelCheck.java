package dev.espalier.kernel.doctor;

import dev.espalier.kernel.install.Installer;
import dev.espalier.kernel.install.KernelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Kernels that are installed, and what they name. */
final class KernelCheck {

  private final String install;
  private final String again;
  private final Consumer<Finding> found;

  /**
   * @param install the command that installs the kernel that is meant
   */
  KernelCheck(String install, Consumer<Finding> found) {
    this.install = "run `" + install + "`";
    this.again = this.install + " again";
    this.found = found;
  }

  /** Looks at the kernel in a folder. */
  Optional<KernelSpec> installed(Path folder, Path ownJar) {
    Optional<KernelSpec> read;
    try {
      read = KernelSpec.read(folder);
    } catch (IOException e) {
      found.accept(Finding.wrong("kernel", folder + ": " + e.getMessage(), again));
      return Optional.empty();
    }
    if (read.isEmpty()) {
      found.accept(
          Files.exists(folder.resolve("kernel.json"))
              ? Finding.wrong(
                  "kernel",
                  folder + " holds a kernel that is not Espalier",
                  "install under another name: --name espalier-2")
              : Finding.wrong("kernel", "Espalier is not installed in " + folder, install));
      return Optional.empty();
    }
    KernelSpec spec = read.get();
    found.accept(Finding.ok("kernel", "installed in " + folder));
    if (!Files.isExecutable(spec.java())) {
      found.accept(Finding.wrong("kernel", "the Java it names is gone: " + spec.java(), again));
    } else {
      found.accept(Finding.ok("kernel", "the Java it names is there: " + spec.java()));
    }
    jar(spec, ownJar);
    archive(spec);
    return read;
  }

  private void jar(KernelSpec spec, Path ownJar) {
    Optional<Path> jar = spec.jar();
    if (jar.isEmpty() || !Files.isRegularFile(jar.get())) {
      found.accept(
          Finding.wrong(
              "kernel",
              "the jar it names is gone: " + jar.map(Path::toString).orElse("none"),
              "build it and " + again));
      return;
    }
    List<String> missing = Installer.missingLibraries(jar.get());
    if (!missing.isEmpty()) {
      found.accept(
          Finding.wrong(
              "kernel",
              missing.size()
                  + " libraries are missing beside its jar, "
                  + missing.get(0)
                  + " first",
              "build it and " + again));
      return;
    }
    try {
      if (!spec.stamp().isEmpty() && !spec.stamp().equals(KernelSpec.stamp(jar.get()))) {
        found.accept(
            Finding.note(
                "kernel", "its jar was built again after it was installed: " + jar.get(), again));
      } else {
        found.accept(Finding.ok("kernel", "the jar it names is there: " + jar.get()));
      }
      if (Files.isRegularFile(ownJar) && !Files.isSameFile(ownJar, jar.get())) {
        found.accept(
            Finding.note(
                "kernel",
                "it starts another jar than this one, " + ownJar,
                "to have this one, " + again));
      }
    } catch (IOException e) {
      found.accept(Finding.wrong("kernel", "its jar cannot be looked at: " + e, again));
    }
  }

  private void archive(KernelSpec spec) {
    if (!canStart(spec)) {
      return;
    }
    if (spec.archive().isEmpty()) {
      found.accept(
          Finding.note("kernel", "it has no class archive; its start takes twice as long", again));
      return;
    }
    try {
      Optional<String> misfit = spec.archiveMisfit();
      found.accept(
          misfit
              .map(
                  why ->
                      Finding.note(
                          "kernel",
                          "its class archive does not fit any more ("
                              + why
                              + "); its start takes twice as long",
                          again))
              .orElseGet(() -> Finding.ok("kernel", "its class archive fits")));
    } catch (IOException e) {
      found.accept(Finding.wrong("kernel", "its Java cannot be run: " + e.getMessage(), again));
    }
  }

  /** Whether what it names is there. */
  static boolean canStart(KernelSpec spec) {
    return Files.isExecutable(spec.java()) && spec.jar().filter(Files::isRegularFile).isPresent();
  }

  /**
   * Looks for other kernels of Espalier.
   *
   * @param dataFolders in the order in which Jupyter looks
   */
  void elsewhere(Path meant, List<Path> dataFolders) {
    Map<String, Path> first = new LinkedHashMap<>();
    for (Path dataFolder : dataFolders) {
      for (KernelSpec other : KernelSpec.below(dataFolder)) {
        String name = other.folder().getFileName().toString();
        Path winner = first.putIfAbsent(name, other.folder());
        if (other.folder().equals(meant)) {
          if (winner != null) {
            found.accept(
                Finding.note(
                    "kernel",
                    "Jupyter looks into " + winner + " first and does not see this kernel",
                    "uninstall that one, or give this one another name"));
          }
          continue;
        }
        found.accept(
            canStart(other)
                ? Finding.ok("kernel", "there is one more: " + other.folder())
                : Finding.note(
                    "kernel",
                    "there is a broken one: "
                        + other.folder()
                        + " names a Java or jar that is gone",
                    "uninstall it, or install it again"));
      }
    }
  }
}
