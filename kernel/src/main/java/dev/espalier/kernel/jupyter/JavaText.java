package dev.espalier.kernel.jupyter;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What the characters of a Java text say up to a place, without a parser: whether the place is in a
 * comment or a literal, and which brackets are open there.
 */
final class JavaText {
  /** What a place is in. */
  enum In {
    CODE,
    LINE_COMMENT,
    BLOCK_COMMENT,
    STRING,
    TEXT_BLOCK,
    CHARACTER
  }

  private static final int INDENT = 4;

  private final String text;
  private final In in;
  private final int start;
  private final int[] open;
  private final boolean closesTooMuch;

  private JavaText(String text, In in, int start, int[] open, boolean closesTooMuch) {
    this.text = text;
    this.in = in;
    this.start = start;
    this.open = open;
    this.closesTooMuch = closesTooMuch;
  }

  /** Reads {@code text} to its end. */
  static JavaText of(String text) {
    Deque<Integer> open = new ArrayDeque<>();
    boolean tooMuch = false;
    In in = In.CODE;
    int start = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      switch (in) {
        case CODE -> {
          In next = opening(text, i);
          if (next != In.CODE) {
            in = next;
            start = i;
            i += next == In.TEXT_BLOCK ? 3 : next == In.STRING || next == In.CHARACTER ? 1 : 2;
            continue;
          }
          if ("([{".indexOf(c) >= 0) {
            open.push(i);
          } else if (")]}".indexOf(c) >= 0) {
            if (open.isEmpty() || "([{".indexOf(text.charAt(open.pop())) != ")]}".indexOf(c)) {
              tooMuch = true;
            }
          }
        }
        case LINE_COMMENT -> in = c == '\n' ? In.CODE : in;
        case BLOCK_COMMENT -> {
          if (text.startsWith("*/", i)) {
            in = In.CODE;
            i++;
          }
        }
        case TEXT_BLOCK -> {
          if (c == '\\') {
            i++;
          } else if (text.startsWith("\"\"\"", i)) {
            in = In.CODE;
            i += 2;
          }
        }
        case STRING, CHARACTER -> {
          if (c == '\\') {
            i++;
          } else if (c == '\n' || c == (in == In.STRING ? '"' : '\'')) {
            // javac, too, takes a text that nothing closes to end with its line.
            in = In.CODE;
          }
        }
      }
      i++;
    }
    int[] brackets = new int[open.size()];
    int at = brackets.length;
    for (int bracket : open) {
      brackets[--at] = bracket;
    }
    return new JavaText(text, in, start, brackets, tooMuch);
  }

  private static In opening(String text, int i) {
    char c = text.charAt(i);
    if (c == '"') {
      return text.startsWith("\"\"\"", i) ? In.TEXT_BLOCK : In.STRING;
    }
    if (c == '\'') {
      return In.CHARACTER;
    }
    if (text.startsWith("//", i)) {
      return In.LINE_COMMENT;
    }
    return text.startsWith("/*", i) ? In.BLOCK_COMMENT : In.CODE;
  }

  /** What the text's end is in. */
  In in() {
    return in;
  }

  /** Where the comment or literal starts that the end is in. */
  int start() {
    return start;
  }

  /** Where the brackets are that are open at the end, the outermost first. */
  int[] open() {
    return open.clone();
  }

  /** Whether a bracket is closed that was not open, or another one was. */
  boolean closesTooMuch() {
    return closesTooMuch;
  }

  /** What a line should start with that goes on after the text's end. */
  String nextIndent() {
    if (in == In.TEXT_BLOCK || in == In.BLOCK_COMMENT) {
      return blank(text.length());
    }
    String last = text.strip();
    if (open.length > 0) {
      return blank(open[open.length - 1]) + " ".repeat(INDENT);
    }
    // An annotation belongs to what follows on the same level.
    int line = text.lastIndexOf('\n', text.stripTrailing().length()) + 1;
    boolean annotation = text.substring(line).strip().startsWith("@");
    return last.isEmpty() || annotation
        ? blank(text.length())
        : blank(text.stripTrailing().length()) + " ".repeat(INDENT);
  }

  /** The blank that starts the line of a place. */
  private String blank(int at) {
    int from = text.lastIndexOf('\n', at - 1) + 1;
    int to = from;
    while (to < text.length() && (text.charAt(to) == ' ' || text.charAt(to) == '\t')) {
      to++;
    }
    return text.substring(from, to);
  }
}
