package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import dev.espalier.grammar.EspalierLexer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.Token;

/**
 * Cuts a text into sentences before anything is parsed.
 *
 * <p>A line ends a sentence unless the next one is indented deeper than the sentence's first or
 * starts with {@code then}; inside round and square brackets lines do not count; inside curly ones
 * the same rule separates the items.
 */
final class Splitter {
  /** How deep brackets may nest; the parser recurses. */
  static final int DEEPEST = 32;

  /** How many tokens a sentence may have. */
  static final int LONGEST = 20_000;

  /**
   * A sentence.
   *
   * @param tokens what to parse; line ends only where they separate items of a block
   * @param indices of the tokens in the layout
   * @param trouble why it need not be parsed at all
   */
  record Sentence(
      Layout layout, List<Token> tokens, List<Integer> indices, int to, Optional<Trouble> trouble) {
    Span span() {
      return layout.span(tokens.get(0)).to(layout.span(tokens.get(tokens.size() - 1)));
    }

    List<Piece> pieces() {
      return indices.stream().map(layout::piece).toList();
    }
  }

  /** What keeps a sentence from being parsed, and where. */
  sealed interface Trouble {
    /** A bracket that is never closed, and where the next sentence starts, if there is one. */
    record Unclosed(Span bracket, String text, Optional<Span> next) implements Trouble {}

    record UnclosedText(Span quotes) implements Trouble {}

    record TooDeep(Span bracket) implements Trouble {}

    record TooLong(Span end) implements Trouble {}
  }

  private static final class Frame {
    final int opening;
    int baseline = -1;

    Frame(int opening) {
      this.opening = opening;
    }
  }

  private final Layout layout;

  Splitter(Layout layout) {
    this.layout = layout;
  }

  /** The sentence that starts at or after token {@code from}, none past {@code limit}. */
  Optional<Sentence> next(int from, int limit) {
    int start = from;
    while (start < limit && isSeparator(layout.type(start))) {
      start++;
    }
    if (start >= limit) {
      return Optional.empty();
    }
    int baseline = layout.indentation(start);
    Deque<Frame> frames = new ArrayDeque<>();
    List<Token> tokens = new ArrayList<>();
    List<Integer> indices = new ArrayList<>();
    Trouble trouble = null;
    int newline = -1;
    int i = start;
    scan:
    for (; i < limit; i++) {
      int type = layout.type(i);
      if (type == EspalierLexer.NEWLINE) {
        newline = i;
        continue;
      }
      Frame frame = frames.peek();
      if (newline >= 0 && !tokens.isEmpty()) {
        int column = layout.column(i);
        if (frame == null) {
          if (type != EspalierLexer.THEN && column <= baseline) {
            break;
          }
        } else {
          boolean curly = layout.type(frame.opening) == EspalierLexer.LBRACE;
          if (column <= baseline
              && layout.partner(frame.opening) < 0
              && (!curly || layout.opens(i))) {
            break scan;
          }
          if (curly && separates(frame, type, column)) {
            tokens.add(layout.token(newline));
            indices.add(newline);
          }
        }
      }
      newline = -1;
      if (type == EspalierLexer.SEMI && frame == null) {
        break;
      }
      if (frame != null && frame.baseline < 0 && type != EspalierLexer.RBRACE) {
        frame.baseline = layout.column(i);
      }
      if (Layout.isOpening(type)) {
        frames.push(new Frame(i));
        if (frames.size() > DEEPEST && trouble == null) {
          trouble = new Trouble.TooDeep(layout.span(i));
        }
      } else if (Layout.isClosing(type) && layout.partner(i) >= start) {
        while (frames.pop().opening != layout.partner(i)) {
          // A bracket inside that nothing closes; the parser says so.
          continue;
        }
      } else if (opensLongText(i, limit) && trouble == null) {
        Span quotes = layout.span(i);
        trouble = new Trouble.UnclosedText(new Span(quotes.start(), quotes.start() + 3));
        tokens.add(layout.token(i));
        indices.add(i);
        i = nextOpeningLine(i + 1, limit);
        break;
      }
      if (tokens.size() < LONGEST) {
        tokens.add(layout.token(i));
        indices.add(i);
      } else if (trouble == null) {
        trouble = new Trouble.TooLong(layout.span(i));
      }
    }
    if (trouble == null && !frames.isEmpty()) {
      Frame open = frames.peekLast();
      for (Frame f : frames) {
        if (layout.partner(f.opening) < 0) {
          open = f;
          break;
        }
      }
      trouble =
          new Trouble.Unclosed(
              layout.span(open.opening),
              layout.token(open.opening).getText(),
              i < layout.size() ? Optional.of(layout.span(i)) : Optional.empty());
    }
    return Optional.of(new Sentence(layout, tokens, indices, i, Optional.ofNullable(trouble)));
  }

  /** Whether a line that starts inside a block starts a new item. */
  private static boolean separates(Frame frame, int type, int column) {
    if (type == EspalierLexer.RBRACE) {
      return true;
    }
    if (frame.baseline >= 0 && (type == EspalierLexer.THEN || column > frame.baseline)) {
      return false;
    }
    frame.baseline = column;
    return true;
  }

  /** Three quotes that nothing closes come as an empty text with a quote right behind it. */
  private boolean opensLongText(int i, int limit) {
    return layout.type(i) == EspalierLexer.STRING
        && layout.token(i).getText().equals("\"\"")
        && i + 1 < limit
        && layout.token(i + 1).getText().startsWith("\"")
        && layout.span(i + 1).start() == layout.span(i).end();
  }

  private int nextOpeningLine(int from, int limit) {
    int i = from;
    while (i < limit && !(layout.startsLine(i) && layout.opens(i))) {
      i++;
    }
    return i;
  }

  /**
   * Where a sentence that does not parse should rather be cut: at a line that looks like a
   * statement of its own, inside round or square brackets.
   */
  Optional<Integer> cutInsideBrackets(Sentence sentence) {
    int first = sentence.indices().get(0);
    int baseline = layout.indentation(first);
    Deque<Integer> open = new ArrayDeque<>();
    for (int i : sentence.indices()) {
      int type = layout.type(i);
      boolean round = !open.isEmpty() && layout.type(open.peek()) != EspalierLexer.LBRACE;
      if (round && layout.startsLine(i) && layout.opens(i) && layout.column(i) <= baseline) {
        return Optional.of(i);
      }
      if (Layout.isOpening(type)) {
        open.push(i);
      } else if (Layout.isClosing(type) && !open.isEmpty()) {
        open.pop();
      }
    }
    return Optional.empty();
  }

  private static boolean isSeparator(int type) {
    return type == EspalierLexer.NEWLINE || type == EspalierLexer.SEMI;
  }
}
