package dev.espalier.dsl.explain;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The comments between the words of a sentence. */
final class CommentsInside {
  /** Texts in quotes, over lines or not, may hold the sign; so they are stepped over. */
  private static final Pattern PIECES =
      Pattern.compile(
          "\"\"\".*?\"\"\"|\"(?:[^\"\\\\\\r\\n]|\\\\.)*+\"|#[^\\r\\n]*", Pattern.DOTALL);

  private CommentsInside() {}

  /** Each comment, from its sign to the end of its line. */
  static List<String> of(String sentence) {
    return PIECES
        .matcher(sentence)
        .results()
        .map(MatchResult::group)
        .filter(piece -> piece.startsWith("#"))
        .map(String::stripTrailing)
        .toList();
  }
}
