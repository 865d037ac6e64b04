package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every message, pinned: {@code wrong/NAME.esp} beside {@code wrong/NAME.txt}.
 *
 * <p>After a wanted change of wording, {@code mvn test -pl dsl -am -Dtest=WrongProgramsTest
 * -Despalier.golden=write} writes the expected texts anew, to be read in the diff.
 */
class WrongProgramsTest {
  private static final Path RESOURCES = Path.of("src/test/resources/dev/espalier/dsl");

  static List<Path> programs() throws IOException {
    try (Stream<Path> wrong = Files.list(RESOURCES.resolve("wrong"));
        Stream<Path> mistakes = Files.list(RESOURCES.resolve("mistakes"))) {
      return Stream.concat(wrong, mistakes)
          .filter(p -> p.toString().endsWith(".esp"))
          .sorted()
          .toList();
    }
  }

  private static Checked check(Path program) throws IOException {
    return Espalier.check(
        new Source(
            program.getFileName().toString(), Files.readString(program), Optional.of(program)),
        Scope.empty(new Environment(1, 2, "cpu", false)));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void saysExactlyThis(Path program) throws IOException {
    Checked checked = check(program);
    String folder = program.toAbsolutePath().getParent().toString();
    String said = Messages.format(checked.diagnostics()).replace(folder, "FOLDER") + "\n";
    Path golden = Path.of(program.toString().replace(".esp", ".txt"));
    if ("write".equals(System.getProperty("espalier.golden"))) {
      Files.writeString(golden, said, StandardCharsets.UTF_8);
    }
    assertEquals(Files.readString(golden), said);
    assertTrue(checked.steps().isEmpty() || checked.ok(), "a wrong program has no steps");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void isRefused(Path program) throws IOException {
    assertFalse(check(program).diagnostics().isEmpty());
  }

  @Test
  void everyCodeHasAProgram() throws IOException {
    Set<String> seen = new TreeSet<>();
    for (Path program : programs()) {
      check(program).diagnostics().forEach(d -> seen.add(d.code()));
    }
    Set<String> all =
        Stream.of(Code.values()).map(Code::name).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(all, seen);
  }

  @Test
  void everyCodeExplainsItself() {
    for (Code code : Code.values()) {
      assertFalse(code.summary().isBlank());
      assertTrue(code.explanation().length() > code.summary().length() / 2, code.name());
    }
  }
}
