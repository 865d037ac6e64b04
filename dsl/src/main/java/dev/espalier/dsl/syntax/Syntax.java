package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a program: every sentence by itself, so that a bad one never hides the next. */
public final class Syntax {
  /** The longest program read, in characters. */
  public static final int LONGEST = 1 << 20;

  private Syntax() {}

  /** A sentence as read. */
  public sealed interface Item {
    Span span();

    record Parsed(Statement statement) implements Item {
      @Override
      public Span span() {
        return statement.span();
      }
    }

    /**
     * A sentence that does not parse.
     *
     * @param names it would have defined, so that their use is not a second mistake
     */
    record Refused(Span span, List<Diagnostic> mistakes, List<String> names) implements Item {
      public Refused {
        mistakes = List.copyOf(mistakes);
        names = List.copyOf(names);
      }
    }
  }

  /** All sentences, in order. */
  public static List<Item> read(Source source) {
    if (source.text().length() > LONGEST) {
      return tooLong(source, LONGEST + " characters");
    }
    Layout layout = new Layout(source.text());
    if (!layout.isWhole()) {
      return tooLong(source, Layout.MOST + " words and signs");
    }
    Splitter splitter = new Splitter(layout);
    TreeBuilder builder = new TreeBuilder(layout);
    List<Item> items = new ArrayList<>();
    Deque<int[]> ranges = new ArrayDeque<>();
    ranges.push(new int[] {0, layout.size()});
    while (!ranges.isEmpty()) {
      int[] range = ranges.pop();
      Optional<Splitter.Sentence> next = splitter.next(range[0], range[1]);
      if (next.isEmpty()) {
        continue;
      }
      Splitter.Sentence sentence = next.get();
      ranges.push(new int[] {sentence.to(), range[1]});
      SyntaxMistakes mistakes = new SyntaxMistakes(source, sentence.pieces());
      if (sentence.trouble().isPresent()) {
        items.add(Rereading.of(source, sentence, sentence.trouble().get()));
        continue;
      }
      Object tree = builder.parse(sentence);
      if (tree instanceof Statement statement) {
        items.add(new Item.Parsed(statement));
        continue;
      }
      int at = ((TreeBuilder.Refused) tree).at();
      Optional<Integer> cut = splitter.cutInsideBrackets(sentence);
      if (cut.isPresent()) {
        ranges.push(new int[] {cut.get(), sentence.to()});
        ranges.push(new int[] {sentence.indices().get(0), cut.get()});
        continue;
      }
      if (continuesByIndentation(sentence, at)) {
        int index = sentence.indices().get(at);
        int first = sentence.indices().get(0);
        List<Item> before = readOne(splitter, builder, source, first, index);
        items.addAll(before);
        items.add(
            new Item.Refused(
                layout.span(index),
                mistakes.indented(layout.blankBefore(index), layout.span(first)),
                List.of()));
        ranges.push(new int[] {index, sentence.to()});
        continue;
      }
      if (sentence.pieces().get(0).is("sweep")) {
        Optional<List<Item>> inside = insideSweep(splitter, builder, source, sentence, at);
        if (inside.isPresent()) {
          items.addAll(inside.get());
          continue;
        }
      }
      items.add(Rereading.of(source, sentence, at, builder));
    }
    return onceForeign(items);
  }

  /** That a program is not one of this language at all is said once. */
  private static List<Item> onceForeign(List<Item> items) {
    Set<String> said = new HashSet<>();
    List<Item> out = new ArrayList<>();
    for (Item item : items) {
      out.add(
          item instanceof Item.Refused refused
              ? new Item.Refused(
                  refused.span(),
                  refused.mistakes().stream()
                      .filter(d -> !d.title().startsWith("this looks like") || said.add(d.title()))
                      .toList(),
                  refused.names())
              : item);
    }
    return out;
  }

  private static List<Item> tooLong(Source source, String most) {
    return List.of(
        new Item.Refused(
            new Span(0, 0), List.of(SyntaxMistakes.programTooLong(source, most)), List.of()));
  }

  /** The part of a sentence before a line that was indented by mistake. */
  private static List<Item> readOne(
      Splitter splitter, TreeBuilder builder, Source source, int from, int to) {
    List<Item> items = new ArrayList<>();
    splitter
        .next(from, to)
        .ifPresent(
            sentence -> {
              SyntaxMistakes mistakes = new SyntaxMistakes(source, sentence.pieces());
              if (sentence.trouble().isPresent()) {
                items.add(Rereading.of(source, sentence, sentence.trouble().get()));
                return;
              }
              Object tree = builder.parse(sentence);
              if (tree instanceof Statement statement) {
                items.add(new Item.Parsed(statement));
              } else {
                int at = ((TreeBuilder.Refused) tree).at();
                items.add(Rereading.of(source, sentence, at, builder));
              }
            });
    return items;
  }

  private static boolean continuesByIndentation(Splitter.Sentence sentence, int at) {
    if (at <= 0 || at >= sentence.indices().size()) {
      return false;
    }
    Layout layout = sentence.layout();
    int index = sentence.indices().get(at);
    return layout.startsLine(index)
        && (layout.opens(index) || SyntaxMistakes.isNearlyVerb(layout.piece(index)))
        && layout.depth(index) == layout.depth(sentence.indices().get(0));
  }

  /**
   * The mistakes of the sentences inside a sweep, when the one at {@code at} is among them: each is
   * read by itself.
   */
  private static Optional<List<Item>> insideSweep(
      Splitter splitter, TreeBuilder builder, Source source, Splitter.Sentence sentence, int at) {
    Layout layout = sentence.layout();
    List<Integer> indices = sentence.indices();
    int open = -1;
    for (int i = 0; i < indices.size(); i++) {
      if (layout.piece(indices.get(i)).is("{")) {
        open = i;
        break;
      }
    }
    if (open < 0 || at <= open || at >= indices.size()) {
      return Optional.empty();
    }
    int close = layout.partner(indices.get(open));
    if (close < 0 || indices.get(at) >= close) {
      return Optional.empty();
    }
    List<Diagnostic> found = new ArrayList<>();
    int from = indices.get(open) + 1;
    while (true) {
      Optional<Splitter.Sentence> next = splitter.next(from, close);
      if (next.isEmpty()) {
        break;
      }
      Splitter.Sentence inner = next.get();
      from = inner.to();
      SyntaxMistakes mistakes = new SyntaxMistakes(source, inner.pieces());
      if (inner.trouble().isPresent()) {
        found.addAll(Rereading.of(source, inner, inner.trouble().get()).mistakes());
        continue;
      }
      Object tree = builder.parse(inner);
      if (tree instanceof TreeBuilder.Refused refused) {
        found.addAll(Rereading.of(source, inner, refused.at(), builder).mistakes());
      }
    }
    if (found.isEmpty()) {
      return Optional.empty();
    }
    SyntaxMistakes whole = new SyntaxMistakes(source, sentence.pieces());
    return Optional.of(List.of(whole.refused(sentence.span(), found)));
  }
}
