package dev.espalier.kernel.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier check}. */
@Command(
    name = "check",
    description = "Finds all mistakes of programs without running them.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class CheckCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Programs (.esp).")
  private List<String> files;

  @Option(names = "--plain", description = "No colours.")
  private boolean plain;

  @Override
  public Integer call() {
    return CheckFiles.check(files, Terminal.system(plain));
  }
}
