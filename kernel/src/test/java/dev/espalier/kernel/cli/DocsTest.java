package dev.espalier.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Source;
import dev.espalier.dsl.assist.Vocabulary;
import dev.espalier.dsl.reference.Prose;
import dev.espalier.dsl.reference.Reference;
import dev.espalier.engine.Environment;
import dev.espalier.kernel.cli.Launch.Ended;
import dev.espalier.kernel.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs}, and that its examples run. */
class DocsTest {
  @TempDir Path folder;

  @Test
  void everyExampleOfTheReferenceRuns() throws Exception {
    Files.writeString(folder.resolve("common.esp"), "set seed 3\n");
    int ran = 0;
    for (Vocabulary.Word verb : Vocabulary.verbs()) {
      Prose prose = Prose.of(verb.text()).orElseThrow();
      for (String example : prose.examples()) {
        Session session = new Session(folder.resolve("store"), new Environment(1, 1, "cpu", true));
        TerminalHost host =
            new TerminalHost(Terminal.system(true), folder.resolve("charts"), "again");
        Source source =
            new Source(verb.text(), example, Optional.of(folder.resolve("example.esp")));
        assertEquals(Session.DONE, session.execute(source, host), verb.text() + "\n" + example);
        ran++;
      }
    }
    assertTrue(ran >= Vocabulary.verbs().size(), ran + " examples");
    assertTrue(Files.size(folder.resolve("page.html")) > 1000);
  }

  @Test
  void thePagesAreWrittenAndAFileInTheirPlaceIsRefused() throws Exception {
    Ended ended = new Launch(folder, "docs", "--out", "pages").run();
    assertEquals(0, ended.exit(), ended.all());
    for (Map.Entry<String, String> page : Reference.pages().entrySet()) {
      assertEquals(
          page.getValue(), Files.readString(folder.resolve("pages").resolve(page.getKey())));
    }
    Files.writeString(folder.resolve("file"), "mine");
    Ended refused = new Launch(folder, "docs", "--out", "file").run();
    assertEquals(2, refused.exit(), refused.all());
    assertTrue(refused.err().contains("`file` is a file"), refused.err());
    assertEquals("mine", Files.readString(folder.resolve("file")));
  }
}
