package dev.espalier.dsl.assist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.engine.Environment;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HoverTest {
  private static final Scope EMPTY = Scope.empty(new Environment(1, 2, "cpu", false));
  private static final String PROGRAM =
      """
      data digits from mnist
      let amount = 80%
      train lenet-5 on digits for 3 epochs with batch 64, optimizer sgd(lr 0.1) as teacher
      prune teacher $amount by magnitude as slim
      prune teacher 90% of channels as narrow
      expect accuracy of slim at least 95%
      train nothing-known on digits as broken
      quantize broken to int8 as tiny
      """;

  private static String hover(String word) {
    return Hover.at(source(), PROGRAM.indexOf(word) + 1, EMPTY).map(Hover::markdown).orElse("");
  }

  private static Source source() {
    return Source.cell(1, PROGRAM);
  }

  @Test
  void saysWhatAWordOfTheCatalogIsAndTakes() {
    String doc = hover("magnitude");
    assertTrue(doc.startsWith("**magnitude** (pruning method): "), doc);
    assertTrue(hover("sgd").contains("`lr`"), hover("sgd"));
  }

  @Test
  void saysWhatASettingIsWhereItStands() {
    assertTrue(hover("batch").contains("setting of training"), hover("batch"));
    assertTrue(hover("lr 0.1").contains("setting of sgd"), hover("lr 0.1"));
  }

  @Test
  void saysWhereANameComesFrom() {
    String doc = hover("slim at");
    assertTrue(doc.startsWith("**slim** (model, 80% sparse), line 4"), doc);
    assertTrue(doc.contains("prune teacher $amount by magnitude as slim"), doc);
    assertTrue(hover("digits for").contains("samples of 1×28×28, 10 classes"));
  }

  @Test
  void saysWhatANameIsWhereItIsDefined() {
    assertTrue(hover("narrow").startsWith("**narrow** (model), line 5"), hover("narrow"));
    assertTrue(hover("amount =").startsWith("**amount** (value), line 2"), hover("amount ="));
  }

  @Test
  void namesOfWrongSentencesAreKnown() {
    assertTrue(hover("broken to").contains("line 7"), hover("broken to"));
  }

  @Test
  void explainsMetricsUnitsAndJoints() {
    assertTrue(hover("accuracy").contains("(metric)"));
    assertTrue(hover("epochs").contains("unit of epochs"));
    assertTrue(hover("at least").contains("lower bound"));
    assertTrue(hover("channels").contains("whole units"));
  }

  @Test
  void nothingIsSaidOfNumbersTextsAndUnknownWords() {
    assertEquals("", hover("95%"));
    assertEquals("", hover("nothing-known"));
    assertEquals(Optional.empty(), Hover.at(Source.cell(1, "# train"), 4, EMPTY));
  }

  @Test
  void plainTextHasNoMarkup() {
    String plain = Hover.at(source(), PROGRAM.indexOf("slim at") + 1, EMPTY).orElseThrow().plain();
    assertTrue(!plain.contains("**") && !plain.contains("```"), plain);
    assertTrue(plain.contains("prune teacher"), plain);
  }

  @Test
  void leadsToDefinitions() {
    assertEquals(
        Optional.of(place("teacher\n", 7)),
        Definition.at(source(), PROGRAM.indexOf("teacher 90"), EMPTY));
    assertEquals(
        Optional.of(place("amount =", 6)),
        Definition.at(source(), PROGRAM.indexOf("$amount") + 3, EMPTY));
    assertEquals(Optional.empty(), Definition.at(source(), PROGRAM.indexOf("magnitude"), EMPTY));
  }

  @Test
  void findsEveryUse() {
    assertEquals(
        List.of(place("teacher\n", 7), place("teacher $", 7), place("teacher 90", 7)),
        Definition.uses(source(), PROGRAM.indexOf("teacher 90"), EMPTY));
  }

  private static Span place(String text, int length) {
    int at = PROGRAM.indexOf(text);
    return new Span(at, at + length);
  }

  @Test
  void listsTheNamesOfAProgram() {
    assertEquals(
        List.of("digits", "amount", "teacher", "slim", "narrow", "broken", "tiny"),
        Outline.of(source()).stream().map(Outline::name).toList());
  }
}
