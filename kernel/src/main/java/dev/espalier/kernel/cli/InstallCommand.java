package dev.espalier.kernel.cli;

import dev.espalier.kernel.install.InstallOptions;
import dev.espalier.kernel.install.Installed;
import dev.espalier.kernel.install.Installer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code espalier install}. */
@Command(
    name = "install",
    description = "Makes Espalier a kernel of Jupyter.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class InstallCommand implements Callable<Integer> {
  @ArgGroup private Place place;

  @Option(
      names = "--java-option",
      paramLabel = "OPTION",
      description = "For the kernel's Java, such as --java-option=-Xmx4g; may be repeated.")
  private List<String> javaOptions = List.of();

  @Option(
      names = "--no-archive",
      description = "Write no class archive; the kernel then starts in twice the time.")
  private boolean noArchive;

  /** Where to; at most one. */
  private static final class Place {
    @Option(
        names = "--prefix",
        paramLabel = "DIR",
        description = "The folder above share/jupyter (default: the user's own).")
    private Path prefix;

    @Option(names = "--sys-prefix", description = "Into the Python environment in use.")
    private boolean sysPrefix;
  }

  @Override
  public Integer call() {
    Terminal terminal = Terminal.system(false);
    Installed installed =
        Installer.install(
            new InstallOptions(
                Optional.ofNullable(place).map(p -> p.prefix),
                place != null && place.sysPrefix,
                javaOptions,
                !noArchive));
    terminal.out().println("installed in " + installed.kernelspec());
    installed.notes().forEach(note -> terminal.out().println("  " + note));
    return 0;
  }
}
