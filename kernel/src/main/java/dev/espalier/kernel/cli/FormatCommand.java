package dev.espalier.kernel.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier fmt}. */
@Command(
    name = "fmt",
    description = {
      "Lays programs out in the one style there is, comments and meaning kept.",
      "Files are written in place and those that changed are named. What does not parse is left as"
          + " it is."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class FormatCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "Programs, or folders with programs (.esp); - reads standard input and writes standard"
              + " output.")
  private List<String> files;

  @Option(
      names = "--check",
      description = "Write nothing; name the programs that would change, and exit with 1.")
  private boolean check;

  @Option(
      names = "--fix",
      description = "First mend the mistakes that can be mended in one way only.")
  private boolean fix;

  @Option(names = "--plain", description = "No colours.")
  private boolean plain;

  @Override
  public Integer call() {
    return new FormatFiles(check, fix, System.in, Terminal.system(plain)).format(files);
  }
}
