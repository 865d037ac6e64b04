package dev.espalier.dsl;

import java.util.Optional;

/**
 * A mistake in a program.
 *
 * @param code stable, {@code E201}; {@code W…} for a warning, which does not keep it from running
 * @param title what is wrong, one clause
 * @param source the text it is in (an included file's, not the including one's)
 * @param span the exact place
 * @param label what stands beside the carets; may be empty
 * @param fix text that mends it, as it would be pasted; may be empty
 */
public record Diagnostic(
    String code, String title, Source source, Span span, String label, Optional<String> fix) {

  public boolean isError() {
    return code.startsWith("E");
  }

  /** Line of the span's start, from 1. */
  public int line() {
    return 1
        + (int) source.text().substring(0, span.start()).chars().filter(c -> c == '\n').count();
  }
}
