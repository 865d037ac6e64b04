package dev.espalier.dsl.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.espalier.dsl.Source;
import dev.espalier.dsl.syntax.AnyTree;
import dev.espalier.dsl.syntax.Printer;
import dev.espalier.dsl.syntax.Sentences;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Syntax;
import dev.espalier.dsl.syntax.WithoutPlaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;

/** What holds of every tree, every layout and every text. */
class AnyProgramTest {
  private static final List<String> PROGRAMS = programs();

  private static final List<String> RIGHT =
      PROGRAMS.stream()
          .filter(p -> Sentences.of(p).all().stream().allMatch(one -> one.statement().isPresent()))
          .toList();

  private static List<String> programs() {
    try {
      List<String> out = new ArrayList<>();
      for (Path program : FormatterTest.corpus()) {
        String text = Files.readString(program);
        if (text.length() < 3000) {
          out.add(text);
        }
      }
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Object> statements(String text) {
    return Syntax.read(new Source("text", text, Optional.empty())).stream()
        .map(
            i ->
                i instanceof Syntax.Item.Parsed p
                    ? WithoutPlaces.of(p.statement())
                    : (Object) ("refused: " + ((Syntax.Item.Refused) i).mistakes()))
        .toList();
  }

  /** A tree is printed, laid out and read again. */
  @Property(tries = 600, shrinking = ShrinkingMode.OFF)
  void treesArePrintedAndReadBack(@ForAll long seed) {
    AnyTree any = new AnyTree(seed);
    List<Statement> trees = List.of(any.statement(), any.statement());
    List<Object> wanted = trees.stream().map(WithoutPlaces::of).toList();
    String printed = Printer.text(trees);
    assertEquals(wanted, statements(printed), printed);
    String formatted = Formatter.format(printed);
    assertEquals(wanted, statements(formatted), formatted);
    assertEquals(formatted, Formatter.format(formatted));
    formatted.lines().forEach(l -> assertEquals(l.stripTrailing(), l));
  }

  /** However the words of a program are spread over lines, it is laid out alike. */
  @Property(tries = 700, shrinking = ShrinkingMode.OFF)
  void layoutsOfAProgramAreFormattedAlike(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String formatted =
        random.nextBoolean()
            ? Formatter.format(RIGHT.get(random.nextInt(RIGHT.size())))
            : Formatter.format(Printer.text(new AnyTree(seed).statement()));
    String loose = new LooseLayout(formatted, random).text();
    assertEquals(formatted, Formatter.format(loose), () -> "laid out as\n" + loose);
  }

  /** Programs with words moved, doubled and lost keep their meaning, or their mistakes. */
  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void changedProgramsKeepTheirMeaning(@ForAll long seed) {
    keepsItsMeaning(seed);
  }

  @Property(tries = 30_000, shrinking = ShrinkingMode.OFF)
  @Tag("long")
  void manyChangedProgramsKeepTheirMeaning(@ForAll long seed) {
    keepsItsMeaning(seed);
  }

  private static void keepsItsMeaning(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder(PROGRAMS.get(random.nextInt(PROGRAMS.size())));
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      int at = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(3)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, end));
        default -> text.insert(at, pick(random));
      }
    }
    FormatterTest.holds(text.toString());
  }

  private static String pick(SplittableRandom random) {
    List<String> bits =
        List.of(
            "\n", "\n  ", " ", "\t", ";", ",", "{", "}", "(", ")", "[", "]", "\"", "\"\"\"", "#",
            " then ", " # c\n", "\r\n", "\n\n\n", "%", "-", "$", " as ", "é");
    return bits.get(random.nextInt(bits.size()));
  }
}
