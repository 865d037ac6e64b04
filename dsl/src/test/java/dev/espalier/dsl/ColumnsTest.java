package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.espalier.engine.Environment;
import org.junit.jupiter.api.Test;

class ColumnsTest {
  @Test
  void everyLetterTakesTheRoomThatItIsDrawnIn() {
    assertEquals(0, Columns.of(""));
    assertEquals(5, Columns.of("naïve"));
    assertEquals(5, Columns.of("nai\u0308ve"), "a mark stands above its letter");
    assertEquals(6, Columns.of("日本語"));
    assertEquals(2, Columns.of("한"));
    assertEquals(2, Columns.of("😀"));
    assertEquals(4, Columns.of("ＡＢ"));
    assertEquals(2, Columns.of("ｱｲ"), "the narrow forms");
    assertEquals(0, Columns.of("\uFEFF"));
  }

  @Test
  void caretsStandUnderWhatTheyMean() {
    String message =
        Messages.format(
            Espalier.check(
                    Source.cell(1, "note \"日本\" extra"),
                    Scope.empty(new Environment(1, 2, "cpu", false)))
                .diagnostics()
                .get(0));
    String[] lines = message.split("\n");
    int shown = Columns.of(lines[1].substring(0, lines[1].indexOf("extra")));
    assertEquals(shown, lines[2].indexOf('^'), message);
  }
}
