package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

  private static final Scope EMPTY = Scope.empty(new Environment(1, 2, "cpu", false));

  private static Checked check(Path program) throws IOException {
    return check(program, Files.readString(program));
  }

  private static Checked check(Path program, String text) {
    return Espalier.check(
        new Source(program.getFileName().toString(), text, Optional.of(program)), EMPTY);
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

  /** What a fix promises comes true: that mistake is gone, and its lines have no other. */
  @ParameterizedTest
  @MethodSource("programs")
  void editsMendWhatTheyPromise(Path program) throws IOException {
    Checked before = check(program);
    for (Diagnostic d : before.diagnostics()) {
      if (d.edits().isEmpty() || !d.source().file().equals(Optional.of(program))) {
        continue;
      }
      String mended = d.mended();
      d.fix()
          .filter(fix -> !fix.endsWith("…"))
          .filter(fix -> !fix.matches("(use|end line|remove|leave) .*"))
          .ifPresent(fix -> assertTrue(shows(before, d, fix), fix));
      Checked after = check(program, mended);
      int shift = mended.length() - d.source().text().length();
      Set<String> known = new TreeSet<>();
      before.diagnostics().forEach(o -> known.add(o.code() + o.title()));
      List<Diagnostic> left =
          after.diagnostics().stream()
              .filter(o -> o.title().equals(d.title()) && o.code().equals(d.code()))
              .filter(o -> Math.abs(o.span().start() - d.span().start()) <= Math.abs(shift))
              .filter(o -> count(before, o) <= count(after, o))
              .toList();
      assertEquals(List.of(), left, () -> "not mended by " + d.edits());
      int line = lineOf(mended, Math.min(d.span().start() + Math.max(0, shift), mended.length()));
      // What the user's own words of that line say wrongly besides may show now.
      String written = d.source().text().lines().skip(d.line() - 1L).findFirst().orElse("");
      List<Diagnostic> added =
          after.diagnostics().stream()
              .filter(o -> o.isError() && !known.contains(o.code() + o.title()))
              .filter(o -> o.line() == line || o.line() == d.line())
              .filter(
                  o -> {
                    String at = mended.substring(o.span().start(), o.span().end());
                    return at.isBlank() || !written.contains(at);
                  })
              .toList();
      assertEquals(List.of(), added, () -> "made by " + d.edits() + " in\n" + mended);
    }
  }

  /** Whether the text with this mistake mended, or those before it too, has the fix in it. */
  private static boolean shows(Checked checked, Diagnostic d, String fix) {
    List<Edit> edits = new ArrayList<>(d.edits());
    for (Diagnostic o : checked.diagnostics()) {
      if (o.equals(d)) {
        break;
      }
      if (o.source().equals(d.source())
          && o.edits().stream().allMatch(e -> edits.stream().allMatch(e::isApartFrom))) {
        edits.addAll(o.edits());
      }
    }
    String together = Edit.apply(d.source().text(), edits);
    return oneLine(d.mended()).contains(oneLine(fix)) || oneLine(together).contains(oneLine(fix));
  }

  private static long count(Checked checked, Diagnostic like) {
    return checked.diagnostics().stream()
        .filter(d -> d.code().equals(like.code()) && d.title().equals(like.title()))
        .count();
  }

  private static int lineOf(String text, int at) {
    return 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void mendingWholeProgramsEnds(Path program) throws IOException {
    Source source =
        new Source(
            program.getFileName().toString(), Files.readString(program), Optional.of(program));
    String mended = Espalier.mended(source, EMPTY);
    assertTrue(
        check(program, mended).diagnostics().stream()
            .allMatch(d -> d.edits().isEmpty() || !d.source().text().equals(mended)),
        mended);
  }

  /** Each code has programs named after it, {@code e123-….esp}, in whose messages it stands. */
  @ParameterizedTest
  @EnumSource(Code.class)
  void everyCodeHasAProgramOfItsOwn(Code code) throws IOException {
    String start = code.name().toLowerCase(Locale.ROOT) + "-";
    List<Path> own =
        programs().stream().filter(p -> p.getFileName().toString().startsWith(start)).toList();
    assertFalse(own.isEmpty(), () -> "no program " + start + "….esp");
    for (Path program : own) {
      assertTrue(
          check(program).diagnostics().stream().anyMatch(d -> d.code().equals(code.name())),
          program::toString);
    }
  }

  @Test
  void everyCodeExplainsItself() {
    for (Code code : Code.values()) {
      assertFalse(code.summary().isBlank());
      assertTrue(code.explanation().length() > code.summary().length() / 2, code.name());
    }
  }
}
