package dev.espalier.kernel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.Step;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.kernel.render.Samples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportPageTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-05T10:00:00Z"), ZoneOffset.UTC);
  private static final Pattern LOADED = Pattern.compile("(src|href)=\"(?!data:|https?://arxiv|\")");

  @TempDir Path folder;

  private static Step step(Source source, String sentence) {
    int at = source.text().indexOf(sentence);
    return new Step(
        sentence,
        source,
        new Span(Math.max(0, at), Math.max(0, at) + sentence.length()),
        new Operation.Note(""),
        Optional.empty());
  }

  static Transcript sample(String hostile) {
    String text =
        """
        language 1
        data digits from glyphs
        train lenet-5 on digits for 3 epochs as teacher
        compare teacher, tiny
        expect accuracy of tiny at least 95%
        # HOSTILE
        """
            .replace("HOSTILE", hostile);
    Source source = new Source("sample.esp" + hostile, text, Optional.empty());
    Transcript transcript = new Transcript();
    transcript.result(step(source, "note"), Samples.note());
    transcript.result(step(source, "data digits from glyphs"), Samples.data());
    Step train = step(source, "train lenet-5 on digits for 3 epochs as teacher");
    transcript.result(train, Samples.model("teacher" + hostile, false));
    transcript.result(step(source, "compare teacher, tiny"), Samples.comparison());
    transcript.result(step(source, "chart training of teacher" + hostile), Samples.training());
    transcript.result(step(source, "chart accuracy vs size of teacher, tiny"), Samples.size());
    Step expect = step(source, "expect accuracy of tiny at least 95%");
    transcript.result(expect, Samples.check(false));
    return transcript;
  }

  @Test
  void thePageHoldsEverythingInOrder() throws Exception {
    Path file = folder.resolve("new").resolve("report.html");
    Result.Written written =
        ReportPage.write(
            file, "Hinton on a laptop", sample(""), "java -jar espalier.jar run x", CLOCK);
    String page = Files.readString(file);
    assertEquals(Files.size(file), written.bytes());
    int at = 0;
    for (String expected :
        new String[] {
          "<h1>Hinton on a laptop</h1>",
          "2026-01-05 10:00 UTC",
          "0 passed, 1 failed",
          "Distilling on a laptop",
          "data digits from glyphs",
          "1 channel, 28×28",
          "train lenet-5 on digits for 3 epochs as teacher",
          "61,706 weights",
          "random pruning",
          "teacher is better by accuracy",
          "image/svg+xml",
          "image/svg+xml",
          "✗ failed",
          "lost 3.10",
          "language 1",
          "threads</dt><dd>2",
          "train(lenet-5, digits, epochs 3",
          "5a1e00ffee",
          "java -jar espalier.jar run x",
          "simulated"
        }) {
      int next = page.indexOf(expected, at);
      assertTrue(next >= 0, "after character " + at + " there is no: " + expected);
      at = next + expected.length();
    }
  }

  @Test
  void thePageLoadsNothingAndRunsNothingWhateverTheNames() {
    String page = ReportPage.html(Samples.HOSTILE, sample(Samples.HOSTILE), Samples.HOSTILE, CLOCK);
    assertFalse(page.contains("<script"), "no script");
    assertFalse(page.contains("<link"), "no style sheet");
    assertFalse(LOADED.matcher(page).find(), "nothing loaded");
    assertFalse(page.contains("\u001b"));
    assertFalse(page.contains("\u202e"));
    assertTrue(page.contains("&lt;script&gt;"), "the names are shown");
    assertTrue(page.contains("default-src 'none'"), "and the browser is told so");
  }

  @Test
  void aBrokenRunIsCalledSo() {
    Transcript transcript = sample("");
    Source source = transcript.sources().get(0);
    transcript.failed(
        step(source, "train <b> on digits"),
        EspalierException.run("the loss is not finite", "epoch 2", "lr 10", "lower lr"));
    String page = ReportPage.html("", transcript, "", CLOCK);
    assertTrue(page.contains("<h1>sample.esp</h1>"));
    assertTrue(page.contains("did not finish"));
    assertTrue(page.contains("the loss is not finite"));
    assertTrue(page.contains("train &lt;b&gt; on digits"));
  }

  @Test
  void aFolderThatCannotBeMadeIsRefusedAndNothingIsLeft() throws Exception {
    Path blocker = Files.writeString(folder.resolve("file"), "x");
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () -> ReportPage.write(blocker.resolve("r.html"), "t", sample(""), "", CLOCK));
    assertEquals(EspalierException.Blame.RUN, e.blame());
    assertTrue(
        e.getMessage().contains("r.html") || e.getMessage().contains("file"), e.getMessage());
    assertEquals("x", Files.readString(blocker));
  }
}
