package dev.espalier.dsl.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Messages;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.assist.Vocabulary;
import dev.espalier.engine.Environment;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Parameter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceTest {
  private static final Map<String, String> PAGES = Reference.pages();

  @TempDir Path folder;

  static List<String> verbs() {
    return Reference.verbs();
  }

  @Test
  void everyVerbOfTheGrammarHasItsPage() {
    assertEquals(
        Set.of(
            "apply",
            "chart",
            "compare",
            "compress",
            "data",
            "distill",
            "expect",
            "export",
            "factorize",
            "finetune",
            "include",
            "language",
            "let",
            "model",
            "note",
            "prune",
            "quantize",
            "recipe",
            "report",
            "set",
            "show",
            "sweep",
            "target",
            "train"),
        Set.copyOf(verbs()));
    for (String verb : verbs()) {
      assertTrue(PAGES.containsKey(verb + ".md"), verb);
      assertTrue(PAGES.get(verb + ".md").contains("\"" + verb + "\" "), verb + " has no grammar");
    }
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void everyExampleIsRight(String verb) throws Exception {
    Prose prose = Prose.of(verb).orElseThrow();
    assertTrue(prose.text().length() > 30, verb);
    assertFalse(prose.examples().isEmpty(), verb + " has no example");
    Files.writeString(folder.resolve("common.esp"), "set seed 3\n");
    boolean built = Vocabulary.verbs().stream().map(Vocabulary.Word::text).anyMatch(verb::equals);
    for (String example : prose.examples()) {
      assertTrue(List.of(example.split("[^a-z]+")).contains(verb), verb + " is not in " + example);
      List<Diagnostic> found =
          Espalier.check(
                  new Source("example", example, Optional.of(folder.resolve("example.esp"))),
                  Scope.empty(new Environment(1, 2, "cpu", true)))
              .diagnostics();
      assertEquals(
          built ? Set.of() : Set.of("E601"),
          found.stream().map(Diagnostic::code).collect(Collectors.toSet()),
          Messages.format(found));
    }
  }

  @Test
  void everyWordWithItsSettingsAndEveryCodeIsThere() {
    String all = String.join("\n", PAGES.values());
    for (Kind kind : Kind.values()) {
      for (Entry entry : Catalog.standard().all(kind)) {
        if (kind != Kind.SETTINGS) {
          assertTrue(all.contains("\n## " + entry.name() + "\n"), entry.name());
        }
        for (Parameter p : entry.parameters()) {
          boolean said = all.contains("| `" + p.name() + "` | ");
          assertTrue(said || p.name().equals("epochs"), entry.name() + " " + p.name());
        }
      }
    }
    for (Code code : Code.values()) {
      assertTrue(PAGES.get("errors.md").contains("\n## " + code.name() + "\n"), code.name());
    }
    assertTrue(PAGES.get("train.md").contains("it is `for 10 epochs`"), PAGES.get("train.md"));
  }

  @Test
  void linksLeadSomewhere() {
    Matcher link =
        Pattern.compile("\\]\\(([a-z-]+\\.md)(#([a-z0-9-]+))?\\)")
            .matcher(String.join("\n", PAGES.values()));
    Set<String> broken = new TreeSet<>();
    while (link.find()) {
      String page = PAGES.get(link.group(1));
      boolean there =
          page != null
              && (link.group(3) == null
                  || page.toLowerCase(java.util.Locale.ROOT)
                      .contains("\n## " + link.group(3) + "\n"));
      if (!there) {
        broken.add(link.group());
      }
    }
    assertEquals(Set.of(), broken);
  }

  @Test
  void textsAreShownAndNotRead() {
    assertEquals("a\\_b \\| \\<b\\> \\*x\\* \\`y\\`", Markdown.text("a_b | <b> *x*\n`y`"));
    assertEquals("see `a|b<c` \\<d", Markdown.prose("see `a|b<c` <d"));
    assertTrue(PAGES.get("layers.md").contains("max(0, x)"), PAGES.get("layers.md"));
    for (String page : PAGES.values()) {
      for (String line : page.lines().filter(l -> l.startsWith("| ")).toList()) {
        int bars = line.replace("\\|", "").replaceAll("[^|]", "").length();
        assertTrue(bars >= 3 && bars <= 5, line);
      }
    }
    int bytes =
        PAGES.values().stream().mapToInt(p -> p.getBytes(StandardCharsets.UTF_8).length).sum();
    assertTrue(bytes < 300_000, bytes + " bytes");
  }
}
