package dev.espalier.kernel.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Model;
import dev.espalier.engine.Progress.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProgressTest {
  private final List<String> written = new ArrayList<>();
  private long now = 1;

  private static Event ended(int epoch, int epochs) {
    return new Event.EpochEnded(
        "train", epochs, new Model.Epoch("train", epoch, 0.25 / epoch, 0.3, 0.9 + epoch / 1e3, 2));
  }

  private ProgressText text(boolean inPlace) {
    return new ProgressText(written::add, inPlace, 80, () -> now);
  }

  @Test
  void aPipeGetsALineAnEpochAndNoControlCharacters() {
    ProgressText text = text(false);
    text.on(new Event.Started("train", "teacher"));
    for (int e = 1; e <= 3; e++) {
      for (int b = 1; b <= 10; b++) {
        text.on(new Event.Batch("train", e, 3, b, 10, 0.5, 9));
      }
      text.on(ended(e, 3));
    }
    text.on(new Event.Finished("train", "teacher", false, 6, ""));
    assertEquals(
        """
        train teacher …
          epoch 1/3, loss 0.2500, validation 90.10%, 4 s left
          epoch 2/3, loss 0.1250, validation 90.20%, 2 s left
          epoch 3/3, loss 0.0833, validation 90.30%, under 1 s left
        """,
        String.join("", written));
  }

  @Test
  void aLongTrainingWritesALineAQuarter() {
    ProgressText text = text(false);
    text.on(new Event.Started("train", "teacher"));
    for (int e = 1; e <= 100; e++) {
      text.on(ended(e, 100));
    }
    assertEquals(5, written.size(), written.toString());
    assertTrue(written.get(4).contains("epoch 100/100"), written.toString());
  }

  @Test
  void aDownloadWritesALineAQuarter() {
    ProgressText text = text(false);
    text.on(new Event.Started("load", "digits"));
    for (int i = 0; i <= 1000; i++) {
      text.on(new Event.Amount("downloading", i, 1000));
    }
    assertEquals(5, written.size(), written.toString());
    assertEquals("  downloading: 50%\n", written.get(2));
  }

  @Test
  void aTerminalGetsOneLineThatIsTakenAway() {
    ProgressText text = text(true);
    text.on(new Event.Started("train", "teacher"));
    for (int b = 1; b <= 100; b++) {
      now += 10_000_000;
      text.on(new Event.Batch("train", 2, 4, b, 100, 0.5, 9));
    }
    assertTrue(written.size() > 5 && written.size() < 20, written.size() + " redraws in a second");
    assertTrue(written.stream().allMatch(w -> w.startsWith("\r\u001b[K") && !w.contains("\n")));
    assertTrue(written.get(written.size() - 1).contains("epoch 2/4"), written.toString());
    text.on(new Event.Finished("train", "teacher", false, 6, ""));
    assertEquals("\r\u001b[K", written.get(written.size() - 1));
  }

  @Test
  void aLineNeverReachesTheEdge() {
    Stages stages = new Stages();
    stages.on(new Event.Started("train", "a-name-that-is-long".repeat(20) + "\u001b[31m"));
    stages.on(new Event.Batch("train", 2, 4, 1, 2, 0.5, 9));
    String line = ProgressText.line(stages.running(), 60);
    assertEquals(59, line.length());
    assertFalse(line.contains("\u001b"));
  }

  static Stream<String> statements() {
    return Samples.statements().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("statements")
  void aStatementInANotebookIsAsAgreed(String sample) throws Exception {
    Stages stages = Samples.statements().get(sample);
    Golden.check(sample + ".html", ProgressHtml.of(stages));
    Golden.check(sample + ".txt", ProgressText.of(stages));
  }

  @ParameterizedTest
  @MethodSource("statements")
  void theTableAloneTellsWhatTheTextTells(String sample) {
    Stages stages = Samples.statements().get(sample);
    // What a viewer leaves that strips styles and drawings.
    String bare =
        ProgressHtml.of(stages)
            .replaceAll("(?s)<svg.*?</svg>", "")
            .replaceAll("<[^>]*>", " ")
            .replace("&#39;", "'");
    for (Stage stage : stages.all()) {
      assertTrue(bare.contains(stage.state().sign()), bare);
      stage.facts().forEach(fact -> assertTrue(bare.contains(fact), fact + " in " + bare));
    }
    assertTrue(bare.contains(Html.escape(stages.note()).replace("`", " ")), bare);
    assertFalse(ProgressHtml.of(stages).contains("<script"), "no scripts");
  }

  @Test
  void theCurveOfARunningTrainingGrowsFromBatchToBatchAndStaysSmall() {
    Stages stages = new Stages();
    stages.on(new Event.Started("train", "net"));
    for (int e = 1; e <= 1000; e++) {
      for (int b = 1; b <= 4; b++) {
        stages.on(new Event.Batch("train", e, 1000, b, 4, 1.0 / e, 9));
      }
      stages.on(ended(e, 1000));
    }
    String html = ProgressHtml.of(stages);
    assertTrue(html.contains("<polyline"), html);
    assertTrue(html.length() < 9000, html.length() + " characters an update");
    List<Stages.Point> losses = stages.losses();
    assertEquals(1000, losses.get(losses.size() - 1).epochs());
  }

  @Test
  void stepsThatWaitAreKnownFromTheStart() {
    Stages stages = new Stages();
    stages.begin(Samples.chain().get(0));
    assertEquals(
        List.of("distill small", "prune", "finetune slim", "quantize tiny"),
        stages.all().stream().map(Stage::title).toList());
    assertTrue(stages.all().stream().allMatch(s -> s.state() == Stage.State.WAITING));
  }

  @Test
  void aTerminalTellsWhichStepsOfAChainAreDone() {
    ProgressText text = text(false);
    text.begin(Samples.chain().get(0), true);
    text.on(new Event.Started("distill", "small"));
    text.on(Samples.ended("distill", 10, 10));
    text.on(new Event.Finished("distill", "small", false, 14, ""));
    text.on(new Event.Started("prune", ""));
    text.on(new Event.Finished("prune", "", false, 0.03, ""));
    text.on(new Event.Started("finetune", "slim"));
    text.on(new Event.Resumed("finetune", 3, List.of(Samples.ended("finetune", 1, 3).epoch())));
    assertEquals(
        """
        distill small …
          epoch 10/10, loss 0.1200, validation 96.00%, under 1 s left
        prune …
        ✓ prune: 30.0 ms
        finetune slim …
          goes on after epoch 1 of 3
        """,
        String.join("", written));
  }
}
