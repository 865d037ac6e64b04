package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.format.Formatter;
import dev.espalier.dsl.syntax.Syntax;
import dev.espalier.engine.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README writes in Espalier is Espalier. */
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("(?m)^```\\n((?s:.*?))^```$");
  private static final Pattern INLINE = Pattern.compile("`([^`]+)`");

  /** Where its programs lie: beside a folder of photographs. */
  private static final Path PLACE =
      Path.of("src/test/resources/dev/espalier/dsl/right/data/readme.esp");

  /** What the programs speak of without saying what it is. */
  private static final String BEFORE =
      """
      data digits from glyphs
      train mlp(300) on digits for 2 epochs as teacher
      model student is mlp(30)
      distill teacher into student for 1 epoch as small
      prune small 50% as slim
      quantize slim to int8 as tiny
      distill teacher into mlp(20) as by-distilling
      prune teacher 50% of channels as by-pruning
      """;

  private static final String TARGET =
      """
      target mcu is cortex-m4 {
          size at most 100 KB
          accuracy within 2 points of teacher
      }
      """;

  private static final String FILES =
      """
      data drawn from glyphs
      train resnet18 on drawn for 1 epoch as exported
      export exported to onnx "resnet18.onnx"
      """;

  private static String page() throws IOException {
    return Files.readString(Path.of("../README.md"));
  }

  private static List<Diagnostic> mistakes(String program) {
    return Espalier.check(
            new Source("readme.esp", program, Optional.of(PLACE)),
            Scope.empty(new Environment(1, 2, "cpu", false)))
        .diagnostics()
        .stream()
        // What comes before is there for any of them.
        .filter(d -> !d.code().equals(Code.W102.name()) && !d.code().equals(Code.W104.name()))
        .toList();
  }

  private static boolean isProgram(String block) {
    String word = block.strip().split("\\s", 2)[0];
    return !Set.of("java", "mvn", "%%java").contains(word) && !word.matches("E[0-9]+");
  }

  @Test
  void everyProgramIsRight() throws IOException {
    List<String> programs = new ArrayList<>();
    Matcher block = BLOCK.matcher(page());
    while (block.find()) {
      if (isProgram(block.group(1))) {
        programs.add(block.group(1));
      }
    }
    assertEquals(6, programs.size(), "programs");
    for (String program : programs) {
      boolean whole = program.contains("language 1");
      String before =
          whole
              ? ""
              : program.startsWith("data photos")
                  ? FILES
                  : BEFORE + (program.contains("target mcu") ? "" : TARGET);
      assertEquals("", Messages.format(mistakes(before + program)), program);
      // It is written as the formatter would, but for how far lines are indented.
      String laidOut = Formatter.format(new Source("readme.esp", program, Optional.empty()));
      assertEquals(
          program.replaceAll("\\s+", " ").strip(), laidOut.replaceAll("\\s+", " ").strip());
    }
  }

  /** Whole sentences between the words of the page, those with … aside. */
  @Test
  void everySentenceInALineReads() throws IOException {
    Set<String> verbs =
        Set.of(
            "chart",
            "compare",
            "compress",
            "data",
            "distill",
            "expect",
            "export",
            "finetune",
            "model",
            "prune",
            "quantize",
            "report",
            "set",
            "show",
            "sweep",
            "target",
            "train");
    Set<String> seen = new HashSet<>();
    String text = BLOCK.matcher(page()).replaceAll("").replaceAll("(?s)```java.*?```", "");
    Matcher inline = INLINE.matcher(text);
    while (inline.find()) {
      String sentence = inline.group(1);
      if (!verbs.contains(sentence.split(" ", 2)[0])
          || !sentence.contains(" ")
          || sentence.contains("…")) {
        continue;
      }
      for (Syntax.Item item : Syntax.read(Source.cell(1, sentence))) {
        assertTrue(item instanceof Syntax.Item.Parsed, () -> sentence + ": " + item);
        seen.add(sentence);
      }
    }
    assertTrue(seen.size() >= 8, seen::toString);
  }

  @Test
  void itsMessageIsTheOneThatIsGiven() throws IOException {
    Matcher message = Pattern.compile("(?ms)^```\\n(E102 .*?)^```$").matcher(page());
    assertTrue(message.find());
    String program = "data digits from glyphs\ntrain mlp(300) on digits as teacher\n";
    Checked checked =
        Espalier.check(
            Source.cell(1, program + "prune 50% teacher\n"),
            Scope.empty(new Environment(1, 2, "cpu", false)));
    assertEquals(message.group(1).strip(), Messages.format(checked.diagnostics()));
  }
}
