package dev.espalier.dsl.assist;

import dev.espalier.dsl.Span;

/**
 * Something to write at a place.
 *
 * @param text what to write
 * @param detail one line that says what it is
 * @param doc more of it, as Markdown
 * @param range what it replaces: the word that the place lies in, or nothing
 */
public record Suggestion(String text, Kind kind, String detail, String doc, Span range) {
  /** What is suggested. */
  public enum Kind {
    /** A word that opens or joins sentences. */
    KEYWORD("keyword"),
    DATA("data"),
    BLUEPRINT("blueprint"),
    MODEL("model"),
    TEACHER("teacher"),
    TABLE("table"),
    TARGET("target"),
    RECIPE("recipe"),
    VALUE("value"),
    ARCHITECTURE("architecture"),
    /** A layer of a block, or of a model. */
    LAYER("layer"),
    METHOD("method"),
    /** A word of the catalog that is none of the above. */
    WORD("word"),
    SETTING("setting"),
    METRIC("metric"),
    UNIT("unit"),
    FILE("file"),
    FOLDER("folder");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** As people say it. */
    public String words() {
      return words;
    }
  }
}
