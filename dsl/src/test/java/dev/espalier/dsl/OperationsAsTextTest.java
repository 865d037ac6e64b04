package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.run.Keys;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.OperationText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What any right program does can be sent to another process, which then does the same. */
class OperationsAsTextTest {
  private static final Path RIGHT = Path.of("src/test/resources/dev/espalier/dsl/right");

  static List<Path> programs() throws IOException {
    try (Stream<Path> all = Files.list(RIGHT)) {
      return all.filter(p -> p.toString().endsWith(".esp")).sorted().toList();
    }
  }

  private static List<Operation> operations(Path program) throws IOException {
    Source source =
        new Source(
            program.getFileName().toString(), Files.readString(program), Optional.of(program));
    return Espalier.check(source, Scope.empty(new Environment(1, 2, "cpu", false))).steps().stream()
        .map(Step::operation)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void comesBackTheSame(Path program) throws IOException {
    List<Operation> sent = operations(program);
    List<Operation> got =
        OperationText.read(
            OperationText.write(sent), key -> Optional.empty(), name -> Optional.empty());
    assertEquals(sent, got);
    for (int i = 0; i < sent.size(); i++) {
      if (sent.get(i) instanceof Operation.ModelMaking) {
        assertEquals(key(sent.get(i)), key(got.get(i)));
      }
    }
  }

  /** What identifies an operation; a file that the program makes itself has no content yet. */
  private static String key(Operation operation) {
    try {
      return new Keys().of(operation);
    } catch (EspalierException e) {
      return e.where();
    }
  }

  @Test
  void textIsShortWhereStepsAreShared() {
    String pruned =
        "data d from glyphs\ntrain mlp(30) on d for 2 epochs as m0\n"
            + "distill m0 into mlp(10) as m1\n"
            + Stream.iterate(1, i -> i + 1)
                .limit(30)
                .map(i -> "distill m" + (i - 1) + ", m" + i + " into mlp(10) as m" + (i + 1))
                .reduce("", (a, b) -> a + b + "\n");
    Checked checked =
        Espalier.check(
            new Source("shared.esp", pruned, Optional.empty()),
            Scope.empty(new Environment(1, 2, "cpu", false)));
    assertTrue(checked.ok(), () -> Messages.format(checked.diagnostics()));
    Operation last = checked.steps().get(checked.steps().size() - 1).operation();
    // Written as a tree, the models of 31 sentences would be two million.
    assertTrue(OperationText.write(List.of(last)).length() < 60_000);
  }
}
