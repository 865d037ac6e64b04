package dev.espalier.dsl;

/**
 * A stretch of a source text in UTF-16 units, end exclusive. Lines and columns are derived from the
 * text where a message is made.
 */
public record Span(int start, int end) {
  public Span {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException("span " + start + ".." + end);
    }
  }

  /** The smallest span that covers both. */
  public Span to(Span other) {
    return new Span(Math.min(start, other.start), Math.max(end, other.end));
  }
}
