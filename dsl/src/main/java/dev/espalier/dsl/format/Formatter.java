package dev.espalier.dsl.format;

import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Sentences;
import dev.espalier.dsl.syntax.Syntax;
import java.util.List;

/**
 * Programs in one style; there is nothing to choose.
 *
 * <ul>
 *   <li><b>A statement begins a line</b>, at its beginning; {@code ;} between statements becomes a
 *       line end. Blank lines stay, never more than one in a row, none at the beginning and the end
 *       of a program or a block.
 *   <li><b>A statement that fits in 80 columns is one line.</b> A longer one goes on two spaces
 *       deeper, and breaks before a clause ({@code on}, {@code for}, {@code with} …); where a
 *       clause is itself too long, behind a comma, first outside brackets, then inside.
 *   <li><b>A pipeline is one line, or a line for each step.</b> It has a line for each {@code
 *       then}, two spaces deeper than the first step, when it is longer than 80 columns, or when
 *       the author put one of its {@code then} at the beginning or the end of a line. What of a
 *       step goes over its line is two spaces deeper than {@code then}.
 *   <li><b>A block {@code { … }} is one line when it was written on one and fits</b>; otherwise its
 *       entries have lines of their own, two spaces deeper than the line that opens it, and the
 *       closing bracket is where that line begins. In a layer block, a target and amounts of
 *       layers, entries that the author put on one line with commas stay on one line where they
 *       fit; commas at line ends go. Statements in a sweep have a line each.
 *   <li><b>One space between words</b>, none inside round and square brackets, before a comma,
 *       between a word and its {@code (}, before {@code %}, around {@code /} and {@code :}. A unit
 *       stands apart from its number: {@code 40 KB}. {@code =} and curly brackets have a space on
 *       either side.
 *   <li><b>{@code >=} and {@code <=} become {@code at least} and {@code at most}.</b> Every other
 *       word, number and text is left as it was written: {@code and}, {@code vs} and the comma,
 *       {@code 0.50}, {@code 1_000}, what is in quotes, also over several lines.
 *   <li><b>Comments stay</b>, two spaces behind what is before them on their line, or on a line of
 *       their own, as deep as what follows them there; a line ends behind a comment wherever it is.
 *   <li>Line ends become LF, tabs between words spaces, a byte order mark goes, a line has no blank
 *       at its end, and a program ends with one line end.
 *   <li><b>What does not parse is left as it is</b>, save that it begins its line; everything else
 *       is laid out.
 * </ul>
 *
 * Formatting changes no tree, and formatting a formatted program changes nothing.
 */
public final class Formatter {
  /** Columns that a line has. */
  static final int WIDTH = 80;

  /** Spaces of one step deeper. */
  static final int STEP = 2;

  private final String text;
  private final StringBuilder out = new StringBuilder();

  /** Where what has been written ends in the text. */
  private int done;

  private Formatter(String text) {
    this.text = text;
  }

  /**
   * The program in that style. One longer than {@link Syntax#LONGEST}, with a carriage return that
   * ends no line, or with a byte order mark before its first statement that is not at the
   * beginning, comes back as it is.
   */
  public static String format(Source source) {
    return format(source.text());
  }

  /** As {@link #format(Source)}. */
  public static String format(String program) {
    String text = program.replace("\r\n", "\n");
    if (program.length() > Syntax.LONGEST || text.indexOf('\r') >= 0) {
      return program;
    }
    Formatter formatter = new Formatter(text);
    if (!formatter.program()) {
      return program;
    }
    // A second byte order mark is a mistake, and must not become the first.
    return formatter.out.indexOf("\uFEFF") == 0 ? program : formatter.out.toString();
  }

  /** Whether the text was read to its end. */
  private boolean program() {
    Sentences sentences = Sentences.of(text);
    if (!sentences.whole()) {
      return false;
    }
    List<Span> comments = sentences.comments();
    int c = 0;
    for (Sentences.One sentence : sentences.all()) {
      int start = sentence.span().start();
      for (; c < comments.size() && comments.get(c).start() < start; c++) {
        remark(comments.get(c));
      }
      begin(start);
      int inside = c;
      while (c < comments.size() && comments.get(c).start() < sentence.span().end()) {
        c++;
      }
      if (sentence.statement().isPresent()) {
        new SentenceWriter(out)
            .sentence(PartReader.read(text, sentence, comments.subList(inside, c)), 0);
      } else {
        // Without the sign, a `then` at the beginning would go on with the statement before.
        out.append(start > 0 && sentence.pieces().get(0).is("then") ? "; " : "");
        out.append(text, start, sentence.span().end());
      }
      done = sentence.span().end();
    }
    for (; c < comments.size(); c++) {
      remark(comments.get(c));
    }
    if (out.length() > 0) {
      out.append('\n');
    }
    return true;
  }

  /** A comment between sentences, or behind one. */
  private void remark(Span comment) {
    if (out.length() > 0 && lineEnds(text, done, comment.start()) == 0) {
      out.append("  ");
    } else {
      begin(comment.start());
    }
    out.append(comment(text, comment));
    done = comment.end();
  }

  /** A new line, and a blank one where the author left one. */
  private void begin(int at) {
    if (out.length() > 0) {
      out.append(lineEnds(text, done, at) > 1 ? "\n\n" : "\n");
    }
  }

  static int lineEnds(String text, int from, int to) {
    return (int) text.substring(from, to).chars().filter(ch -> ch == '\n').count();
  }

  /** A comment without the blanks at its end. */
  static String comment(String text, Span span) {
    int end = span.end();
    while (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t') {
      end--;
    }
    return text.substring(span.start(), end);
  }
}
