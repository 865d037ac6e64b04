package dev.espalier.kernel.install;

import dev.espalier.engine.EspalierException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Removes what {@link Installer} wrote, and nothing else. No link is followed. */
public final class Uninstaller {
  private final Machine machine;
  private final List<Path> removed = new ArrayList<>();
  private final List<String> left = new ArrayList<>();

  private Uninstaller(Machine machine) {
    this.machine = machine;
  }

  /**
   * Removes a kernel.
   *
   * @throws EspalierException (program) when there is none of that name, or when the folder is not
   *     one that an installation wrote; (run) when a file cannot be removed
   */
  public static Uninstalled uninstall(Place place, String name, Machine machine) {
    Uninstaller uninstaller = new Uninstaller(machine);
    Path dataFolder = place.dataFolder(machine);
    Path folder = Installer.kernelspec(dataFolder, name);
    uninstaller.checkOurs(folder, name);
    try {
      uninstaller.remove(dataFolder, folder);
    } catch (IOException e) {
      throw EspalierException.run(
          "the kernel cannot be removed whole",
          folder.toString(),
          e.toString(),
          "do it as the user who installed it",
          e);
    }
    return new Uninstalled(folder, uninstaller.removed, uninstaller.left);
  }

  private void checkOurs(Path folder, String name) {
    if (Files.isSymbolicLink(folder)) {
      throw EspalierException.program(
          "this is a link, not a kernel's folder",
          folder.toString(),
          "what lies behind it was not put there by an installation",
          "remove the link yourself");
    }
    if (!Files.isDirectory(folder)) {
      throw EspalierException.program(
          "there is no kernel `" + name + "`", folder.toString(), elsewhere(), "");
    }
    if (!Installer.ours(folder)) {
      throw EspalierException.program(
          "this is not a kernel of Espalier",
          folder.toString(),
          "its kernel.json starts something else",
          "name the right one with --name; nothing was removed");
    }
  }

  private String elsewhere() {
    List<String> others = new ArrayList<>();
    for (Path folder : Place.searched(machine)) {
      KernelSpec.below(folder).forEach(k -> others.add(k.folder().toString()));
    }
    return others.isEmpty() ? "" : "there are: " + String.join(", ", others);
  }

  private void remove(Path dataFolder, Path folder) throws IOException {
    Map<String, String> files =
        new LinkedHashMap<>(
            InstalledFiles.read(folder)
                .map(InstalledFiles::files)
                .orElseGet(() -> Installer.ofOlderInstallations(dataFolder, folder)));
    // First: from now on Jupyter does not list it.
    delete(folder.resolve("kernel.json"));
    for (Path archive : ClassArchive.in(folder)) {
      delete(archive);
    }
    Path extension = Installer.extension(dataFolder);
    Optional<KernelSpec> other =
        KernelSpec.below(dataFolder).stream().filter(k -> !k.folder().equals(folder)).findFirst();
    boolean said = false;
    for (Map.Entry<String, String> entry : files.entrySet()) {
      Path file = dataFolder.resolve(entry.getKey()).normalize();
      if (file.startsWith(extension)) {
        if (other.isEmpty()) {
          removeUnchanged(file, entry.getValue());
        } else if (!said) {
          said = true;
          left.add(extension + ": the kernel " + other.get().folder() + " needs it too.");
        }
      } else if (file.startsWith(folder)) {
        removeUnchanged(file, entry.getValue());
      }
    }
    delete(folder.resolve(InstalledFiles.NAME));
    if (other.isEmpty() && Files.isDirectory(extension, LinkOption.NOFOLLOW_LINKS)) {
      removeEmpty(extension.resolve("static"));
      removeEmpty(extension);
    }
    removeEmpty(folder);
  }

  private void removeUnchanged(Path file, String sha256) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (linked(file)) {
      left.add(file + ": it is a link, or lies behind one.");
    } else if (!sha256.isEmpty() && !InstalledFiles.unchanged(file, sha256)) {
      left.add(file + ": it was changed after it was installed.");
    } else {
      delete(file);
    }
  }

  /** Whether the file or its folder is a link; folders above may be linked as their owner likes. */
  private static boolean linked(Path file) {
    return Files.isSymbolicLink(file)
        || Files.isSymbolicLink(file.getParent())
        || Files.isSymbolicLink(file.getParent().getParent());
  }

  private void delete(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      left.add(file + ": it is a link.");
      return;
    }
    if (Files.deleteIfExists(file)) {
      removed.add(file);
    }
  }

  private void removeEmpty(Path folder) throws IOException {
    try {
      Files.delete(folder);
    } catch (NoSuchFileException e) {
      return;
    } catch (DirectoryNotEmptyException e) {
      List<String> names = new ArrayList<>();
      try (DirectoryStream<Path> rest = Files.newDirectoryStream(folder)) {
        for (Path file : rest) {
          if (left.stream().noneMatch(line -> line.startsWith(file.toString()))) {
            names.add(file.getFileName().toString());
          }
        }
      }
      if (!names.isEmpty()) {
        names.sort(null);
        left.add(folder + ": not written by the installation: " + String.join(", ", names) + ".");
      }
    }
  }
}
