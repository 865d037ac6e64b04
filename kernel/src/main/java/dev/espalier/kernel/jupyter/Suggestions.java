package dev.espalier.kernel.jupyter;

import java.util.List;

/**
 * What may stand at a cursor, the likeliest first.
 *
 * @param start of the text that each of them replaces, a UTF-16 index of the cell
 * @param end of that text, exclusive
 */
record Suggestions(List<Item> items, int start, int end) {
  Suggestions {
    items = List.copyOf(items);
  }

  /**
   * One text.
   *
   * @param kind what it is, as front ends show it: {@code method}, {@code class}, {@code variable},
   *     {@code keyword}, {@code package}, {@code magic}, …; empty when it is not known
   */
  record Item(String text, String kind) {}

  /** Texts of no known kind. */
  static Suggestions of(List<String> texts, int start, int end) {
    return new Suggestions(texts.stream().map(t -> new Item(t, "")).toList(), start, end);
  }

  /** Nothing to say at a place. */
  static Suggestions none(int at) {
    return new Suggestions(List.of(), at, at);
  }

  /** The same, in a text that has so many characters more in front. */
  Suggestions shifted(int by) {
    return new Suggestions(items, start + by, end + by);
  }
}
