package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.espalier.engine.Environment;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Whatever the text, checking ends with messages that point into it. */
class AnyTextTest {
  private static final Scope EMPTY = Scope.empty(new Environment(1, 2, "cpu", false));

  private static void holds(String text) {
    RandomPrograms.holds(text, Espalier.check(Source.cell(1, text), EMPTY));
  }

  /** A few lines of a program with words moved, doubled, lost and put in. */
  @Property(tries = 8000, shrinking = ShrinkingMode.OFF)
  void changedProgramsAreChecked(@ForAll long seed) {
    holds(RandomPrograms.changed(new SplittableRandom(seed)));
  }

  /** Words of the language in any order. */
  @Property(tries = 4000, shrinking = ShrinkingMode.OFF)
  void wordSaladIsChecked(@ForAll long seed) {
    holds(RandomPrograms.salad(new SplittableRandom(seed)));
  }

  /** Sentences that the grammar allows, with whatever words. */
  @Property(tries = 2000, shrinking = ShrinkingMode.OFF)
  void sentencesOfTheGrammarAreChecked(@ForAll long seed) {
    holds(RandomPrograms.sentences(new SplittableRandom(seed)));
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
