package dev.espalier.kernel.cli;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.explain.CodeText;
import dev.espalier.engine.EspalierException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier explain}. */
@Command(
    name = "explain",
    description = "Says at length what the code of a message means; without one, lists all codes.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class ExplainCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "CODE", description = "A code, such as E201.")
  private String what;

  @Option(names = "--plain", description = "No colours.")
  private boolean plain;

  @Override
  public Integer call() {
    Terminal terminal = Terminal.system(plain);
    if (what == null) {
      terminal.out().print(CodeText.list());
      return 0;
    }
    terminal.out().print(CodeText.of(code(what)));
    return 0;
  }

  private static Code code(String word) {
    Optional<Code> code = Code.of(word.toUpperCase(Locale.ROOT));
    if (code.isPresent()) {
      return code.get();
    }
    List<String> all = Arrays.stream(Code.values()).map(Code::name).toList();
    List<String> near = Nearest.all(word.toUpperCase(Locale.ROOT), all);
    throw EspalierException.program(
        "there is no code `" + word + "`",
        "",
        "",
        near.isEmpty()
            ? "`espalier explain` lists them all"
            : "nearest: " + String.join(", ", near) + "; `espalier explain` lists them all");
  }
}
