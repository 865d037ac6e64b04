package dev.espalier.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;

/** What a source says when it refuses. */
final class Refusal {
  private Refusal() {}

  /** Loads, and expects a refusal that blames the program, with these words and this place. */
  static EspalierException of(DataSource source, String what, String where) {
    EspalierException e =
        assertThrows(EspalierException.class, () -> source.load(true, Progress.NONE));
    check(e, what, where);
    return e;
  }

  static void check(EspalierException e, String what, String where) {
    assertTrue(e.what().contains(what), () -> "what: " + e.what() + ", wanted: " + what);
    assertTrue(e.where().contains(where), () -> "where: " + e.where() + ", wanted: " + where);
    assertEquals(EspalierException.Blame.PROGRAM, e.blame());
    assertFalse(e.getMessage().contains("null"), e.getMessage());
  }
}
