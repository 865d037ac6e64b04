package dev.espalier.dsl;

import java.util.List;
import java.util.Optional;

/**
 * A mistake in a program.
 *
 * @param code stable, {@code E201}; {@code W…} for a warning, which does not keep it from running
 * @param title what is wrong, one clause
 * @param source the text it is in (an included file's, not the including one's)
 * @param span the exact place
 * @param label what stands beside the carets; may be empty
 * @param fix how to mend it; may be empty. With edits, it is the text as it will stand
 * @param edits of the source, which mend it; empty where there is more than one way to do so
 */
public record Diagnostic(
    String code,
    String title,
    Source source,
    Span span,
    String label,
    Optional<String> fix,
    List<Edit> edits) {

  public Diagnostic {
    edits = List.copyOf(edits);
  }

  public boolean isError() {
    return code.startsWith("E");
  }

  /** Line of the span's start, from 1. */
  public int line() {
    return source.line(span.start());
  }

  /** The whole source with this mistake mended; the same text when there are no edits. */
  public String mended() {
    return Edit.apply(source.text(), edits);
  }

  /** The same mistake with edits that mend it. */
  public Diagnostic with(List<Edit> mending) {
    return new Diagnostic(code, title, source, span, label, fix, mending);
  }
}
