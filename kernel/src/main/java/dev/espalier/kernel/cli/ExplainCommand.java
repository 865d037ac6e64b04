package dev.espalier.kernel.cli;

import dev.espalier.dsl.Checked;
import dev.espalier.dsl.Code;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.explain.CodeText;
import dev.espalier.dsl.explain.JavaProgram;
import dev.espalier.dsl.explain.WrittenOut;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier explain}. */
@Command(
    name = "explain",
    description = {
      "Says at length what the code of a message means, or prints a program with every default"
          + " written out.",
      "Without an argument it lists all codes. Nothing runs."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "CODE|FILE",
      description = "A code, such as E201, or a program (.esp).")
  private String what;

  @Option(
      names = "--java",
      description = "The program as a Java program of the calls of the engine that it compiles to.")
  private boolean java;

  @Option(names = "--plain", description = "No colours.")
  private boolean plain;

  @Override
  public Integer call() {
    Terminal terminal = Terminal.system(plain);
    if (what == null) {
      if (java) {
        throw new ParameterException(spec.commandLine(), "--java needs a program (.esp)");
      }
      terminal.out().print(CodeText.list());
      return 0;
    }
    if (isCode(what)) {
      if (java) {
        throw new ParameterException(
            spec.commandLine(), "--java needs a program (.esp), and `" + what + "` is a code");
      }
      terminal.out().print(CodeText.of(code(what)));
      return 0;
    }
    Source source = ScriptFile.read(what);
    Optional<Checked> checked = CheckFiles.checked(source, terminal);
    if (checked.isEmpty()) {
      return Main.WRONG;
    }
    if (!java) {
      terminal
          .out()
          .print(WrittenOut.of(source, Scope.empty(Environment.standard()), checked.get()));
      return 0;
    }
    JavaProgram program = JavaProgram.of(source, checked.get().steps());
    terminal.out().print(program.text());
    program.leftOut().forEach(left -> terminal.err().println("left out: " + left));
    return 0;
  }

  /** A file may have any name; what looks like a code and is no file is one, if a wrong one. */
  private static boolean isCode(String word) {
    return word.matches("[A-Za-z]\\d+") && (Code.of(upper(word)).isPresent() || !exists(word));
  }

  private static boolean exists(String word) {
    return Files.exists(Path.of(word));
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }

  private static Code code(String word) {
    Optional<Code> code = Code.of(upper(word));
    if (code.isPresent()) {
      return code.get();
    }
    List<String> all = Arrays.stream(Code.values()).map(Code::name).toList();
    List<String> near = Nearest.all(upper(word), all);
    throw EspalierException.program(
        "there is no code `" + word + "`",
        "",
        "",
        near.isEmpty()
            ? "`espalier explain` lists them all"
            : "nearest: " + String.join(", ", near) + "; `espalier explain` lists them all");
  }
}
