package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExampleTest {
  @TempDir static Path folder;

  @BeforeAll
  static void theFilesThatExamplesName() throws IOException {
    Files.writeString(folder.resolve("common.esp"), "language 1\n");
    Files.writeString(folder.resolve("table.csv"), "a,b,kind\n1,2,x\n3,4,y\n");
    Files.writeString(folder.resolve("damaged.onnx"), "no model");
  }

  @ParameterizedTest
  @EnumSource(Code.class)
  void theWrongProgramHasThisMistakeAloneAndTheRightOneNone(Code code) {
    assertTrue(Example.of(code).isPresent(), code + " has no example in mistakes.txt");
    Example example = Example.of(code).get();
    List<Diagnostic> found = mistakes(example.wrong());
    assertEquals(
        Set.of(code.name()),
        found.stream().map(Diagnostic::code).collect(Collectors.toSet()),
        Messages.format(found));
    assertEquals("", Messages.format(mistakes(example.right())));
  }

  private static List<Diagnostic> mistakes(String program) {
    return Espalier.check(
            new Source("example.esp", program, Optional.of(folder.resolve("example.esp"))),
            Scope.empty(new Environment(1, 2, "cpu", false)))
        .diagnostics();
  }
}
