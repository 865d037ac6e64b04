package dev.espalier.dsl.format;

import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Piece;
import dev.espalier.dsl.syntax.Sentences;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A formatted program that parses, with other blanks and line ends, where these say nothing: what
 * is kept is which steps and entries begin lines, and where blank lines and comments are.
 */
final class LooseLayout {
  private static final String CLOSE = ",()[]{}=";

  private final String text;
  private final SplittableRandom random;
  private final StringBuilder out = new StringBuilder();
  private final int indent;
  private boolean oneLine;

  LooseLayout(String text, SplittableRandom random) {
    this.text = text;
    this.random = random;
    this.indent = random.nextInt(4);
  }

  String text() {
    Sentences sentences = Sentences.of(text);
    int done = 0;
    int c = 0;
    List<Span> comments = sentences.comments();
    boolean mayJoin = false;
    for (Sentences.One sentence : sentences.all()) {
      for (; c < comments.size() && comments.get(c).start() < sentence.span().start(); c++) {
        between(done, comments.get(c).start(), false);
        out.append(text, comments.get(c).start(), comments.get(c).end()).append(blanks(0));
        done = comments.get(c).end();
        mayJoin = false;
      }
      between(done, sentence.span().start(), mayJoin);
      int inside = c;
      while (c < comments.size() && comments.get(c).start() < sentence.span().end()) {
        c++;
      }
      oneLine = true;
      sentence(sentence, comments.subList(inside, c));
      mayJoin = oneLine;
      done = sentence.span().end();
    }
    for (; c < comments.size(); c++) {
      between(done, comments.get(c).start(), false);
      out.append(text, comments.get(c).start(), comments.get(c).end());
      done = comments.get(c).end();
    }
    out.append(random.nextBoolean() ? "" : blanks(0) + "\n".repeat(random.nextInt(4)));
    String all = out.toString();
    return random.nextInt(4) == 0 ? all.replace("\n", "\r\n") : all;
  }

  /** Between two sentences, or beside a comment. */
  private void between(int from, int to, boolean mayJoin) {
    int lines = Formatter.lineEnds(text, from, to);
    if (from == 0) {
      out.append("\n".repeat(random.nextInt(3))).append(" ".repeat(indent));
    } else if (lines == 0) {
      out.append(blanks(0));
    } else if (lines == 1 && mayJoin && random.nextInt(3) == 0) {
      out.append(blanks(0)).append(';').append(blanks(0));
    } else {
      int more = lines > 1 ? 1 + random.nextInt(3) : 0;
      out.append(blanks(0)).append(random.nextInt(8) == 0 && mayJoin ? ";" : "");
      out.append("\n".repeat(1 + more)).append(" ".repeat(indent));
    }
  }

  /** Curly brackets that are open: how deep their entries stand, and whether over lines. */
  private record Frame(int indent, boolean several) {}

  private void sentence(Sentences.One sentence, List<Span> comments) {
    Deque<Frame> frames = new ArrayDeque<>();
    frames.push(new Frame(indent, true));
    List<Piece> pieces = sentence.pieces();
    int end = -1;
    int c = 0;
    boolean separated = false;
    boolean afterComment = false;
    Piece before = null;
    boolean thenBroken = false;
    int round = 0;
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      for (; c < comments.size() && comments.get(c).start() < piece.span().start(); c++) {
        boolean own = Formatter.lineEnds(text, end, comments.get(c).start()) > 0;
        out.append(
            own || afterComment ? line(end, comments.get(c).start(), frames, true) : blanks(0));
        out.append(text, comments.get(c).start(), comments.get(c).end());
        end = comments.get(c).end();
        afterComment = true;
      }
      if (piece.shape() == Piece.Shape.SEPARATOR) {
        separated = true;
        continue;
      }
      int start = piece.span().start();
      if (piece.is("}")) {
        boolean several = frames.pop().several();
        out.append(several ? line(end, start, frames, true) : blanks(0));
      } else if (before == null) {
        out.append("");
      } else if (separated) {
        out.append(afterComment || random.nextInt(3) > 0 || before.is("{") ? "" : blanks(0) + ";");
        out.append(line(end, start, frames, false));
      } else if (afterComment) {
        out.append(line(end, start, frames, true));
      } else if (piece.is("then") && frames.size() >= 1 && isStep(piece)) {
        boolean apart = Formatter.lineEnds(text, end, start) > 0;
        thenBroken = apart && random.nextBoolean();
        out.append(apart && !thenBroken ? line(end, start, frames, true) : blanks(1));
      } else if (before.is("then") && isStep(before)) {
        out.append(thenBroken ? line(end, end, frames, true) : blanks(1));
        thenBroken = false;
      } else {
        // Behind a comma between entries a line end would part them.
        boolean entries = frames.size() > 1 && round == 0 && before.is(",");
        out.append(gap(before, piece, end, start, frames, !entries));
      }
      out.append(written(piece));
      round += piece.is("(") || piece.is("[") ? 1 : piece.is(")") || piece.is("]") ? -1 : 0;
      if (piece.is("{")) {
        boolean several = false;
        int depth = 0;
        for (int j = i; j < pieces.size(); j++) {
          depth += pieces.get(j).is("{") ? 1 : pieces.get(j).is("}") ? -1 : 0;
          if (depth == 0) {
            several = Formatter.lineEnds(text, start, pieces.get(j).span().start()) > 0;
            break;
          }
        }
        frames.push(new Frame(frames.peek().indent() + 1 + random.nextInt(5), several));
      }
      separated = false;
      afterComment = false;
      before = piece;
      end = piece.span().end();
    }
  }

  private static boolean isStep(Piece piece) {
    return piece.shape() == Piece.Shape.RESERVED;
  }

  private String written(Piece piece) {
    if (piece.is("at least") || piece.is("at most")) {
      return switch (random.nextInt(3)) {
        case 0 -> piece.is("at least") ? ">=" : "<=";
        case 1 -> piece.text().replace(" ", blanks(1));
        default -> piece.text();
      };
    }
    return piece.text();
  }

  /** Between two tokens of a line or, where that says nothing, on two. */
  private String gap(
      Piece before, Piece piece, int end, int start, Deque<Frame> frames, boolean mayBreak) {
    boolean close = CLOSE.contains(before.text()) || CLOSE.contains(piece.text());
    boolean none = end == start;
    boolean head = piece.is("{");
    if (mayBreak && frames.peek().several() && !head && random.nextInt(6) == 0) {
      return line(0, 0, frames, true);
    }
    if (before.shape() == Piece.Shape.NUMBER
        && piece.shape() == Piece.Shape.WORD
        && "eEx_".indexOf(piece.text().charAt(0)) < 0) {
      return blanks(0);
    }
    boolean glued = none && (before.is("-") || piece.is("%") || piece.is("(") || piece.is(","));
    return glued && random.nextBoolean() ? "" : blanks(close || none ? 0 : 1);
  }

  /** A new line: an entry's own, or one that goes on. */
  private String line(int from, int to, Deque<Frame> frames, boolean continued) {
    oneLine = false;
    int blank = !continued && Formatter.lineEnds(text, from, to) > 1 ? 1 + random.nextInt(2) : 0;
    int deep = frames.peek().indent() + (continued ? 1 + random.nextInt(9) : 0);
    return blanks(0) + "\n".repeat(1 + blank) + " ".repeat(deep);
  }

  private String blanks(int least) {
    StringBuilder out = new StringBuilder();
    for (int n = least + random.nextInt(3); n > 0; n--) {
      out.append(random.nextInt(5) == 0 ? '\t' : ' ');
    }
    return out.toString();
  }
}
