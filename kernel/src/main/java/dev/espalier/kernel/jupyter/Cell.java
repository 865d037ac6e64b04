package dev.espalier.kernel.jupyter;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A cell as the words with percent signs at its head and at the starts of its lines divide it.
 *
 * @param kind what the code is
 * @param timed whether to say how long it took
 * @param argument what stands behind the word that says what the cell is
 * @param code all of it below the head
 * @param firstLine of {@code code} in the cell, from 1
 * @param removed how much of the cell stands before {@code code}
 */
record Cell(Kind kind, boolean timed, String argument, String code, int firstLine, int removed) {
  /** What a cell is. */
  enum Kind {
    ESPALIER,
    JAVA,
    POM,
    HELP
  }

  /** A stretch of a cell. */
  sealed interface Part {
    /**
     * Code.
     *
     * @param from where it starts in the cell's code
     */
    record Code(String text, int from, boolean timed) implements Part {}

    /**
     * A line that starts with a percent sign, or asks for help.
     *
     * @param rest what stands behind the word
     */
    record Line(Magic magic, String rest) implements Part {}
  }

  private static final Pattern LINE = Pattern.compile("(?m)^[ \\t]*(%%?[A-Za-z?][\\w?]*|%%)");

  /** {@code help}, {@code help prune}, {@code ?prune}, {@code prune?}: what IPython users type. */
  private static final Pattern QUESTION =
      Pattern.compile(
          "(?m)^(?:help(?:[ \\t]+([^\\n(=]*))?|\\?{1,2}[ \\t]*([^\\n]*)|([%\\w$-]+)\\?{1,2})[ \\t]*$");

  /** Whether a cell may run Java, whose compiler must not be interrupted. */
  static boolean compiles(String text) {
    try {
      return of(text).isJava() || text.contains(Magic.LOAD.names().get(0));
    } catch (CellFailure e) {
      return false;
    }
  }

  boolean isJava() {
    return kind == Kind.JAVA;
  }

  /**
   * Reads the head.
   *
   * @throws CellFailure when it is none
   */
  static Cell of(String text) throws CellFailure {
    Set<Magic> head = EnumSet.noneOf(Magic.class);
    Kind kind = Kind.ESPALIER;
    String argument = "";
    int at = 0;
    while (true) {
      String rest = text.substring(at);
      String word = Magics.word(rest);
      if (!word.startsWith("%%")) {
        break;
      }
      Magic magic = Magic.named(word).filter(Magic::cell).orElseThrow(() -> Magics.unknown(word));
      int behind = at + Magics.from(rest) + word.length();
      int end = text.indexOf('\n', behind);
      String more = text.substring(behind, end < 0 ? text.length() : end).strip();
      if (!more.isEmpty() && magic != Magic.HELP_CELL) {
        throw Magics.tooMuch(word, more);
      }
      if (!head.add(magic)) {
        throw Magics.misused(magic, "`" + word + "` stands there twice");
      }
      if (magic != Magic.TIME_CELL) {
        if (kind != Kind.ESPALIER || (head.contains(Magic.ESPALIER) && magic != Magic.ESPALIER)) {
          throw Magics.misused(magic, "a cell is of one kind");
        }
        kind =
            switch (magic) {
              case JAVA -> Kind.JAVA;
              case POM -> Kind.POM;
              case HELP_CELL -> Kind.HELP;
              default -> Kind.ESPALIER;
            };
        argument = more;
      }
      at = end < 0 ? text.length() : end + 1;
      if (kind == Kind.POM || kind == Kind.HELP) {
        break;
      }
    }
    int line = 1 + lines(text, at);
    return new Cell(kind, head.contains(Magic.TIME_CELL), argument, text.substring(at), line, at);
  }

  /** The line, counted from 1, of a place in the code. */
  int line(int at) {
    return firstLine + lines(code, at);
  }

  private static int lines(String text, int end) {
    return (int) text.substring(0, end).chars().filter(c -> c == '\n').count();
  }

