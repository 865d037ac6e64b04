package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Finds all mistakes of a sentence that does not parse: where the first can be mended, the sentence
 * is read on as if it had been, and so on to its end.
 */
final class Rereading {
  /** After so many mistakes, more would not help. */
  private static final int MOST_MISTAKES = 8;

  /** Longer sentences are read once. */
  private static final int LONGEST = 4000;

  private static final int MOST_PIECES = 400;

  private final Source source;
  private final Span span;
  private final int indentation;
  private final List<List<Edit>> made = new ArrayList<>();

  private Rereading(Source source, Splitter.Sentence sentence) {
    this.source = source;
    this.span = sentence.span();
    this.indentation = Math.min(LONGEST, sentence.layout().indentation(sentence.indices().get(0)));
  }

  /** The sentence with its mistakes, of which there is at least one. */
  static Syntax.Item.Refused of(
      Source source, Splitter.Sentence sentence, int at, TreeBuilder builder) {
    SyntaxMistakes plain = new SyntaxMistakes(source, sentence.pieces());
    Span span = sentence.span();
    if (span.end() - span.start() > LONGEST || sentence.pieces().size() > MOST_PIECES) {
      Diagnostic first = plain.at(at, () -> builder.expected(sentence, at)).diagnostic();
      return new Syntax.Item.Refused(span, List.of(first), plain.names());
    }
    return new Rereading(source, sentence).all();
  }

  /** The sentence with what keeps it from being parsed. */
  static Syntax.Item.Refused of(
      Source source, Splitter.Sentence sentence, Splitter.Trouble trouble) {
    SyntaxMistakes plain = new SyntaxMistakes(source, sentence.pieces());
    return new Syntax.Item.Refused(
        sentence.span(), plain.of(trouble, closing(source, sentence, trouble)), plain.names());
  }

  /** What closes an open round or square bracket so that the sentence is understood. */
  private static Optional<Edit> closing(
      Source source, Splitter.Sentence sentence, Splitter.Trouble trouble) {
    Span span = sentence.span();
    if (!(trouble instanceof Splitter.Trouble.Unclosed open)
        || open.text().equals("{")
        || span.end() - span.start() > LONGEST
        || sentence.pieces().size() > MOST_PIECES) {
      return Optional.empty();
    }
    Rereading reading = new Rereading(source, sentence);
    String text = source.text().substring(span.start(), span.end());
    Source here = new Source(source.name(), " ".repeat(reading.indentation) + text, source.file());
    List<Piece> pieces = sentence.pieces();
    int tried = 0;
    for (int i = 0; i < pieces.size() && tried < MOST_MISTAKES; i++) {
      Piece piece = pieces.get(i);
      boolean ends = i + 1 == pieces.size() || pieces.get(i + 1).shape() == Piece.Shape.RESERVED;
      if (!ends || piece.span().start() <= open.bracket().start()) {
        continue;
      }
      tried++;
      String closing = open.text().equals("(") ? ")" : "]";
      int at = piece.span().end() - span.start() + reading.indentation;
      if (understands(here, List.of(Edit.insert(at, closing)), true)) {
        return Optional.of(Edit.insert(piece.span().end(), closing));
      }
    }
    return Optional.empty();
  }

  private Syntax.Item.Refused all() {
    List<Diagnostic> found = new ArrayList<>();
    String text = source.text().substring(span.start(), span.end());
    List<String> names = List.of();
    while (found.size() < MOST_MISTAKES) {
      Source here = new Source(source.name(), " ".repeat(indentation) + text, source.file());
      Reading reading = read(here.text());
      SyntaxMistakes mistakes =
          new SyntaxMistakes(
              here, reading.sentence.pieces(), (edits, wholly) -> understands(here, edits, wholly));
      names = mistakes.names();
      if (reading.furthest.isEmpty()) {
        break;
      }
      int at = reading.at;
      SyntaxMistakes.Found next =
          mistakes.at(at, () -> reading.builder.expected(reading.sentence, at));
      Optional<Diagnostic> back = back(next.diagnostic());
      if (back.isEmpty()) {
        break;
      }
      found.add(back.get());
      if (next.repair().isEmpty() || !understands(here, next.repair(), false)) {
        break;
      }
      made.add(next.repair());
      text = Edit.apply(here.text(), next.repair()).substring(indentation);
    }
    return new Syntax.Item.Refused(span, found, names);
  }

