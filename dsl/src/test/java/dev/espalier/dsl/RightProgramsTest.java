package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.format.Formatter;
import dev.espalier.dsl.plan.StepText;
import dev.espalier.dsl.syntax.Action;
import dev.espalier.dsl.syntax.Clause;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Syntax;
import dev.espalier.dsl.syntax.TreeText;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.Environment;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
 * What right programs look like when they are laid out, what tree they have, and what will be done:
 * {@code right/NAME.esp} beside {@code right/NAME.txt}.
 *
 * <p>Where this version cannot run a program, the plan is what it says instead. After a wanted
 * change, {@code mvn test -pl dsl -am -Dtest=RightProgramsTest -Despalier.golden=write} writes the
 * expected texts anew, to be read in the diff.
 */
class RightProgramsTest {
  private static final Path RIGHT = Path.of("src/test/resources/dev/espalier/dsl/right");

  static List<Path> programs() throws IOException {
    try (Stream<Path> all = Files.list(RIGHT)) {
      return all.filter(p -> p.toString().endsWith(".esp")).sorted().toList();
    }
  }

  private static Source source(Path program) throws IOException {
    return new Source(
        program.getFileName().toString(), Files.readString(program), Optional.of(program));
  }

  private static Checked check(Path program) throws IOException {
    return Espalier.check(source(program), Scope.empty(new Environment(1, 2, "cpu", false)));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void isThis(Path program) throws IOException {
    Source source = source(program);
    StringBuilder text = new StringBuilder();
    String formatted = Formatter.format(source);
    if (!formatted.equals(source.text())) {
      text.append("-- formatted\n").append(formatted);
    }
    text.append("-- tree\n");
    for (Syntax.Item item : Syntax.read(source)) {
      assertTrue(item instanceof Syntax.Item.Parsed, () -> "refused: " + item);
      text.append(TreeText.of(((Syntax.Item.Parsed) item).statement()));
    }
    text.append("-- plan\n");
    Checked checked = check(program);
    StepText.lines(checked.steps()).forEach(l -> text.append(l).append('\n'));
    if (!checked.diagnostics().isEmpty()) {
      text.append(Messages.format(checked.diagnostics())).append('\n');
    }
    String above = RIGHT.toAbsolutePath().getParent().toString();
    String golden = text.toString().replace(above, "FOLDER");
    Path file = Path.of(program.toString().replace(".esp", ".txt"));
    if ("write".equals(System.getProperty("espalier.golden"))) {
      Files.writeString(file, golden, StandardCharsets.UTF_8);
    }
    assertEquals(Files.readString(file), golden);
  }

  /** Those that this version cannot run are called so, and nothing else is wrong with them. */
  @ParameterizedTest
  @MethodSource("programs")
  void hasNoMistake(Path program) throws IOException {
    boolean later = program.getFileName().toString().startsWith("later-");
    Set<String> codes =
        check(program).diagnostics().stream()
            .map(Diagnostic::code)
            .filter(c -> c.startsWith("E"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(later ? Set.of("E601") : Set.of(), codes);
  }

  @Test
  void thereAreMoreThanAHundred() throws IOException {
    assertTrue(programs().size() > 100, () -> "programs");
  }

  /** Every sort of statement, action, clause and value is in some tree. */
  @Test
  void everyPartOfTheLanguageHasAProgram() throws IOException {
    Set<String> seen = new TreeSet<>();
    for (Path program : programs()) {
      for (Syntax.Item item : Syntax.read(source(program))) {
        TreeText.of(((Syntax.Item.Parsed) item).statement())
            .lines()
            .map(l -> l.strip().replaceAll(".*: ", ""))
            .forEach(seen::add);
      }
    }
    List<Class<?>> sorts = new ArrayList<>();
    for (Class<?> family :
        List.of(
            Statement.class,
            Statement.DataOrigin.class,
            Statement.DataClause.class,
            Statement.ModelBody.class,
            Statement.Layer.class,
            Statement.Bound.class,
            Statement.Demand.class,
            Action.class,
            Action.Amount.class,
            Clause.class)) {
      sorts.addAll(Arrays.asList(family.getPermittedSubclasses()));
    }
    Set<String> missing =
        sorts.stream()
            .map(Class::getSimpleName)
            .filter(n -> !seen.contains(n))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(Set.of(), missing);
    assertEquals(6, Value.class.getPermittedSubclasses().length, "values have their own programs");
  }

  /** Every word of the catalog stands in some program. */
  @Test
  void everyWordHasAProgram() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path program : programs()) {
      all.append(Files.readString(program)).append('\n');
    }
    Set<String> words = new TreeSet<>(Arrays.asList(all.toString().split("[^A-Za-z0-9_-]+")));
    Set<String> missing = new TreeSet<>();
    for (Kind kind : Kind.values()) {
      for (Entry entry : Catalog.standard().all(kind)) {
        // These name the settings of statements and are not written.
        if (kind != Kind.SETTINGS && !words.contains(entry.name())) {
          missing.add(entry.name());
        }
      }
    }
    assertEquals(Set.of(), missing);
  }
}
