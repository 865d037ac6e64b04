package dev.espalier.dsl.assist;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import java.util.Optional;

/**
 * What a word of a program means where it stands.
 *
 * @param markdown what is known of it
 */
public record Hover(Span span, String markdown) {
  /**
   * What the word at a place means; empty where there is none, or where it means nothing.
   *
   * @param at UTF-16 index into the text
   * @param scope the names known before the text
   */
  public static Optional<Hover> at(Source source, int at, Scope scope) {
    return Meaning.at(source, at, scope).map(m -> new Hover(m.span(), m.markdown()));
  }

  /** As plain text. */
  public String plain() {
    return markdown.replaceAll("(?m)^```.*\\R?", "").replace("**", "").replace("`", "");
  }
}
