package dev.espalier.dsl.highlight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.assist.Vocabulary;
import dev.espalier.dsl.syntax.Keywords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextMateTest {
  private static final Path FILE = Path.of("editors/espalier.tmLanguage.json");

  /** Run with {@code -Despalier.write=yes} after the lexer has changed. */
  @Test
  void theGrammarForEditorsIsMadeOfTheLexersWords() throws IOException {
    if ("yes".equals(System.getProperty("espalier.write"))) {
      Files.writeString(FILE, TextMate.grammar());
    }
    assertEquals(Files.readString(FILE), TextMate.grammar());
  }

  @Test
  void everyWordOfTheLanguageIsInIt() {
    List<String> all = new ArrayList<>(Keywords.reserved());
    all.addAll(Keywords.openings());
    all.addAll(Keywords.others());
    assertTrue(all.size() > 50, all::toString);
    for (String word : all) {
      assertTrue(TextMate.grammar().matches("(?s).*[(|:]" + word + "[|)].*"), word);
    }
  }

  /** What is suggested with an explanation is what the language has. */
  @Test
  void everyExplainedWordIsOneOfTheLanguage() {
    List<String> all = new ArrayList<>(Keywords.reserved());
    all.addAll(Keywords.openings());
    all.addAll(Keywords.others());
    all.addAll(List.of("at least", "at most"));
    Vocabulary.verbs().forEach(v -> assertTrue(all.contains(v.text()), v.text()));
    Vocabulary.joints().forEach(j -> assertTrue(all.contains(j.text()), j.text()));
  }
}
