package dev.espalier.dsl.assist;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.espalier.dsl.assist.Completeness.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletenessTest {
  private static State state(String text) {
    return Completeness.of(text).state();
  }

  private static String indent(String text) {
    assertEquals(State.INCOMPLETE, state(text), text);
    return Completeness.of(text).indent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# nothing",
        "train a on b",
        "train a on b;",
        "note \"(\"  # (",
        "model x {\n  conv(3)\n}",
        "note \"\"\"\ntwo\nlines\"\"\"",
        "train a on b\n    then prune 50%",
        "sweep x over 1, 2 {\n  train a\n}"
      })
  void whole(String text) {
    assertEquals(State.COMPLETE, state(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train a on b then",
        "train mlp(3,",
        "train mlp(3",
        "model x {",
        "distill a into",
        "distill a",
        "expect size of a at most",
        "data d from csv \"x.csv\" split 5",
        "train a with batch 3,",
        "note \"\"\"\nopen"
      })
  void wantsMore(String text) {
    assertEquals(State.INCOMPLETE, state(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train mlp(3]",
        "note \"open",
        "wrong words here",
        "train a on b)",
        "train a into\nshow b",
        "train mlp(3\nshow b",
        "show a; train ) b"
      })
  void wrongWhateverFollows(String text) {
    assertEquals(State.INVALID, state(text));
  }

  @Test
  void theNextLineIsIndented() {
    assertEquals("  ", indent("train a on b then"));
    assertEquals("    ", indent("  train a on"));
    assertEquals("  ", indent("model x {"));
    assertEquals("  ", indent("model x {\n  conv(3)"));
    assertEquals("  ", indent("model x {\n  conv(3), relu,"));
    assertEquals("", indent("note \"\"\"\nopen"));
  }
}
