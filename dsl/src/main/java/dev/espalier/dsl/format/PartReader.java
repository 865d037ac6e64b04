package dev.espalier.dsl.format;

import dev.espalier.dsl.Span;
import dev.espalier.dsl.format.Part.Block;
import dev.espalier.dsl.format.Part.Entry;
import dev.espalier.dsl.format.Part.Remark;
import dev.espalier.dsl.format.Part.Token;
import dev.espalier.dsl.syntax.Action;
import dev.espalier.dsl.syntax.Clause;
import dev.espalier.dsl.syntax.Piece;
import dev.espalier.dsl.syntax.Sentences;
import dev.espalier.dsl.syntax.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** From the tokens and comments of a sentence that parses to its parts. */
final class PartReader {
  /** Joints before which a line may break. */
  private static final Set<String> JOINTS =
      Set.of("by", "except", "for", "in", "into", "on", "per", "using", "via", "with", "within");

  /** A token or a comment in the order of the text. */
  private record Atom(String text, Span span, Optional<Piece> piece) {
    boolean is(String other) {
      return piece.isPresent() && piece.get().is(other);
    }

    boolean isSeparator() {
      return piece.isPresent() && piece.get().shape() == Piece.Shape.SEPARATOR;
    }
  }

  private final String text;
  private final List<Atom> atoms = new ArrayList<>();
  private final Set<Integer> clauses = new HashSet<>();
  private final Set<Integer> afterClauses = new HashSet<>();
  private int next;

  private PartReader(String text, Sentences.One sentence, List<Span> comments) {
    this.text = text;
    int c = 0;
    for (Piece piece : sentence.pieces()) {
      for (; c < comments.size() && comments.get(c).start() < piece.span().start(); c++) {
        Span span = comments.get(c);
        atoms.add(new Atom(Formatter.comment(text, span), span, Optional.empty()));
      }
      atoms.add(new Atom(written(piece), piece.span(), Optional.of(piece)));
    }
    mark(sentence.statement().orElseThrow());
  }

  /**
   * The parts of a sentence.
   *
   * @param comments that lie inside it
   */
  static List<Part> read(String text, Sentences.One sentence, List<Span> comments) {
    PartReader reader = new PartReader(text, sentence, comments);
    return reader.sentence(true).parts();
  }

  /** Signs that mean the same as words are written as words. */
  private static String written(Piece piece) {
    if (piece.shape() != Piece.Shape.RESERVED) {
      return piece.text();
    }
    return switch (piece.text()) {
      case ">=" -> "at least";
      case "<=" -> "at most";
      default -> piece.text().replaceAll("[ \t]+", " ");
    };
  }

  // ---- clauses whose first word is no joint

  private void mark(Statement statement) {
    if (statement instanceof Statement.Pipeline s) {
      s.stages().forEach(this::mark);
    } else if (statement instanceof Statement.Recipe s) {
      s.stages().forEach(this::mark);
    } else if (statement instanceof Statement.Data s) {
      s.clauses().forEach(c -> clauses.add(c.span().start()));
    } else if (statement instanceof Statement.Sweep s) {
      s.body().forEach(this::mark);
    } else if (statement instanceof Statement.Compress s) {
      s.objective().ifPresent(o -> afterClauses.add(o.span().start()));
    }
  }

  private void mark(Statement.Stage stage) {
    Action action = stage.action();
    for (Clause clause : action.clauses()) {
      clauses.add(clause.span().start());
    }
  }

  // ---- parts

  private record Read(List<Part> parts, Optional<Remark> after) {}

