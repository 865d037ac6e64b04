package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of messages shows what is said. */
class MessagesPageTest {
  private static final Pattern SHOWN =
      Pattern.compile("Espalier:\n\n```\n(.*?)\n```\n\n```text\n(.*?)\n```", Pattern.DOTALL);

  @Test
  void everyMessageOnThePageIsTheOneThatIsGiven() throws IOException {
    String page = Files.readString(Path.of("MESSAGES.md"));
    String before =
        """
        data digits from glyphs
        train mlp(300) on digits for 2 epochs as teacher
        """;
    assertTrue(page.contains(before));
    Matcher shown = SHOWN.matcher(page);
    int count = 0;
    while (shown.find()) {
      Checked checked =
          Espalier.check(
              Source.cell(1, before + shown.group(1) + "\n"),
              Scope.empty(new Environment(1, 2, "cpu", false)));
      assertEquals(shown.group(2), Messages.format(checked.diagnostics()));
      count++;
    }
    long sections = page.lines().filter(l -> l.startsWith("## ")).count();
    assertTrue(sections >= 25, () -> sections + " mistakes");
    assertEquals(sections, count);
  }
}
