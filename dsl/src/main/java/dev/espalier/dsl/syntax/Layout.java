package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import dev.espalier.grammar.EspalierLexer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;

/**
 * A text as tokens, with what the lines say: which token starts a line, how far it is indented, and
 * which brackets belong together.
 */
final class Layout {
  private static final int TAB = 4;

  private final String text;

  /** The most words and signs read, so that memory is bounded whatever a text is made of. */
  static final int MOST = 1 << 18;

  private final List<Token> tokens = new ArrayList<>();
  private final boolean whole;
  private final List<Token> comments = new ArrayList<>();
  private final int[] offsets;
  private final boolean[] startsLine;
  private final int[] column;
  private final int[] indentation;
  private final int[] partner;
  private final int[] depth;

  Layout(String text) {
    this.text = text;
    this.offsets = offsets(text);
    EspalierLexer lexer = new EspalierLexer(CharStreams.fromString(text));
    lexer.removeErrorListeners();
    Token t = lexer.nextToken();
    for (;
        t.getType() != Token.EOF && tokens.size() + comments.size() < MOST;
        t = lexer.nextToken()) {
      if (t.getChannel() == Token.DEFAULT_CHANNEL && !isByteOrderMark(t)) {
        tokens.add(t);
      } else if (t.getType() == EspalierLexer.COMMENT) {
        comments.add(t);
      }
    }
    whole = t.getType() == Token.EOF;
    startsLine = new boolean[tokens.size()];
    column = new int[tokens.size()];
    indentation = new int[tokens.size()];
    partner = new int[tokens.size()];
    depth = new int[tokens.size()];
    columns();
    brackets();
  }

  private static boolean isByteOrderMark(Token t) {
    return t.getStartIndex() == 0 && t.getText().equals("\uFEFF");
  }

  /** Whether the text ended before {@link #MOST} words and signs were read. */
  boolean isWhole() {
    return whole;
  }

  int size() {
    return tokens.size();
  }

  /** The comments, in order. */
  List<Span> comments() {
    return comments.stream().map(this::span).toList();
  }

  Token token(int i) {
    return tokens.get(i);
  }

  int type(int i) {
    return tokens.get(i).getType();
  }

  /** Whether token i is the first of its line. */
  boolean startsLine(int i) {
    return startsLine[i];
  }

  /** Where token i stands in its line, tabs counting up to the next multiple of four. */
  int column(int i) {
    return column[i];
  }

  /** How far the line of token i is indented. */
  int indentation(int i) {
    return indentation[i];
  }

  /** The bracket that closes or opens bracket i; -1 when there is none. */
  int partner(int i) {
    return partner[i];
  }

  /** How many brackets are open before token i. */
  int depth(int i) {
    return depth[i];
  }

  /** Whether token i may open a statement. */
  boolean opens(int i) {
    return opensStatement(type(i));
  }

  static boolean opensStatement(int type) {
    return switch (type) {
      case EspalierLexer.APPLY,
          EspalierLexer.CHART,
          EspalierLexer.COMPARE,
          EspalierLexer.COMPRESS,
          EspalierLexer.DATA,
          EspalierLexer.DISTILL,
          EspalierLexer.EXPECT,
          EspalierLexer.EXPORT,
          EspalierLexer.FACTORIZE,
          EspalierLexer.FINETUNE,
          EspalierLexer.INCLUDE,
          EspalierLexer.LANGUAGE,
          EspalierLexer.LET,
          EspalierLexer.MODEL,
          EspalierLexer.NOTE,
          EspalierLexer.PRUNE,
          EspalierLexer.QUANTIZE,
          EspalierLexer.RECIPE,
          EspalierLexer.REPORT,
          EspalierLexer.SET,
          EspalierLexer.SHOW,
          EspalierLexer.SWEEP,
          EspalierLexer.TARGET,
          EspalierLexer.TRAIN ->
          true;
      default -> false;
    };
  }

  /** Whether a text is one name: a word that is not reserved. */
  static boolean isName(String text) {
    int type = onlyType(text);
    return type == EspalierLexer.IDENTIFIER
        || type >= EspalierLexer.APPLY && type <= EspalierLexer.TRAIN;
  }

  /** Whether a text is one word that is neither reserved nor a verb, as units are. */
  static boolean isIdentifier(String text) {
    return onlyType(text) == EspalierLexer.IDENTIFIER;
  }

