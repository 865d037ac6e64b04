package dev.espalier.kernel.cli;

import dev.espalier.kernel.install.InstallOptions;
import dev.espalier.kernel.install.Installed;
import dev.espalier.kernel.install.Installer;
import dev.espalier.kernel.install.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code espalier install}. */
@Command(
    name = "install",
    description = "Makes Espalier a kernel of Jupyter.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class InstallCommand implements Callable<Integer> {
  @Mixin private PlaceOptions where;

  @Option(
      names = "--display-name",
      paramLabel = "TEXT",
      description = "What people read in Jupyter's menus.")
  private String displayName;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      description =
          "The most memory for Java objects, such as 4g (default: a quarter of the machine's)."
              + " Tensors lie beside it.")
  private String heap;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads for training (default: the processors, at most 8).")
  private Integer threads;

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description = "Folder that keeps finished steps (default: the user's cache folder).")
  private Path store;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Folder for downloaded data (default: ~/.cache/espalier).")
  private Path cache;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder in which data sets are looked for first.")
  private Path data;

  @Option(names = "--offline", description = "The kernel downloads nothing.")
  private boolean offline;

  @Option(
      names = "--java-option",
      paramLabel = "OPTION",
      description = "For the kernel's Java, such as --java-option=-Xss2m; may be repeated.")
  private List<String> javaOptions = List.of();

  @Option(
      names = "--no-archive",
      description = "Write no class archive; the kernel then starts in twice the time.")
  private boolean noArchive;

  @Override
  public Integer call() {
    Terminal terminal = Terminal.system(false);
    Installed installed =
        Installer.install(
            new InstallOptions(
                where.place(),
                where.name(),
                Optional.ofNullable(displayName).filter(text -> !text.isBlank()),
                new Settings(
                    Optional.ofNullable(heap),
                    Optional.ofNullable(threads),
                    Optional.ofNullable(store),
                    Optional.ofNullable(cache),
                    Optional.ofNullable(data),
                    offline,
                    javaOptions),
                !noArchive));
    terminal.out().println("installed in " + installed.kernelspec());
    installed.notes().forEach(note -> terminal.out().println("  " + note));
    return 0;
  }
}
