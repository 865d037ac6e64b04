package dev.espalier.dsl.assist;

import dev.espalier.dsl.syntax.Ending;
import dev.espalier.dsl.syntax.Syntax;

/**
 * Whether a text can run as it is, or wants another line.
 *
 * @param indent what the next line should begin with, where the text is incomplete
 */
public record Completeness(State state, String indent) {
  /** What a text is. */
  public enum State {
    COMPLETE,
    /** The last sentence, a bracket or a text is not finished. */
    INCOMPLETE,
    /** It can only be refused, whatever follows. */
    INVALID;

    /** As front ends call it. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** As programs are formatted. */
  private static final String STEP = "  ";

  /** What a text is. */
  public static Completeness of(String text) {
    if (text.length() > Syntax.LONGEST) {
      return new Completeness(State.INVALID, "");
    }
    Ending ending = Ending.of(text);
    return switch (ending.how()) {
      case WHOLE -> new Completeness(State.COMPLETE, "");
      case WRONG -> new Completeness(State.INVALID, "");
      case IN_TEXT -> new Completeness(State.INCOMPLETE, "");
      case IN_SENTENCE -> new Completeness(State.INCOMPLETE, ending.indentation() + STEP);
      case IN_BLOCK ->
          new Completeness(
              State.INCOMPLETE,
              ending.itemStarts() ? ending.indentation() : ending.indentation() + STEP);
    };
  }
}
