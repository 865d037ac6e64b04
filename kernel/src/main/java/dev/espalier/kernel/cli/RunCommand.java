package dev.espalier.kernel.cli;

import dev.espalier.dsl.Source;
import dev.espalier.engine.Environment;
import dev.espalier.engine.run.Store;
import dev.espalier.kernel.session.Session;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier run}. */
@Command(
    name = "run",
    description = {
      "Runs a program.",
      "It is checked in full first. Steps that an earlier run has done are taken from the store."
          + " A `set` in the program wins over the options."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class RunCommand implements Callable<Integer> {
  static final int MOST_THREADS = 1024;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The program (.esp).")
  private String file;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for charts (default: NAME-out beside the program NAME.esp).")
  private Path out;

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description =
          "Folder that keeps finished steps (default: ESPALIER_STORE, else the user's"
              + " cache folder).")
  private Path store;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads for training; another number gives other bits (default: the"
              + " processors, at most 8).")
  private Integer threads;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The source of randomness (default: 1).")
  private Long seed;

  @Option(names = "--offline", description = "Download nothing.")
  private boolean offline;

  @Option(names = "--plain", description = "No colours and no line that is written over.")
  private boolean plain;

  @Override
  public Integer call() {
    if (threads != null && (threads < 1 || threads > MOST_THREADS)) {
      throw new ParameterException(
          spec.commandLine(), "--threads takes a number from 1 to " + MOST_THREADS);
    }
    Terminal terminal = Terminal.system(plain);
    Source source = ScriptFile.read(file);
    Environment usual = Environment.standard();
    Environment environment =
        new Environment(
            seed == null ? usual.seed() : seed,
            threads == null ? usual.threads() : threads,
            usual.device(),
            offline);
    TerminalHost host = new TerminalHost(terminal, charts(), command(environment));
    Session session = new Session(store == null ? Store.standardPlace() : store, environment);
    int exit;
    try (Interruption interruption =
        new Interruption(
            host::stop, () -> terminal.err().println("the running step did not stop in time"))) {
      exit = session.execute(source, host);
    }
    if (host.mistakes() > 0) {
      terminal
          .err()
          .println(
              file
                  + ": "
                  + host.mistakes()
                  + (host.mistakes() == 1 ? " mistake" : " mistakes")
                  + "; nothing was run");
    }
    return exit;
  }

  /** Beside the program, where its reports and exports lie too. */
  private Path charts() {
    if (out != null) {
      return out;
    }
    String name = Path.of(file).getFileName().toString();
    int dot = name.lastIndexOf('.');
    return Path.of(file).resolveSibling((dot > 0 ? name.substring(0, dot) : name) + "-out");
  }

  private String command(Environment environment) {
    return "java -jar espalier.jar run "
        + Path.of(file).getFileName()
        + " --seed "
        + environment.seed()
        + " --threads "
        + environment.threads()
        + (environment.offline() ? " --offline" : "");
  }
}