  /**
   * The cell's parts, in their order.
   *
   * @throws CellFailure when a line starts with a word that there is not
   */
  List<Part> parts() throws CellFailure {
    List<Part> parts = new ArrayList<>();
    int from = 0;
    int at = 0;
    while (at < code.length()) {
      int end = code.indexOf('\n', at);
      end = end < 0 ? code.length() : end;
      Found found = found(at, end);
      if (found == null) {
        at = end + 1;
        continue;
      }
      if (!code.substring(from, at).isBlank()) {
        parts.add(new Part.Code(code.substring(from, at), from, false));
      }
      if (found.magic() == Magic.TIME) {
        int to = timedEnd(found.from(), end);
        if (code.substring(found.from(), to).isBlank()) {
          throw Magics.misused(Magic.TIME, "`%time` times what stands behind it");
        }
        parts.add(new Part.Code(code.substring(found.from(), to), found.from(), true));
        end = to;
      } else {
        parts.add(new Part.Line(found.magic(), found.rest()));
      }
      at = Math.min(code.length(), end + 1);
      from = at;
    }
    if (from < code.length() && !code.substring(from).isBlank()) {
      parts.add(new Part.Code(code.substring(from), from, false));
    }
    return parts;
  }

  private record Found(Magic magic, String rest, int from) {}

  /** The magic that a line is; null for code. */
  private Found found(int at, int end) throws CellFailure {
    String line = code.substring(at, end);
    if (kind == Kind.ESPALIER) {
      Matcher question = QUESTION.matcher(line);
      if (question.matches()) {
        String words =
            question.group(1) != null
                ? question.group(1)
                : question.group(2) != null ? question.group(2) : question.group(3);
        return new Found(Magic.HELP, words == null ? "" : words.strip(), end);
      }
    }
    Matcher start = LINE.matcher(line);
    if (!start.lookingAt() || !opens(at)) {
      return null;
    }
    String word = start.group(1);
    Magic magic = Magic.named(word).orElse(null);
    if (magic == null && kind == Kind.JAVA && !statementStarts(at)) {
      // The remainder of a division, broken before its sign.
      return null;
    }
    if (magic == null) {
      throw Magics.unknown(word);
    }
    if (magic.cell()) {
      throw Magics.misused(magic, "`" + word + "` can only stand at the head of a cell");
    }
    return new Found(magic, line.substring(start.end()).strip(), at + start.end());
  }

  /** Whether a line that starts here is outside of comments, texts and brackets. */
  private boolean opens(int at) {
    if (kind != Kind.JAVA) {
      return true;
    }
    JavaText before = JavaText.of(masked(at));
    return (before.in() == JavaText.In.CODE || before.in() == JavaText.In.LINE_COMMENT)
        && before.open().length == 0;
  }

  /** The code before a place, without the words behind percent signs, which may hold quotes. */
  private String masked(int at) {
    Matcher line =
        Pattern.compile("(?m)^[ \\t]*%(?!time\\b)[A-Za-z].*$").matcher(code).region(0, at);
    StringBuilder out = new StringBuilder(code.substring(0, at));
    while (line.find()) {
      for (int i = line.start(); i < line.end(); i++) {
        out.setCharAt(i, ' ');
      }
    }
    return out.toString();
  }

  private boolean statementStarts(int at) {
    String before = masked(at).stripTrailing();
    return before.isEmpty() || ";}".indexOf(before.charAt(before.length() - 1)) >= 0;
  }

  /** A timed statement ends with its line, or with the one that closes what it opened. */
  private int timedEnd(int from, int lineEnd) {
    int end = lineEnd;
    while (end < code.length()) {
      if (kind == Kind.JAVA) {
        JavaText text = JavaText.of(code.substring(from, end));
        if (text.open().length == 0
            && text.in() != JavaText.In.TEXT_BLOCK
            && text.in() != JavaText.In.BLOCK_COMMENT) {
          return end;
        }
      } else {
        String next = code.substring(end + 1);
        if (!next.matches("(?s)([ \\t]+\\S|then\\b).*")) {
          return end;
        }
      }
      int more = code.indexOf('\n', end + 1);
      end = more < 0 ? code.length() : more;
    }
    return end;
  }

  /** The code with blanks in the place of lines that are none, so that places stay as they are. */
  String codeAlone() {
    StringBuilder out = new StringBuilder(code);
    int at = 0;
    while (at < code.length()) {
      int end = code.indexOf('\n', at);
      end = end < 0 ? code.length() : end;
      try {
        Found found = found(at, end);
        if (found != null) {
          int to = found.magic() == Magic.TIME ? found.from() : end;
          for (int i = at; i < to; i++) {
            out.setCharAt(i, ' ');
          }
        }
      } catch (CellFailure e) {
        // What is wrong there is said when the cell runs.
      }
      at = end + 1;
    }
    return out.toString();
  }
}
