package dev.espalier.kernel.cli;

import dev.espalier.kernel.jupyter.KernelMain;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code espalier kernel}. */
@Command(
    name = "kernel",
    description = "Serves Jupyter; Jupyter itself starts this.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class KernelCommand implements Callable<Integer> {
  @Parameters(paramLabel = "CONNECTION_FILE", description = "What Jupyter wrote to be found.")
  private Path connection;

  @Override
  public Integer call() {
    KernelMain.run(connection);
    return 0;
  }
}
