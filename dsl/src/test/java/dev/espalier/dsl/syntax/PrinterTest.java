package dev.espalier.dsl.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PrinterTest {
  private static final Span NOWHERE = new Span(0, 0);

  static List<Path> corpus() throws IOException {
    List<Path> out = new ArrayList<>();
    for (String root : List.of("src/test/resources/dev/espalier/dsl", "../notebooks")) {
      try (Stream<Path> all = Files.walk(Path.of(root))) {
        all.filter(p -> p.toString().endsWith(".esp")).sorted().forEach(out::add);
      }
    }
    return out;
  }

  private static List<Statement> statements(String text) {
    return Syntax.read(new Source("text", text, Optional.empty())).stream()
        .filter(Syntax.Item.Parsed.class::isInstance)
        .map(i -> ((Syntax.Item.Parsed) i).statement())
        .toList();
  }

  private static Statement one(String text) {
    List<Statement> all = statements(text);
    assertEquals(1, all.size(), text);
    return all.get(0);
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void whatIsPrintedParsesToTheSameTree(Path program) throws IOException {
    for (Statement statement : statements(Files.readString(program))) {
      String printed = Printer.text(statement);
      assertEquals(WithoutPlaces.of(statement), WithoutPlaces.of(one(printed)), printed);
      assertEquals(printed, Printer.text(one(printed)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "prune  dense 50 %  of channels by taylor( batches 20 )|prune dense 50% of channels by"
            + " taylor(batches 20)",
        "expect size of a <= 100 KB|expect size of a at most 100 KB",
        "expect accuracy of a >= 95%|expect accuracy of a at least 95%",
        "compare a vs b and c|compare a, b, c",
        "distill a and b into mlp(30) via c and d|distill a, b into mlp(30) via c, d",
        "prune a 2 : 4|prune a 2:4",
        "data d from mnist split 80 / 10 / 10|data d from mnist split 80/10/10",
        "let x = [ 1,- 2 , [] ]|let x = [1, -2, []]",
        "let x = f()|let x = f()",
        "prune a 5% except \"fc*\", \"fc1\", \"in\"|prune a 5% except \"fc*\", fc1, \"in\"",
        "note \"a\\\"b\\\\c\\td\"|note \"a\\\"b\\\\c\\td\"",
        "recipe r($w, $v) is train mlp($w) then prune $v|recipe r($w, $v) is train mlp($w) then"
            + " prune $v",
        "prune a 9% per layer { fc1 5%, fc2 6% }|prune a 9% per layer { fc1 5%, fc2 6% }"
      })
  void aLineInItsUsualForm(String text, String printed) {
    assertEquals(printed, Printer.text(one(text)));
  }

  @Test
  void blocksHaveALineForEachEntry() {
    assertEquals(
        """
        model m {
          conv(3) as c1
          residual {
            relu
          } as r
        }""",
        Printer.text(one("model m { conv(3) as c1, residual { relu } as r }")));
    assertEquals(
        """
        sweep a over 1, 2 and s over 1 to 9 by 2 {
          prune m 50%
          show m
        } with workers 2 as c""",
        Printer.text(
            one(
                "sweep a over 1, 2, s over 1 to 9 by 2 { prune m 50%; show m } with workers 2 as c")));
  }

  @Test
  void aTextOverSeveralLinesStaysOne() {
    String note = "note \"\"\"\n  a\n\"b\"\n\"\"\"";
    assertEquals(note, Printer.text(one(note)));
    assertEquals("note \"a\\n\\\"\"", Printer.text(one("note \"a\\n\\\"\"")));
    assertEquals(note, Printer.text(one(note.replace("\n", "\r\n"))));
  }

  @Test
  void whatNoProgramCanSayIsRefused() {
    Statement reserved = new Statement.Show(List.of(new Name("into", NOWHERE)), List.of(), NOWHERE);
    assertThrows(IllegalArgumentException.class, () -> Printer.text(reserved));
    Statement blank = new Statement.Show(List.of(new Name("a b", NOWHERE)), List.of(), NOWHERE);
    assertThrows(IllegalArgumentException.class, () -> Printer.text(blank));
    assertThrows(
        IllegalArgumentException.class, () -> Printer.text(new Value.Text("a\rb", NOWHERE)));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Printer.text(new Value.Quantity("NaN", Double.NaN, false, Optional.empty(), NOWHERE)));
  }

  @Test
  void theTreeAsLines() {
    assertEquals(
        """
        Pipeline
          stages:
            Stage
              action: Prune
                verb: prune
                subject: dense
                amount: Part
                  part: 20%
                  of: remaining
                clauses:
                  In
                    rounds: 15 rounds
                    each: 20 epochs
                  Per
                    unit: layer
                    overrides:
                      LayerAmount
                        layer: fc3
                        amount: 10%
                  With
                    settings:
                      optimizer adam(lr 0.1)
              name: ticket
        """,
        TreeText.of(
            one(
                "prune dense 20% of remaining in 15 rounds of 20 epochs per layer { fc3 10% } with"
                    + " optimizer adam(lr 0.1) as ticket")));
    assertTrue(TreeText.of(one("expect a meets b")).startsWith("Meets\n  subject: a\n"));
  }
}
