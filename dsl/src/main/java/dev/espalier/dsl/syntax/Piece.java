package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;

/**
 * A token, free of the parser generator.
 *
 * @param startsLine whether it is the first of its line
 */
public record Piece(String text, Shape shape, Span span, boolean startsLine) {
  /** What sort of token. */
  public enum Shape {
    /** A joint of the sentence ({@code into}); never a name. */
    RESERVED,
    /** A word that opens a statement; elsewhere a name. */
    OPENING,
    WORD,
    NUMBER,
    PARAMETER,
    TEXT,
    /** A quote that nothing closes. */
    OPEN_TEXT,
    SIGN,
    SEPARATOR,
    UNKNOWN,
    END
  }

  public boolean is(String other) {
    return text.equals(other);
  }

  public boolean isName() {
    return shape == Shape.WORD || shape == Shape.OPENING;
  }

  /** Whether it is a line end, which a sentence has only between the entries of a block. */
  boolean isLineEnd() {
    return shape == Shape.SEPARATOR && !is(";");
  }
}
