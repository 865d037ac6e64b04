package dev.espalier.kernel.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Model;
import dev.espalier.engine.Progress.Event;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
    Meter meter = new Meter();
    meter.on(new Event.Started("train", "a-name-that-is-long".repeat(20) + "\u001b[31m"));
    meter.on(new Event.Batch("train", 2, 4, 1, 2, 0.5, 9));
    String line = ProgressText.line(meter.read(), 60);
    assertEquals(59, line.length());
    assertFalse(line.contains("\u001b"));
  }

  @Test
  void theBarOfANotebookShowsHowFarItIs() {
    Meter meter = new Meter();
    meter.on(new Event.Started("train", "<teacher>"));
    meter.on(ended(1, 4));
    meter.on(new Event.Batch("train", 2, 4, 1, 2, 0.5, 75));
    String html = ProgressHtml.of(meter.read());
    assertTrue(html.contains("aria-valuenow=\"37.5\""), html);
    assertTrue(html.contains("train &lt;teacher&gt;"), html);
    assertTrue(html.contains("epoch 2/4 · loss 0.5000 · validation 90.10% · 75 s left"), html);
  }
}
