package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Whatever the text, checking ends with messages that point into it. */
class AnyTextTest {
  private static final Scope EMPTY = Scope.empty(new Environment(1, 2, "cpu", false));
  private static final List<String> PROGRAMS = programs();
  private static final List<String> WORDS =
      List.of(
          "train",
          "distill",
          "prune",
          "quantize",
          "teacher",
          "into",
          "then",
          "as",
          "on",
          "for",
          "with",
          "by",
          "of",
          "50%",
          "3",
          "epochs",
          "mlp(30)",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          ",",
          ";",
          "\n",
          "\n  ",
          "\"",
          "\"\"\"",
          "$x",
          "it",
          "-",
          ":",
          "/",
          "=",
          ">",
          "é",
          "😀",
          "\t",
          "at least",
          "within",
          "1e999",
          "0.5",
          "set",
          "let x = ",
          "#",
          "\\",
          "\u0000",
          "\uD800");

  private static List<String> programs() {
    List<String> out = new ArrayList<>();
    try (Stream<Path> all = Files.walk(Path.of("src/test/resources/dev/espalier/dsl"))) {
      for (Path p : all.filter(f -> f.toString().endsWith(".esp")).sorted().toList()) {
        String text = Files.readString(p);
        if (text.length() < 3000) {
          out.add(text);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out;
  }

  private static void holds(String text) {
    Checked checked = Espalier.check(Source.cell(1, text), EMPTY);
    for (Diagnostic d : checked.diagnostics()) {
      assertTrue(d.span().end() <= d.source().text().length(), () -> d + " in " + text);
      assertTrue(Code.of(d.code()).isPresent(), d.code());
      assertFalse(d.title().isBlank());
      String message = Messages.format(d);
      assertTrue(message.contains("^"), message);
      assertTrue(message.length() < 2000, message);
    }
    assertTrue(checked.ok() || checked.steps().isEmpty());
  }

  /** A few lines of a program with words moved, doubled, lost and put in. */
  @Property(tries = 14_000, shrinking = ShrinkingMode.OFF)
  void changedProgramsAreChecked(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> lines = PROGRAMS.get(random.nextInt(PROGRAMS.size())).lines().toList();
    int from = lines.isEmpty() ? 0 : random.nextInt(lines.size());
    int to = Math.min(lines.size(), from + 1 + random.nextInt(6));
    StringBuilder text = new StringBuilder(String.join("\n", lines.subList(from, to)));
    for (int changes = random.nextInt(6); changes > 0; changes--) {
      int at = random.nextInt(text.length() + 1);
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, WORDS.get(random.nextInt(WORDS.size())));
        case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
        case 2 -> text.insert(at, " " + WORDS.get(random.nextInt(WORDS.size())) + " ");
        default -> {
          int end = Math.min(text.length(), at + random.nextInt(20));
          text.insert(random.nextInt(text.length() + 1), text.substring(at, end));
        }
      }
    }
    holds(text.toString());
  }

  /** Words of the language in any order. */
  @Property(tries = 4000, shrinking = ShrinkingMode.OFF)
  void wordSaladIsChecked(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(40); n > 0; n--) {
      text.append(WORDS.get(random.nextInt(WORDS.size())));
      if (random.nextBoolean()) {
        text.append(' ');
      }
    }
    holds(text.toString());
  }

  @Property(tries = 2000)
  void anyCharactersAreChecked(@ForAll String text) {
    holds(text);
  }

  /** What would blow up a naive parser; each ends well within the limit. */
  @Test
  void largeTextsEnd() {
    List<String> large =
        List.of(
            "(".repeat(200_000),
            "{".repeat(200_000),
            "let x = " + "[".repeat(100_000) + "1" + "]".repeat(100_000),
            "(".repeat(100_000) + "]".repeat(100_000),
            "let x = [" + "1, ".repeat(200_000) + "1]",
            "compare a" + ", a".repeat(200_000),
            "prune a 50%" + " then prune 60%".repeat(50_000),
            "a ".repeat(250_000),
            "a".repeat(1_000_000),
            "9".repeat(1_000_000),
            "\"".repeat(300_000),
            "show a\n".repeat(50_000),
            "show a b\n".repeat(3_000),
            "\n".repeat(1_000_000),
            "train mlp(\n".repeat(20_000),
            "#" + "x".repeat(1_000_000),
            "x".repeat(2_000_000),
            "let x = " + "mlp(".repeat(30) + "1" + ")".repeat(30),
            "show a\n" + " train b\n".repeat(5_000));
    for (String text : large) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(30),
          () -> holds(text),
          () -> text.substring(0, Math.min(40, text.length())));
    }
  }

  @Test
  void increasinglyIndentedLinesEnd() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      text.append(" ".repeat(i)).append("train b\n");
    }
    assertTimeoutPreemptively(Duration.ofSeconds(30), () -> holds(text.toString()));
  }
}
