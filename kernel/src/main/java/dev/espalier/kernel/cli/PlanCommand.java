package dev.espalier.kernel.cli;

import dev.espalier.dsl.Checked;
import dev.espalier.dsl.Source;
import dev.espalier.engine.Environment;
import dev.espalier.engine.run.Forecast;
import dev.espalier.engine.run.Store;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier plan}. */
@Command(
    name = "plan",
    description = {
      "Says what a program would do: its steps, which of them are stored already, and how long the"
          + " others would take.",
      "Nothing runs. Estimates come from what past runs of this machine took, kept in the store;"
          + " where there are none, it says so."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class PlanCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The program (.esp).")
  private String file;

  @Option(names = "--store", paramLabel = "DIR", description = "As for run.")
  private Path store;

  @Option(names = "--threads", paramLabel = "N", description = "As for run.")
  private Integer threads;

  @Option(names = "--seed", paramLabel = "N", description = "As for run.")
  private Long seed;

  @Option(names = "--plain", description = "No colours.")
  private boolean plain;

  @Override
  public Integer call() {
    if (threads != null && (threads < 1 || threads > RunCommand.MOST_THREADS)) {
      throw new ParameterException(
          spec.commandLine(), "--threads takes a number from 1 to " + RunCommand.MOST_THREADS);
    }
    Terminal terminal = Terminal.system(plain);
    Source source = ScriptFile.read(file);
    Environment usual = Environment.standard();
    Environment environment =
        new Environment(
            seed == null ? usual.seed() : seed,
            threads == null ? usual.threads() : threads,
            usual.device(),
            usual.offline());
    Optional<Checked> checked = CheckFiles.checked(source, environment, terminal);
    if (checked.isEmpty()) {
      return Main.WRONG;
    }
    Path place = store == null ? Store.standardPlace() : store;
    Forecast forecast = new Forecast(Store.existing(place));
    terminal.out().print(new PlanText(forecast, terminal.width()).of(checked.get().steps()));
    return 0;
  }
}
