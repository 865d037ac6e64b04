package dev.espalier.dsl.format;

import java.util.List;
import java.util.Optional;

/** What a sentence is made of, for laying it out. */
sealed interface Part {

  /**
   * A token as it will be written.
   *
   * @param depth of round and square brackets around it
   * @param clause whether a line may well begin with it
   * @param then whether it is the {@code then} between two steps
   * @param apart whether the author put that {@code then} at an end of a line
   */
  record Token(String text, int depth, boolean clause, boolean then, boolean apart)
      implements Part {}

  /**
   * A comment.
   *
   * @param own whether it has a line of its own
   */
  record Remark(String text, boolean own) implements Part {}

  /**
   * Curly brackets and what is in them.
   *
   * @param several whether the author wrote it over several lines
   * @param statements whether its entries are statements, which have a line each
   * @param opening the comment behind the opening bracket
   */
  record Block(boolean several, boolean statements, Optional<Remark> opening, List<Entry> entries)
      implements Part {
    public Block {
      entries = List.copyOf(entries);
    }
  }

  /**
   * An entry of a block, or a comment between two.
   *
   * @param blank whether a blank line is before it
   * @param joined whether it stands on the line of the entry before it, behind a comma
   * @param after the comment behind it
   */
  record Entry(boolean blank, boolean joined, List<Part> parts, Optional<Remark> after) {
    public Entry {
      parts = List.copyOf(parts);
    }

    boolean isRemark() {
      return parts.size() == 1 && parts.get(0) instanceof Remark;
    }
  }
}
