package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Store;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimeLimitTest {
  @TempDir Path folder;

  private TimeLimit limit(double seconds) {
    return new TimeLimit(Store.open(folder), "a search", seconds);
  }

  @Test
  void withoutALimitNothingIsCounted() {
    TimeLimit none = limit(0);
    none.count(0, () -> {}, () -> 4);
    assertTrue(none.allows(4_000));
    assertTrue(none.note(false, 4).isEmpty());
  }

  @Test
  void whatWasSpentStaysAndWhatWasDoneIsFree() {
    TimeLimit first = limit(1e-9);
    assertTrue(first.allows(0), "the first generation is always made");
    first.count(0, () -> {}, () -> 4);
    assertFalse(first.allows(4));
    TimeLimit again = limit(1e-9);
    assertTrue(again.allows(0));
    again.count(0, () -> {}, () -> 4);
    assertFalse(again.allows(4));
    assertEquals(first.note(true, 4), again.note(true, 4), "made from the store, it costs nothing");
    TimeLimit longer = limit(3600);
    assertTrue(longer.allows(4), "there is time again");
  }

  @Test
  void whatWasStoppedCountsWithoutItsTrials() {
    assertThrows(
        Progress.Cancelled.class,
        () ->
            limit(1e-9)
                .count(
                    0,
                    () -> {
                      throw new Progress.Cancelled();
                    },
                    () -> 4));
    TimeLimit again = limit(1e-9);
    assertTrue(again.note(true, 0).orElseThrow().startsWith("the time ended it after 0 trials"));
    assertTrue(again.allows(0));
  }

  @Test
  void durationsReadAsTheyAreWritten() {
    assertEquals("45 s", TimeLimit.text(45));
    assertEquals("0.1 s", TimeLimit.text(0.1));
    assertEquals("10 minutes", TimeLimit.text(600));
    assertEquals("2.5 hours", TimeLimit.text(9000));
  }
}
