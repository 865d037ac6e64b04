package dev.espalier.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Code;
import dev.espalier.kernel.cli.Launch.Ended;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code explain}, as a process. */
class ExplainProcessTest {
  @TempDir Path folder;

  private Ended explain(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 1];
    all[0] = "explain";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return new Launch(folder, all).run();
  }

  @Test
  void aCodeIsExplainedWithAWrongAndARightProgram() throws Exception {
    Ended ended = explain("e102");
    assertEquals(0, ended.exit(), ended.all());
    assertTrue(ended.out().startsWith("E102 the amount comes after the model\n"), ended.out());
    assertTrue(ended.out().contains("wrong\n    data digits from glyphs\n"), ended.out());
    assertTrue(ended.out().contains("       |           ^^^^^^^  read as a unit"), ended.out());
    assertTrue(ended.out().endsWith("    prune teacher 50%\n"), ended.out());
  }

  @Test
  void withoutACodeAllAreListed() throws Exception {
    Ended ended = explain();
    assertEquals(0, ended.exit(), ended.all());
    assertEquals(Code.values().length, ended.out().lines().count());
  }

  @Test
  void anUnknownCodeIsAnsweredWithTheNearest() throws Exception {
    Ended ended = explain("E199");
    assertEquals(2, ended.exit(), ended.all());
    assertTrue(ended.err().contains("there is no code `E199`"), ended.err());
    assertTrue(ended.err().contains("nearest: E10"), ended.err());
    assertFalse(ended.err().contains("\tat "), "no stack trace");
  }
}
