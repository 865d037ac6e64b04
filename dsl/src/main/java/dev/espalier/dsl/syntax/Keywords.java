package dev.espalier.dsl.syntax;

import java.util.List;

/** The language's own words, as the lexer has them; for whoever colours programs. */
public final class Keywords {
  private Keywords() {}

  /** The joints of a sentence, which are never names. */
  public static List<String> reserved() {
    return Layout.words(Piece.Shape.RESERVED);
  }

  /** The words that open a sentence; elsewhere they are names. */
  public static List<String> openings() {
    return Layout.words(Piece.Shape.OPENING);
  }

  /** Words with a meaning inside a sentence; elsewhere they are names. */
  public static List<String> others() {
    return Layout.words(Piece.Shape.WORD);
  }
}