  /** The type of the only token of a text; else that of the end. */
  private static int onlyType(String text) {
    EspalierLexer lexer = new EspalierLexer(CharStreams.fromString(text));
    lexer.removeErrorListeners();
    Token first = lexer.nextToken();
    return first.getText().length() == text.length() ? first.getType() : Token.EOF;
  }

  Span span(int i) {
    return span(tokens.get(i));
  }

  /** What a place in a text lies in. */
  record Lexeme(Lies lies, Span span) {
    /** Where a place lies. */
    enum Lies {
      /** Between tokens, or beside a sign. */
      FREE,
      /** In a word or at its end. */
      WORD,
      /** In a text on one line. */
      TEXT,
      /** In a text on one line that nothing closes. */
      OPEN_TEXT,
      /** In a comment, a long text or a number: nothing can be suggested. */
      CLOSED
    }
  }

  /**
   * What {@code at} lies in, where tokens are read from {@code from} on: a word counts up to and
   * including its end.
   */
  static Lexeme lexeme(String text, int from, int at) {
    // The lexer counts code points, and looks as far ahead as a text over many lines goes.
    String rest = text.substring(from);
    EspalierLexer lexer = new EspalierLexer(CharStreams.fromString(rest));
    lexer.removeErrorListeners();
    int end = from;
    int points = 0;
    Token before = null;
    for (Token t = lexer.nextToken(); t.getType() != Token.EOF; t = lexer.nextToken()) {
      int start = end;
      int stop = t.getStopIndex() + 1;
      end = from + rest.offsetByCodePoints(start - from, stop - points);
      points = stop;
      if (start >= at) {
        break;
      }
      if (at <= end) {
        Lexeme.Lies lies = lies(t, before, at == end);
        if (lies != Lexeme.Lies.FREE || at < end) {
          return new Lexeme(lies, new Span(start, end));
        }
      }
      before = t;
    }
    return new Lexeme(Lexeme.Lies.FREE, new Span(at, at));
  }

  private static Lexeme.Lies lies(Token t, Token before, boolean atEnd) {
    return switch (t.getType()) {
      case EspalierLexer.COMMENT, EspalierLexer.NUMBER -> Lexeme.Lies.CLOSED;
      case EspalierLexer.TEXT -> atEnd ? Lexeme.Lies.FREE : Lexeme.Lies.CLOSED;
      case EspalierLexer.STRING -> atEnd ? Lexeme.Lies.FREE : Lexeme.Lies.TEXT;
      case EspalierLexer.UNTERMINATED ->
          // Three quotes that nothing closes come as an empty text with a quote right behind it.
          before != null
                  && before.getType() == EspalierLexer.STRING
                  && before.getStopIndex() + 1 == t.getStartIndex()
              ? Lexeme.Lies.CLOSED
              : Lexeme.Lies.OPEN_TEXT;
      case EspalierLexer.UNRECOGNIZED ->
          t.getText().equals("$") ? Lexeme.Lies.WORD : Lexeme.Lies.FREE;
      default ->
          t.getChannel() == Token.DEFAULT_CHANNEL
                  && (Character.isLetter(t.getText().charAt(0))
                      || "_$".indexOf(t.getText().charAt(0)) >= 0)
              ? Lexeme.Lies.WORD
              : Lexeme.Lies.FREE;
    };
  }

  /** A token's place in UTF-16 units; the parser generator counts code points. */
  Span span(Token t) {
    return new Span(utf16(t.getStartIndex()), utf16(t.getStopIndex() + 1));
  }

  /** The blank before the first token of a line. */
  Span blankBefore(int i) {
    int start = span(i).start();
    int from = text.lastIndexOf('\n', Math.max(0, start - 1)) + 1;
    return new Span(Math.min(from, start), start);
  }

  Piece piece(int i) {
    Token t = tokens.get(i);
    return new Piece(t.getText(), shape(t.getType()), span(t), startsLine[i]);
  }

  /** The words of the lexer that have a shape, in its order. */
  static List<String> words(Piece.Shape shape) {
    List<String> out = new ArrayList<>();
    for (int type = 1; type <= EspalierLexer.VOCABULARY.getMaxTokenType(); type++) {
      String literal = EspalierLexer.VOCABULARY.getLiteralName(type);
      if (literal != null && shape(type) == shape && Character.isLetter(literal.charAt(1))) {
        out.add(literal.substring(1, literal.length() - 1));
      }
    }
    return out;
  }

