package dev.espalier.dsl.syntax;

import java.util.List;

/**
 * Something that may follow the beginning of a sentence.
 *
 * @param literal the word, for {@link Form#WORD}
 * @param rules the grammar's rules that would read it, the outermost first
 */
public record Continuation(Form form, String literal, List<Rule> rules) {
  /** What sort of token. */
  public enum Form {
    /** A word of the language in its own meaning. */
    WORD,
    /** A name, a catalog's word, or a unit. */
    NAME,
    NUMBER,
    /** {@code $name}. */
    PARAMETER,
    /** A text in quotes. */
    TEXT
  }

  /**
   * A rule of the grammar.
   *
   * @param start index of the first token that it reads, in the beginning of the sentence
   */
  public record Rule(String name, int start) {
    public boolean is(String other) {
      return name.equals(other);
    }
  }

  public Continuation {
    rules = List.copyOf(rules);
  }

  /** The rule that many above the innermost; one without a name when there is none. */
  public Rule above(int steps) {
    int i = rules.size() - 1 - steps;
    return i < 0 ? new Rule("", 0) : rules.get(i);
  }

  /** The innermost rule of that name as a number of steps above the innermost; -1 without one. */
  public int steps(String rule) {
    for (int i = 0; i < rules.size(); i++) {
      if (above(i).is(rule)) {
        return i;
      }
    }
    return -1;
  }
}
