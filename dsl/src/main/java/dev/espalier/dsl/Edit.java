package dev.espalier.dsl;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A change of a program's text.
 *
 * @param span what is taken out; empty where something is only put in
 * @param replacement what stands there instead; empty where something is only taken out
 */
public record Edit(Span span, String replacement) {

  /** Text put in at a place. */
  public static Edit insert(int at, String text) {
    return new Edit(new Span(at, at), text);
  }

  /** A word in place of another, where there is one. */
  public static List<Edit> replace(Span span, Optional<String> word) {
    return word.map(w -> List.of(new Edit(span, w))).orElse(List.of());
  }

  /** Whether both can be made. */
  public boolean isApartFrom(Edit other) {
    return span.end() < other.span.start() || other.span.end() < span.start();
  }

  /**
   * The text with all edits made.
   *
   * @throws IllegalArgumentException when two of them overlap, or one reaches past the end
   */
  public static String apply(String text, List<Edit> edits) {
    StringBuilder out = new StringBuilder(text);
    int next = text.length();
    for (Edit edit :
        edits.stream()
            .sorted(Comparator.comparingInt((Edit e) -> e.span.start()).reversed())
            .toList()) {
      if (edit.span.end() > next) {
        throw new IllegalArgumentException("edits overlap or leave the text at " + edit.span);
      }
      out.replace(edit.span.start(), edit.span.end(), edit.replacement);
      next = edit.span.start();
    }
    return out.toString();
  }
}