  static Piece.Shape shape(int type) {
    if (opensStatement(type)) {
      return Piece.Shape.OPENING;
    }
    if (type >= EspalierLexer.AND && type <= EspalierLexer.WITHIN) {
      return Piece.Shape.RESERVED;
    }
    return switch (type) {
      case EspalierLexer.AT_LEAST, EspalierLexer.AT_MOST -> Piece.Shape.RESERVED;
      case EspalierLexer.NUMBER -> Piece.Shape.NUMBER;
      case EspalierLexer.PARAM -> Piece.Shape.PARAMETER;
      case EspalierLexer.STRING, EspalierLexer.TEXT -> Piece.Shape.TEXT;
      case EspalierLexer.UNTERMINATED -> Piece.Shape.OPEN_TEXT;
      case EspalierLexer.UNRECOGNIZED -> Piece.Shape.UNKNOWN;
      case EspalierLexer.NEWLINE, EspalierLexer.SEMI -> Piece.Shape.SEPARATOR;
      case EspalierLexer.LPAREN,
          EspalierLexer.RPAREN,
          EspalierLexer.LBRACK,
          EspalierLexer.RBRACK,
          EspalierLexer.LBRACE,
          EspalierLexer.RBRACE,
          EspalierLexer.COMMA,
          EspalierLexer.COLON,
          EspalierLexer.SLASH,
          EspalierLexer.PERCENT,
          EspalierLexer.EQ,
          EspalierLexer.MINUS ->
          Piece.Shape.SIGN;
      case Token.EOF -> Piece.Shape.END;
      default -> Piece.Shape.WORD;
    };
  }

  private int utf16(int codePoint) {
    return offsets == null ? codePoint : offsets[codePoint];
  }

  /** Null when every code point is one unit. */
  private static int[] offsets(String text) {
    int points = text.codePointCount(0, text.length());
    if (points == text.length()) {
      return null;
    }
    int[] out = new int[points + 1];
    int unit = 0;
    for (int i = 0; i < points; i++) {
      out[i] = unit;
      unit += Character.charCount(text.codePointAt(unit));
    }
    out[points] = unit;
    return out;
  }

  private void columns() {
    int line = -1;
    int indented = 0;
    int measured = 0;
    int width = 0;
    for (int i = 0; i < tokens.size(); i++) {
      Token t = tokens.get(i);
      int start = span(t).start();
      boolean first = t.getLine() != line && t.getType() != EspalierLexer.NEWLINE;
      if (t.getLine() != line) {
        line = t.getLine();
        measured = text.lastIndexOf('\n', start - 1) + 1;
        width = 0;
      }
      for (; measured < start; measured++) {
        width = text.charAt(measured) == '\t' ? (width / TAB + 1) * TAB : width + 1;
      }
      if (first) {
        indented = width;
      }
      startsLine[i] = first;
      column[i] = width;
      indentation[i] = indented;
      // A text over several lines leaves the cursor on its last one.
      if (t.getType() == EspalierLexer.TEXT) {
        line = t.getLine() + (int) t.getText().chars().filter(c -> c == '\n').count();
        int end = span(t).end();
        if (line != t.getLine()) {
          measured = text.lastIndexOf('\n', end - 1) + 1;
          width = 0;
        }
      }
    }
  }

  private void brackets() {
    Deque<Integer> open = new ArrayDeque<>();
    int[] count = new int[3];
    for (int i = 0; i < tokens.size(); i++) {
      partner[i] = -1;
      depth[i] = open.size();
      int type = type(i);
      if (isOpening(type)) {
        open.push(i);
        count[sort(type)]++;
      } else if (isClosing(type) && count[sort(type)] > 0) {
        int o = open.pop();
        while (sort(type(o)) != sort(type)) {
          count[sort(type(o))]--;
          o = open.pop();
        }
        count[sort(type)]--;
        partner[o] = i;
        partner[i] = o;
      }
    }
  }

  static boolean isOpening(int type) {
    return type == EspalierLexer.LPAREN
        || type == EspalierLexer.LBRACK
        || type == EspalierLexer.LBRACE;
  }

  static boolean isClosing(int type) {
    return type == EspalierLexer.RPAREN
        || type == EspalierLexer.RBRACK
        || type == EspalierLexer.RBRACE;
  }

  /** 0 for round, 1 for square, 2 for curly. */
  private static int sort(int bracket) {
    return switch (bracket) {
      case EspalierLexer.LPAREN, EspalierLexer.RPAREN -> 0;
      case EspalierLexer.LBRACK, EspalierLexer.RBRACK -> 1;
      default -> 2;
    };
  }
}
