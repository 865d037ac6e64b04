package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How words with a percent sign divide a cell. */
class CellTest {
  private static List<Cell.Part> parts(String text) throws CellFailure {
    return Cell.of(text).parts();
  }

  @Test
  void theHeadSaysWhatACellIs() throws CellFailure {
    assertEquals(Cell.Kind.ESPALIER, Cell.of("train x").kind());
    Cell java = Cell.of("\n%%time\n%%java\n1 + 1");
    assertEquals(Cell.Kind.JAVA, java.kind());
    assertTrue(java.timed());
    assertEquals("1 + 1", java.code());
    assertEquals(4, java.firstLine());
    assertEquals(Cell.Kind.JAVA, Cell.of("%%java\n%%time\n1").kind());
    assertEquals("prune", Cell.of("%%help prune").argument());
    assertThrows(CellFailure.class, () -> Cell.of("%%java\n%%pom\n<x/>"));
    assertThrows(CellFailure.class, () -> Cell.of("%%java\n%%java\n1"));
  }

  @Test
  void linesWithAPercentSignStandBetweenCode() throws CellFailure {
    assertEquals(
        List.of(
            new Cell.Part.Line(Magic.JARS, "a.jar \"b"),
            new Cell.Part.Code("int x = 1;\n", 15, false),
            new Cell.Part.Line(Magic.WHO, ""),
            new Cell.Part.Code("x", 31, false)),
        parts("%%java\n%jars a.jar \"b\nint x = 1;\n%who\nx"));
  }

  @Test
  void aRemainderOfADivisionIsNone() throws CellFailure {
    assertEquals(1, parts("%%java\nint r = 10\n  %three;\nr").size());
    assertEquals(1, parts("%%java\nfoo(1\n%time);").size());
    assertEquals(1, parts("%%java\nString t = \"\"\"\n%who\n\"\"\";").size());
    assertEquals(1, parts("%%java\n/*\n%who\n*/").size());
    assertThrows(CellFailure.class, () -> parts("%%java\nint r = 10;\n%three"));
  }

  @Test
  void aTimedStatementEndsWithWhatItOpened() throws CellFailure {
    assertEquals(
        List.of(
            new Cell.Part.Code(" for (;;) {\n f();\n}", 5, true),
            new Cell.Part.Code("g();", 25, false)),
        parts("%%java\n%time for (;;) {\n f();\n}\ng();"));
    assertEquals(
        List.of(
            new Cell.Part.Code(" train x\n  as y", 5, true),
            new Cell.Part.Code("show y", 21, false)),
        parts("%time train x\n  as y\nshow y"));
    assertThrows(CellFailure.class, () -> parts("%%java\n%time"));
  }

  @Test
  void questionsAreAskedAsInOtherNotebooks() throws CellFailure {
    for (String asked : List.of("help prune", "?prune", "prune?", "??prune", "%help prune")) {
      assertEquals(List.of(new Cell.Part.Line(Magic.HELP, "prune")), parts(asked));
    }
    assertEquals(List.of(new Cell.Part.Line(Magic.HELP, "")), parts("help"));
    assertEquals(1, parts("%%java\nhelp(1);").size());
    assertTrue(parts("note \"why?\"").get(0) instanceof Cell.Part.Code);
  }

  @Test
  void placesStayWhereTheyAreWithoutThoseLines() throws CellFailure {
    Cell cell = Cell.of("%%java\n%jars x\n%time foo()\nbar()");
    assertEquals(cell.code().length(), cell.codeAlone().length());
    assertEquals("foo()", cell.codeAlone().substring(14, 19));
    assertTrue(cell.codeAlone().startsWith("       \n"), cell.codeAlone());
  }
}
