package dev.espalier.dsl.assist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Syntax;
import dev.espalier.engine.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Completion at every place of every program there is. */
class CompletionOfProgramsTest {
  private static final Scope EMPTY = Scope.empty(new Environment(1, 2, "cpu", false));

  /** Above this length a program of the corpus says nothing new. */
  private static final int LONG = 4000;

  private static List<Source> programs() {
    List<Source> out = new ArrayList<>();
    for (String root : List.of("src/test/resources/dev/espalier/dsl", "../notebooks")) {
      try (Stream<Path> all = Files.walk(Path.of(root))) {
        for (Path p : all.filter(f -> f.toString().endsWith(".esp")).sorted().toList()) {
          out.add(new Source(p.toString(), Files.readString(p), Optional.of(p)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return out;
  }

  @Test
  void everySuggestionReplacesAPartOfTheText() {
    int places = 0;
    for (Source program : programs()) {
      String text = program.text();
      if (text.length() > LONG) {
        continue;
      }
      // The beginnings and the ends of words, and some places within.
      for (int at = 0; at <= text.length(); at += isInWord(text, at) ? 4 : 1) {
        for (Suggestion s : Completion.at(program, at, EMPTY)) {
          Span range = s.range();
          assertTrue(
              range.end() <= text.length() && range.start() <= at && at <= range.end(),
              program.name() + " at " + at + ": " + s);
          assertTrue(!s.text().isBlank() && !s.detail().contains("\n"), s::toString);
        }
        places++;
      }
    }
    int seen = places;
    assertTrue(seen > 10_000, () -> "only " + seen + " places");
  }

  private static boolean isInWord(String text, int at) {
    return at + 4 < text.length()
        && text.substring(at, at + 4).chars().allMatch(Character::isLetterOrDigit);
  }

  /** Whoever writes a right program finds its words among the suggestions. */
  @Test
  void theWordsOfRightProgramsAreSuggested() {
    Pattern words = Pattern.compile("at least|at most|\\$?[A-Za-z_][\\w]*(-\\w+)*");
    int all = 0;
    List<String> missing = new ArrayList<>();
    for (Source program : programs()) {
      if (!Espalier.check(program, EMPTY).ok() || program.text().length() > LONG) {
        continue;
      }
      String text = program.text();
      Set<Integer> defined = new HashSet<>();
      Outline.of(program).forEach(o -> defined.add(o.place().start()));
      Matcher matcher = words.matcher(withoutTexts(text));
      while (matcher.find()) {
        int start = matcher.start();
        boolean glued = start > 0 && Character.isLetterOrDigit(text.charAt(start - 1));
        if (defined.contains(start) || glued || isOwnName(text, start, matcher.end())) {
          continue;
        }
        all++;
        String word = matcher.group();
        boolean found =
            Completion.at(program, start + 1, EMPTY).stream().anyMatch(s -> s.text().equals(word));
        if (!found) {
          int line = text.lastIndexOf('\n', start) + 1;
          int end = text.indexOf('\n', start);
          missing.add(word + " in " + text.substring(line, end < 0 ? text.length() : end).strip());
        }
      }
    }
    int seen = all;
    assertTrue(seen > 2000, () -> "only " + seen + " words");
    assertEquals("", String.join("\n", missing));
  }

  /** The names that a program gives to layers, axes and parameters are its own. */
  private static boolean isOwnName(String text, int start, int end) {
    String before = text.substring(0, start).stripTrailing();
    String line = before.substring(before.lastIndexOf('\n') + 1);
    return before.endsWith(" as")
        || before.endsWith("{ model")
        || text.startsWith(" over ", end)
        || line.startsWith("recipe ") && !line.contains(" is");
  }

  private static final List<String> PIECES =
      List.of(
          "train ",
          "prune ",
          "t",
          " 50%",
          " of ",
          "by ",
          "with ",
          "(",
          ")",
          "{",
          "}",
          "[",
          ",",
          "\n",
          "\n  ",
          "then ",
          "as x",
          "\"",
          "\"\"\"",
          "#",
          "$",
          "3",
          "at ",
          ";",
          "\uD83D",
          "\uDE00",
          "\t",
          "\r\n",
          "data d from mnist\n",
          "model m { ",
          "optimizer sgd(",
          "\\",
          "é");

  /** Whatever the text, completion, explanation and the question whether it is whole end. */
  @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
  void anyTextIsAnswered(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder built = new StringBuilder();
    for (int i = random.nextInt(25); i >= 0; i--) {
      built.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    String text = built.toString();
    int at = random.nextInt(text.length() + 1);
    Source source = Source.cell(1, text);
    for (Suggestion s : Completion.at(source, at, EMPTY)) {
      assertTrue(s.range().start() <= at && at <= s.range().end(), () -> text + " " + at);
    }
    Hover.at(source, at, EMPTY).ifPresent(h -> assertTrue(h.span().end() <= text.length(), text));
    for (Span use : Definition.uses(source, at, EMPTY)) {
      assertTrue(use.end() <= text.length(), text);
    }
    // Whole is what is read without a mistake of syntax.
    boolean reads =
        Syntax.read(source).stream().allMatch(item -> item instanceof Syntax.Item.Parsed);
    boolean whole = Completeness.of(text).state() == Completeness.State.COMPLETE;
    assertEquals(reads, whole, text);
  }

  /** Comments and texts in quotes as blanks. */
  private static String withoutTexts(String text) {
    StringBuilder out = new StringBuilder(text);
    Matcher matcher =
        Pattern.compile("\"\"\"(?s:.*?)\"\"\"|\"(?:[^\"\\n\\\\]|\\\\.)*\"|#[^\\n]*").matcher(text);
    while (matcher.find()) {
      for (int i = matcher.start(); i < matcher.end(); i++) {
        out.setCharAt(i, ' ');
      }
    }
    return out.toString();
  }
}
