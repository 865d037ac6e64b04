package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Layout.Lexeme;
import dev.espalier.dsl.syntax.Splitter.Sentence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A sentence cut at a place in a text: what stands before it there, and how it may go on.
 *
 * @param start of the sentence in the text
 * @param word the word or the text in quotes that the place lies in, empty beside one; the cut is
 *     before it
 * @param text whether it is a text in quotes
 * @param before the sentence's tokens up to the cut
 * @param continuations what may stand there; empty where nothing can be suggested
 */
public record Cut(
    int start, Span word, boolean text, List<Piece> before, List<Continuation> continuations) {
  private static final String BETWEEN = " \t\r\n([{,;=:/\uFEFF";

  public Cut {
    before = List.copyOf(before);
    continuations = List.copyOf(continuations);
  }

  /**
   * The sentence that {@code at} lies in.
   *
   * @param from where a sentence starts at the beginning of a line, at or before the place
   * @param at UTF-16 index
   */
  public static Cut at(String text, int from, int at) {
    Lexeme lexeme = Layout.lexeme(text, from, at);
    boolean quoted = lexeme.lies() == Lexeme.Lies.TEXT || lexeme.lies() == Lexeme.Lies.OPEN_TEXT;
    boolean beside =
        lexeme.lies() == Lexeme.Lies.FREE && at > 0 && BETWEEN.indexOf(text.charAt(at - 1)) < 0;
    Span word = quoted || lexeme.lies() == Lexeme.Lies.WORD ? lexeme.span() : new Span(at, at);
    String head = text.substring(from, word.start());
    Found plain = sentence(head, "x");
    List<Piece> before = new ArrayList<>();
    for (int i = 0; i < plain.at; i++) {
      Piece p = plain.sentence.layout().piece(plain.sentence.indices().get(i));
      before.add(
          new Piece(
              p.text(),
              p.shape(),
              new Span(p.span().start() + from, p.span().end() + from),
              p.startsLine()));
    }
    int start = before.isEmpty() ? word.start() : before.get(0).span().start();
    if (beside || plain.swallowed || lexeme.lies() == Lexeme.Lies.CLOSED) {
      return new Cut(start, word, false, before, List.of());
    }
    List<Continuation> continuations =
        new ArrayList<>(TreeBuilder.continuations(plain.sentence.tokens().subList(0, plain.at)));
    if (!quoted && plain.startsLine() && !offers(continuations, "then")) {
      // The only word that goes on with a sentence at the beginning of a line, in braces too.
      Found joined = sentence(head, "then");
      TreeBuilder.continuations(joined.sentence.tokens().subList(0, joined.at)).stream()
          .filter(c -> joined.at > 0 && c.literal().equals("then"))
          .findFirst()
          .ifPresent(continuations::add);
    }
    return new Cut(start, word, quoted, before, continuations);
  }

  /**
   * A sentence with its last token, which stands for what is missing.
   *
   * @param swallowed whether it lies in a long text that nothing closes
   */
  private record Found(Sentence sentence, int at, boolean swallowed) {
    boolean startsLine() {
      return at == 0 || sentence.layout().piece(sentence.indices().get(at)).startsLine();
    }
  }

  private static boolean offers(List<Continuation> continuations, String word) {
    return continuations.stream().anyMatch(c -> c.literal().equals(word));
  }

  private static Found sentence(String head, String missing) {
    Layout layout = new Layout(head + missing);
    Splitter splitter = new Splitter(layout);
    int last = layout.size() - 1;
    int from = 0;
    while (true) {
      Optional<Sentence> next = splitter.next(from, layout.size());
      if (next.isEmpty()) {
        return new Found(
            new Sentence(layout, List.of(), List.of(), from, Optional.empty()), 0, true);
      }
      List<Integer> indices = next.get().indices();
      if (!indices.isEmpty() && indices.get(indices.size() - 1) == last) {
        return new Found(next.get(), indices.size() - 1, false);
      }
      from = next.get().to();
    }
  }
}
