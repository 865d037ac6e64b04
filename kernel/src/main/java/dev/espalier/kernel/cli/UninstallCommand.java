package dev.espalier.kernel.cli;

import dev.espalier.kernel.install.Machine;
import dev.espalier.kernel.install.Uninstalled;
import dev.espalier.kernel.install.Uninstaller;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code espalier uninstall}. */
@Command(
    name = "uninstall",
    description = {
      "Takes the kernel out of Jupyter again.",
      "Only files that `install` wrote are removed; models and data stay."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class UninstallCommand implements Callable<Integer> {
  @Mixin private PlaceOptions where;

  @Override
  public Integer call() {
    Terminal terminal = Terminal.system(false);
    Uninstalled done = Uninstaller.uninstall(where.place(), where.name(), Machine.here());
    terminal.out().println("removed " + done.removed().size() + " files of " + done.kernelspec());
    done.left().forEach(line -> terminal.out().println("  left " + line));
    return 0;
  }
}
