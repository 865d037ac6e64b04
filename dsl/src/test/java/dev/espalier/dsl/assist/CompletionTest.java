package dev.espalier.dsl.assist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.engine.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is suggested at a place, in the order in which it is suggested. */
class CompletionTest {
  private static final Scope EMPTY = Scope.empty(new Environment(1, 2, "cpu", false));
  private static final int SHOWN = 8;
  private static final Path TABLE =
      Path.of("src/test/resources/dev/espalier/dsl/assist/completions.txt");

  static List<String> at(String marked) {
    int at = marked.indexOf('|');
    String text = marked.substring(0, at) + marked.substring(at + 1);
    return Completion.at(Source.cell(1, text), at, EMPTY).stream().map(Suggestion::text).toList();
  }

  /** Rows of a text with | at the cursor, and the first suggestions; `given` stands before all. */
  @Test
  void firstSuggestions() throws IOException {
    List<String> wanted = Files.readAllLines(TABLE);
    List<String> got = new ArrayList<>();
    String given = "";
    int rows = 0;
    for (String line : wanted) {
      if (line.startsWith("given ")) {
        given = line.substring("given ".length()).replace("\\n", "\n");
        got.add(line);
      } else if (line.isBlank() || line.startsWith("#")) {
        got.add(line);
      } else {
        String row = line.substring(0, line.lastIndexOf("=>")).stripTrailing();
        List<String> found = at(given + row.replace("\\n", "\n"));
        String first = String.join(", ", found.subList(0, Math.min(SHOWN, found.size())));
        got.add((row + " => " + first + (found.size() > SHOWN ? ", …" : "")).stripTrailing());
        rows++;
      }
    }
    assertEquals(String.join("\n", wanted), String.join("\n", got));
    assertTrue(rows >= 80, () -> "too few rows in " + TABLE);
  }

  @Test
  void namesOfOtherCellsAreKnown() {
    Scope.Binding teacher =
        new Scope.Binding(
            "teacher",
            Scope.Kind.MODEL,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0,
            false,
            0);
    assertEquals(
        List.of("teacher"),
        Completion.at(Source.cell(2, "prune "), 6, EMPTY.with(teacher)).stream()
            .map(Suggestion::text)
            .toList());
  }

  @Test
  void aWordIsReplacedAsAWhole() {
    String text = "prune a 50% by magnit on d";
    Suggestion found = Completion.at(Source.cell(1, text), text.indexOf("gnit"), EMPTY).get(0);
    assertEquals("magnitude", found.text());
    assertEquals("magnit", text.substring(found.range().start(), found.range().end()));
  }

  @Test
  void bothWordsOfABoundAreReplaced() {
    String text = "expect size of t at  mo";
    Suggestion found = Completion.at(Source.cell(1, text), text.length(), EMPTY).get(0);
    assertEquals("at most", found.text());
    assertEquals(new Span(text.indexOf("at "), text.length()), found.range());
  }

  @Test
  void saysWhatASettingTakes() {
    String text = "train lenet-5 with batch";
    Suggestion found = Completion.at(Source.cell(1, text), text.length(), EMPTY).get(0);
    assertEquals(
        "samples per step (a whole number, at least 1 and at most 1000000; default 128)",
        found.detail());
    assertTrue(found.doc().contains("setting of training"), found.doc());
    assertEquals(Suggestion.Kind.SETTING, found.kind());
  }

  // ---- files

  @Test
  void filesBesideTheProgram(@TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("data/deep"));
    for (String name : List.of("a.onnx", "b.csv", ".hidden", "data/cells.csv", "data/x.txt")) {
      Files.writeString(folder.resolve(name), "");
    }
    assertEquals(List.of("b.csv", "data/", "a.onnx"), files(folder, "data d from csv \"|"));
    assertEquals(List.of("a.onnx", "data/", "b.csv"), files(folder, "model m from onnx \"|"));
    assertEquals(List.of("cells.csv", "deep/", "x.txt"), files(folder, "data d from csv \"data/|"));
    assertEquals(List.of("cells.csv"), files(folder, "data d from csv \"data/c|\" with label"));
    assertEquals(List.of(".hidden"), files(folder, "include \".|"));
    assertEquals(List.of(), files(folder, "include \"nowhere/|"));
    assertEquals(List.of(), files(folder, "note \"|"));
    assertEquals(List.of(), files(folder, "data d from csv \"b.csv\" with label \"|"));
  }

  @Test
  void aPartOfAPathIsReplaced(@TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(folder.resolve("data/cells.csv"), "");
    String text = "data d from csv \"data/ce.csv\" take 5";
    Source source = new Source("p.esp", text, Optional.of(folder.resolve("p.esp")));
    Suggestion found = Completion.at(source, text.indexOf(".csv"), EMPTY).get(0);
    assertEquals("cells.csv", found.text());
    assertEquals("ce.csv", text.substring(found.range().start(), found.range().end()));
  }

  private static List<String> files(Path folder, String marked) {
    int at = marked.indexOf('|');
    String text = marked.substring(0, at) + marked.substring(at + 1);
    Source source = new Source("p.esp", text, Optional.of(folder.resolve("p.esp")));
    return Completion.at(source, at, EMPTY).stream().map(Suggestion::text).toList();
  }

  // ---- remembering

  /** What is remembered of a text must not show in another. */
  @Test
  void editedTextsAreReadAgain() {
    StringBuilder text = new StringBuilder("data d from mnist\n");
    for (int i = 0; i < 100; i++) {
      text.append("train mlp(").append(i + 1).append(") on d as m").append(i).append('\n');
    }
    String before = text.toString();
    assertEquals("m99", first(before + "prune "));
    String renamed = before.replace("as m50\n", "as other\n");
    List<String> names =
        Completion.at(Source.cell(1, renamed + "prune "), renamed.length() + 6, EMPTY).stream()
            .map(Suggestion::text)
            .toList();
    assertTrue(names.contains("other") && !names.contains("m50"), names::toString);
    int middle = before.indexOf("train mlp(30)");
    String cut = before.substring(0, middle) + "prune \n" + before.substring(middle);
    assertEquals("m28", Completion.at(Source.cell(1, cut), middle + 6, EMPTY).get(0).text());
    assertEquals("m99", first(before + "prune "));
  }

  private static String first(String text) {
    return Completion.at(Source.cell(1, text), text.length(), EMPTY).get(0).text();
  }
}