  /**
   * Parts up to a separator or the bracket that closes the block around them.
   *
   * @param statement whether it is a statement, which may hold statements itself
   */
  private Read sentence(boolean statement) {
    List<Part> parts = new ArrayList<>();
    boolean sweep = statement && atoms.get(next).is("sweep");
    int depth = 0;
    while (next < atoms.size()) {
      Atom atom = atoms.get(next);
      if (atom.isSeparator() || atom.is("}") || !statement && depth == 0 && atom.is(",")) {
        break;
      }
      if (atom.piece().isEmpty()) {
        if (endsEntry(next)) {
          break;
        }
        parts.add(new Remark(atom.text(), ownLine(next)));
        next++;
      } else if (atom.is("{")) {
        next++;
        parts.add(block(sweep));
      } else {
        depth -= atom.is(")") || atom.is("]") ? 1 : 0;
        parts.add(token(atom, depth));
        depth += atom.is("(") || atom.is("[") ? 1 : 0;
        next++;
      }
    }
    Optional<Remark> after = Optional.empty();
    if (next < atoms.size() && atoms.get(next).piece().isEmpty() && !ownLine(next)) {
      after = Optional.of(new Remark(atoms.get(next).text(), false));
      next++;
    }
    return new Read(parts, after);
  }

  /** Whether after this comment, and others, an entry ends. */
  private boolean endsEntry(int comment) {
    int i = comment;
    while (i < atoms.size() && atoms.get(i).piece().isEmpty()) {
      i++;
    }
    return i == atoms.size() || atoms.get(i).isSeparator() || atoms.get(i).is("}");
  }

  private Token token(Atom atom, int depth) {
    Piece piece = atom.piece().orElseThrow();
    boolean then = depth == 0 && piece.shape() == Piece.Shape.RESERVED && piece.is("then");
    boolean joint = piece.shape() == Piece.Shape.RESERVED && JOINTS.contains(piece.text());
    boolean before = next + 1 < atoms.size() && startsAfterClause(atoms.get(next + 1));
    return new Token(
        atom.text(),
        depth,
        depth == 0 && (joint || before || clauses.contains(atom.span().start())),
        then,
        then && (lineEnds(next) > 0 || next + 1 < atoms.size() && lineEnds(next + 1) > 0));
  }

  private boolean startsAfterClause(Atom atom) {
    return afterClauses.contains(atom.span().start());
  }

  /** A block, behind its opening bracket, with its closing one. */
  private Block block(boolean statements) {
    int open = next - 1;
    Optional<Remark> opening = Optional.empty();
    if (atoms.get(next).piece().isEmpty() && !ownLine(next)) {
      opening = Optional.of(new Remark(atoms.get(next).text(), false));
      next++;
    }
    List<Entry> entries = new ArrayList<>();
    while (!atoms.get(next).is("}")) {
      Atom atom = atoms.get(next);
      if (atom.isSeparator() || atom.is(",")) {
        next++;
        // A comment behind the comma of the last entry on its line.
        if (atoms.get(next).piece().isEmpty() && !ownLine(next) && !entries.isEmpty()) {
          Entry last = entries.remove(entries.size() - 1);
          Remark after = new Remark(atoms.get(next).text(), false);
          entries.add(new Entry(last.blank(), last.joined(), last.parts(), Optional.of(after)));
          next++;
        }
        continue;
      }
      boolean blank = !entries.isEmpty() && lineEnds(next) > 1;
      boolean joined = !entries.isEmpty() && lineEnds(next) == 0;
      if (atom.piece().isEmpty()) {
        Remark remark = new Remark(atom.text(), true);
        entries.add(new Entry(blank, false, List.of(remark), Optional.empty()));
        next++;
      } else {
        Read read = sentence(statements);
        entries.add(new Entry(blank, joined, read.parts(), read.after()));
      }
    }
    Span whole = atoms.get(open).span().to(atoms.get(next).span());
    boolean several = text.substring(whole.start(), whole.end()).indexOf('\n') >= 0;
    next++;
    return new Block(several, statements, opening, entries);
  }

  private boolean ownLine(int atom) {
    return lineEnds(atom) > 0;
  }

  /** The line ends between an atom and the token or comment before it. */
  private int lineEnds(int atom) {
    int before = atom - 1;
    while (before >= 0 && atoms.get(before).isSeparator() && !atoms.get(before).is(";")) {
      before--;
    }
    int from = before < 0 ? 0 : atoms.get(before).span().end();
    return Formatter.lineEnds(text, from, atoms.get(atom).span().start());
  }
}
