package dev.espalier.kernel.cli;

import dev.espalier.kernel.install.Installer;
import dev.espalier.kernel.install.Place;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which kernel of which Jupyter: what {@code install} and {@code uninstall} have in common. */
final class PlaceOptions {
  @ArgGroup private Folder folder;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = Installer.NAME,
      description = "What Jupyter calls the kernel (default: ${DEFAULT-VALUE}).")
  private String name;

  /** Where to; at most one. */
  private static final class Folder {
    @Option(
        names = "--prefix",
        paramLabel = "DIR",
        description = "The folder above share/jupyter (default: the user's own).")
    private Path prefix;

    @Option(names = "--sys-prefix", description = "The Python environment in use.")
    private boolean sysPrefix;
  }

  Place place() {
    return folder == null
        ? Place.user()
        : new Place(Optional.ofNullable(folder.prefix), folder.sysPrefix);
  }

  String name() {
    return name;
  }

  /** As they were written, behind a blank each. */
  String options() {
    String place = "";
    if (folder != null) {
      place = folder.sysPrefix ? " --sys-prefix" : " --prefix " + quoted(folder.prefix.toString());
    }
    return place + (name.equals(Installer.NAME) ? "" : " --name " + quoted(name));
  }

  private static String quoted(String text) {
    return text.matches("[\\w./:+~-]+") ? text : "\"" + text + "\"";
  }
}
