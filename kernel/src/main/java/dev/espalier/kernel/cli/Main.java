package dev.espalier.kernel.cli;

import dev.espalier.engine.EngineVersion;
import dev.espalier.engine.EspalierException;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line. */
@Command(
    name = "espalier",
    description = "Compresses neural networks as told in sentences.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      RunCommand.class,
      CheckCommand.class,
      PlanCommand.class,
      ExplainCommand.class,
      DocsCommand.class,
      FormatCommand.class,
      InstallCommand.class,
      UninstallCommand.class,
      DoctorCommand.class,
      KernelCommand.class,
      LspCommand.class,
      CommandLine.HelpCommand.class
    },
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0    done",
      "  1    an expectation failed; with fmt --check, a program would change",
      "  2    the program or the command is wrong",
      "  3    it broke while running",
      "  130  stopped by Ctrl-C; steps that were done are kept"
    })
public final class Main {
  /** The program or the command is wrong. */
  static final int WRONG = 2;

  /** It broke while running. */
  static final int BROKE = 3;

  /** Starts the command line; see {@code --help}. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    // Editors and commit hooks check often; the option parser would take longer than the check.
    if (args.length > 1 && args[0].equals("check") && noOptions(args)) {
      return CheckFiles.check(List.of(args).subList(1, args.length), Terminal.system(false));
    }
    Terminal terminal = Terminal.system(false);
    CommandLine line = new CommandLine(new Main());
    line.setOut(new java.io.PrintWriter(terminal.out(), true));
    line.setErr(new java.io.PrintWriter(terminal.err(), true));
    line.setUsageHelpAutoWidth(false);
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            terminal.colours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof RuntimeException told) {
            Messages.show(terminal, told);
          } else {
            terminal.err().println(failure.toString());
          }
          return failure instanceof EspalierException known
                  && known.blame() == EspalierException.Blame.PROGRAM
              ? WRONG
              : BROKE;
        });
    if (args.length == 0) {
      line.usage(line.getErr());
      return WRONG;
    }
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      Messages.show(
          terminal,
          EspalierException.run(
              "there is not enough memory",
              "",
              "Java may use " + (Runtime.getRuntime().maxMemory() >> 20) + " MB (" + e + ")",
              "start with more, as in: java -Xmx4g -jar espalier.jar …"));
      return BROKE;
    }
  }

  private static boolean noOptions(String[] args) {
    return Arrays.stream(args).skip(1).noneMatch(a -> a.startsWith("-") || a.startsWith("@"));
  }

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "Espalier " + EngineVersion.CURRENT + ", language 1, Java " + Runtime.version()
      };
    }
  }
}
