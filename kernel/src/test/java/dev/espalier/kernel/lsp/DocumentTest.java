package dev.espalier.kernel.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.junit.jupiter.api.Test;

class DocumentTest {
  private static Document of(String text) {
    return new Document("untitled:1", 1, text);
  }

  @Test
  void positionsCountUnitsOfUtf16() {
    Document document = of("a\uD83D\uDE00b\r\nc\rd");
    assertEquals(new Position(0, 3), document.position(3));
    assertEquals(3, document.offset(new Position(0, 3)));
    assertEquals(6, document.offset(new Position(1, 0)));
    assertEquals(8, document.offset(new Position(2, 0)));
    assertEquals(4, document.offset(new Position(0, 99)));
    assertEquals(9, document.offset(new Position(99, 0)));
  }

  @Property(tries = 500)
  void everyPlaceComesBack(
      @ForAll @StringLength(max = 30) @Chars({'a', '\n', '\r', ' ', '\uD83D', '\uDE00'})
          String text) {
    Document document = of(text);
    for (int at = 0; at <= text.length(); at++) {
      int back = document.offset(document.position(at));
      boolean inLineEnd = at > 0 && at < text.length() && text.startsWith("\r\n", at - 1);
      assertTrue(back == at || (inLineEnd && back == at - 1), text + " " + at + " " + back);
    }
  }

  @Test
  void changesApplyToARangeOrToAll() {
    TextDocumentContentChangeEvent change = new TextDocumentContentChangeEvent("XY");
    change.setRange(new Range(new Position(1, 0), new Position(1, 1)));
    assertEquals("a\nXYc", of("a\nbc").changed(change, 2).text());
    assertEquals("all", of("a\nbc").changed(new TextDocumentContentChangeEvent("all"), 3).text());
  }
}
