package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A text cut into its sentences with all their tokens, and its comments: what a tool needs that
 * moves tokens and changes none.
 *
 * @param all in order; what lies between them is blank, {@code ;} or a comment
 * @param comments in order, from the sign to the end of the line
 * @param whole whether the text was read to its end; {@link Layout#MOST} bounds it
 */
public record Sentences(List<One> all, List<Span> comments, boolean whole) {
  /**
   * A sentence.
   *
   * @param span from its first token to its last; of one that does not parse, to the last token
   *     that belongs to no other
   * @param pieces its tokens; line ends and {@code ;} only where they separate entries of a block
   * @param statement empty when it does not parse as a whole
   */
  public record One(Span span, List<Piece> pieces, Optional<Statement> statement) {
    public One {
      pieces = List.copyOf(pieces);
    }
  }

  public Sentences {
    all = List.copyOf(all);
    comments = List.copyOf(comments);
  }

  /** The sentences of a text of at most {@link Syntax#LONGEST} characters. */
  public static Sentences of(String text) {
    Layout layout = new Layout(text);
    Splitter splitter = new Splitter(layout);
    TreeBuilder builder = new TreeBuilder(layout);
    List<One> all = new ArrayList<>();
    for (Optional<Splitter.Sentence> next = splitter.next(0, layout.size());
        next.isPresent();
        next = splitter.next(next.get().to(), layout.size())) {
      Splitter.Sentence sentence = next.get();
      Object tree = sentence.trouble().isPresent() ? null : builder.parse(sentence);
      Span span = sentence.span();
      if (!(tree instanceof Statement)) {
        for (int i = sentence.to() - 1; layout.span(i).start() >= span.end(); i--) {
          if (!layout.piece(i).isLineEnd()) {
            span = span.to(layout.span(i));
            break;
          }
        }
      }
      all.add(
          new One(
              span,
              sentence.pieces(),
              tree instanceof Statement statement ? Optional.of(statement) : Optional.empty()));
    }
    return new Sentences(all, layout.comments(), layout.isWhole());
  }
}