  /**
   * A sentence as read once.
   *
   * @param at index of the furthest token reached
   * @param furthest where that token starts; empty when the whole sentence is understood
   * @param whole whether nothing stands behind the sentence
   */
  private record Reading(
      Splitter.Sentence sentence,
      TreeBuilder builder,
      int at,
      OptionalInt furthest,
      boolean whole) {}

  private static Reading read(String text) {
    Layout layout = new Layout(text);
    TreeBuilder builder = new TreeBuilder(layout);
    Splitter splitter = new Splitter(layout);
    Splitter.Sentence sentence = splitter.next(0, layout.size()).orElseThrow();
    boolean whole = splitter.next(sentence.to(), layout.size()).isEmpty();
    Object tree = builder.parse(sentence);
    if (tree instanceof TreeBuilder.Refused refused) {
      int at = refused.at();
      int start =
          at < sentence.indices().size()
              ? layout.span(sentence.indices().get(at)).start()
              : text.length();
      return new Reading(sentence, builder, at, OptionalInt.of(start), whole);
    }
    return new Reading(sentence, builder, -1, OptionalInt.empty(), whole);
  }

  /** Whether the sentence with the edits made is understood at least to behind the last of them. */
  private static boolean understands(Source here, List<Edit> edits, boolean wholly) {
    String text = Edit.apply(here.text(), edits);
    if (text.isBlank() || text.length() > 2 * LONGEST) {
      return false;
    }
    Layout layout = new Layout(text);
    if (new Splitter(layout).next(0, layout.size()).isEmpty()) {
      return false;
    }
    Reading reading = read(text);
    if (!reading.whole || reading.sentence.trouble().isPresent()) {
      return false;
    }
    if (reading.furthest.isEmpty() || wholly) {
      return reading.furthest.isEmpty();
    }
    int last = edits.stream().mapToInt(e -> e.span().end()).max().orElse(0);
    int furthest = reading.furthest.getAsInt();
    int before = read(here.text()).furthest.orElse(0);
    int shift = text.length() - here.text().length();
    return furthest >= last + shift && furthest > before + shift && furthest < text.length();
  }

  // ---- back to where it stands in the program

  private Optional<Diagnostic> back(Diagnostic d) {
    Optional<Span> place = back(d.span());
    if (place.isEmpty()) {
      return Optional.empty();
    }
    List<Edit> edits = new ArrayList<>();
    for (Edit e : d.edits()) {
      back(e.span()).ifPresent(s -> edits.add(new Edit(s, e.replacement())));
    }
    return Optional.of(
        new Diagnostic(
            d.code(),
            d.title(),
            source,
            place.get(),
            d.label(),
            d.fix(),
            edits.size() == d.edits().size() ? edits : List.of()));
  }

  private Optional<Span> back(Span here) {
    OptionalInt start = back(here.start());
    OptionalInt end = back(here.end());
    return start.isPresent() && end.isPresent() && start.getAsInt() <= end.getAsInt()
        ? Optional.of(new Span(start.getAsInt(), end.getAsInt()))
        : Optional.empty();
  }

  /** Where a place of the mended sentence is in the program; empty within what was put in. */
  private OptionalInt back(int place) {
    int at = place;
    for (int i = made.size() - 1; i >= 0; i--) {
      int shift = 0;
      List<Edit> sorted = new ArrayList<>(made.get(i));
      sorted.sort((a, b) -> Integer.compare(a.span().start(), b.span().start()));
      for (Edit e : sorted) {
        int start = e.span().start() + shift;
        int end = start + e.replacement().length();
        if (at > start && at < end) {
          return OptionalInt.empty();
        }
        if (at >= end && at > start) {
          shift += e.replacement().length() - (e.span().end() - e.span().start());
        }
      }
      at -= shift;
    }
    return OptionalInt.of(at - indentation + span.start());
  }
}
