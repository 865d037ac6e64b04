package dev.espalier.kernel.render;

import dev.espalier.engine.run.Result.ChartSpec;
import java.util.List;

/** What a result says, in the order of reading; {@link Text} and {@link Html} only lay it out. */
sealed interface Block {

  /**
   * What this is about.
   *
   * @param subject the user's own name for it; may be empty
   * @param aside what kind of thing it is
   */
  record Heading(String subject, String aside) implements Block {}

  /** A sentence. */
  record Line(String text) implements Block {}

  /** Labelled values, one a line. */
  record Facts(List<Fact> facts) implements Block {
    record Fact(String label, String value) {}
  }

  /** A table. */
  record Grid(List<Head> heads, List<Band> bands) implements Block {
    /**
     * A column's heading.
     *
     * @param small the lines below the title: how it was measured, the kind of the figures
     * @param numeric whether the column is set flush right
     */
    record Head(String title, List<String> small, boolean numeric) {}

    /**
     * Rows that belong together.
     *
     * @param title above them; may be empty
     */
    record Band(String title, List<List<String>> rows) {
      /** Whether it is set apart from what is above. */
      boolean apart() {
        return !title.isBlank();
      }

      /** Whether the title says anything that the only row does not, as that of a sum. */
      boolean titled() {
        return apart() && !(rows.size() == 1 && rows.get(0).get(0).equals(title));
      }
    }
  }

  /** What the figures say. */
  record Finding(String text) implements Block {}

  /** How it was measured. */
  record Remark(String text) implements Block {}

  /** The outcome of a comparison. */
  record Decision(boolean decided, String text) implements Block {}

  /** The outcome of an expectation. */
  record Outcome(boolean passed, String text, List<Facts.Fact> facts, String explanation)
      implements Block {}

  /** A chart. */
  record Picture(ChartSpec chart) implements Block {}

  /** The user's own Markdown. */
  record Prose(String markdown) implements Block {}
}
