package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Splitter.Sentence;
import dev.espalier.dsl.syntax.Splitter.Trouble;
import java.util.Optional;

/**
 * How a text ends.
 *
 * @param indentation the blanks before the line that what is open began in
 * @param itemStarts in a block, whether that line is an item of it, so that the next stands below
 */
public record Ending(How how, String indentation, boolean itemStarts) {
  /** How a text ends. */
  public enum How {
    /** Every sentence is whole. */
    WHOLE,
    /** A sentence does not parse, and what could follow does not change that. */
    WRONG,
    /** The last sentence needs more words. */
    IN_SENTENCE,
    /** A bracket of the last sentence is open. */
    IN_BLOCK,
    /** A text over several lines is open. */
    IN_TEXT
  }

  /** How the text ends. */
  public static Ending of(String text) {
    Layout layout = new Layout(text);
    Splitter splitter = new Splitter(layout);
    TreeBuilder builder = new TreeBuilder(layout);
    Ending ending = new Ending(How.WHOLE, "", false);
    int from = 0;
    while (true) {
      Optional<Sentence> next = splitter.next(from, layout.size());
      if (next.isEmpty()) {
        return ending;
      }
      from = next.get().to();
      boolean last = splitter.next(from, layout.size()).isEmpty();
      ending = of(text, layout, builder, next.get());
      if (ending.how == How.WRONG || (!last && ending.how != How.WHOLE)) {
        return new Ending(How.WRONG, "", false);
      }
    }
  }

  private static Ending of(String text, Layout layout, TreeBuilder builder, Sentence sentence) {
    int first = sentence.indices().get(0);
    String start = blank(text, layout.span(first).start());
    Optional<Trouble> trouble = sentence.trouble();
    if (trouble.isPresent() && trouble.get() instanceof Trouble.UnclosedText) {
      return new Ending(How.IN_TEXT, "", false);
    }
    if (trouble.isPresent() && !(trouble.get() instanceof Trouble.Unclosed)) {
      return new Ending(How.WRONG, "", false);
    }
    // What stands there must be the beginning of a sentence.
    boolean begins = TreeBuilder.begins(sentence.tokens());
    if (trouble.isPresent()) {
      Span bracket = ((Trouble.Unclosed) trouble.get()).bracket();
      return begins ? inBlock(text, layout, sentence, bracket) : new Ending(How.WRONG, "", false);
    }
    if (builder.parse(sentence) instanceof Statement) {
      return new Ending(How.WHOLE, "", false);
    }
    return new Ending(begins ? How.IN_SENTENCE : How.WRONG, start, false);
  }

  private static Ending inBlock(String text, Layout layout, Sentence sentence, Span bracket) {
    int last = sentence.indices().get(sentence.indices().size() - 1);
    for (int i = last; layout.span(i).start() > bracket.start(); i--) {
      if (layout.startsLine(i) && layout.span(i).start() > bracket.end()) {
        return new Ending(How.IN_BLOCK, blank(text, layout.span(i).start()), true);
      }
    }
    return new Ending(How.IN_BLOCK, blank(text, bracket.start()), false);
  }

  /** The blanks that the line of a place begins with. */
  private static String blank(String text, int at) {
    int from = text.lastIndexOf('\n', Math.max(0, at - 1)) + 1;
    int to = from;
    while (to < text.length() && (text.charAt(to) == ' ' || text.charAt(to) == '\t')) {
      to++;
    }
    return text.substring(Math.min(from, at), Math.max(Math.min(from, at), Math.min(to, at)));
  }
}
