package dev.espalier.dsl.assist;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.syntax.Cut;
import dev.espalier.dsl.syntax.Syntax;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program as far as a place: the sentence cut there, and the names known before it.
 *
 * <p>Whoever writes asks again and again for nearly the same text. So the names are remembered at
 * marks, some sentences apart, and only what stands between the last mark and the sentence is read
 * again.
 */
record Reading(Cut cut, Names names) {
  /** Sentences from mark to mark. */
  private static final int APART = 20;

  private static final int MOST_REMEMBERED = 8;
  private static final int LONGEST_SENTENCE = 20_000;

  /** A place where a sentence starts a line, with the names known there. */
  private record Mark(int offset, int firstWordEnd, Names names) {}

  private record Remembered(String text, List<Mark> marks) {}

  private record Key(String name, Optional<Path> file, Scope scope) {
    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean equals(Object other) {
      // Scopes are compared as objects: their models are not to be looked through on each key.
      return other instanceof Key k
          && k.name.equals(name)
          && k.file.equals(file)
          && k.scope == scope;
    }

    @Override
    public int hashCode() {
      return 31 * name.hashCode() + System.identityHashCode(scope);
    }
  }

  private static final Map<Key, Remembered> MEMORY =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Remembered> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  /** The sentence at a place with what is known before it. */
  static Reading at(Source source, int at, Scope scope) {
    synchronized (MEMORY) {
      return read(source, at, scope);
    }
  }

  private static Reading read(Source source, int at, Scope scope) {
    String text = source.text();
    Key key = new Key(source.name(), source.file(), scope);
    Remembered old = MEMORY.getOrDefault(key, new Remembered("", List.of()));
    int same = common(text, old.text);
    List<Mark> marks = new ArrayList<>();
    marks.add(new Mark(0, 0, Names.of(scope)));
    old.marks.stream().filter(m -> m.offset > 0 && m.firstWordEnd < same).forEach(marks::add);
    List<Mark> later = new ArrayList<>();
    while (marks.size() > 1 && marks.get(marks.size() - 1).offset > at) {
      later.add(0, marks.remove(marks.size() - 1));
    }
    Mark last = marks.get(marks.size() - 1);
    Cut cut = Cut.at(text, last.offset, at);
    Names names = last.names;
    int from = last.offset;
    // A sentence goes on at most as far as the place.
    String rest = text.substring(from, Math.max(from, cut.start()));
    Source part = new Source(source.name(), rest, source.file());
    List<Syntax.Item> items = Syntax.read(part);
    int begin = 0;
    for (int i = 0; i < items.size(); i++) {
      int start = items.get(i).span().start();
      if (i - begin >= APART && startsLine(rest, start)) {
        names = names.after(part, items.subList(begin, i), from);
        marks.add(new Mark(from + start, from + start + firstWord(rest, start), names));
        begin = i;
      }
    }
    names = names.after(part, items.subList(begin, items.size()), from);
    marks.addAll(
        later.stream().filter(m -> m.offset > marks.get(marks.size() - 1).offset).toList());
    MEMORY.put(key, new Remembered(text, marks));
    return new Reading(cut, names);
  }

  /** The names known after the sentence that the place lies in. */
  Names withSentence(Source source) {
    String text = source.text();
    int end = Math.min(text.length(), cut.start() + LONGEST_SENTENCE);
    Source rest = new Source(source.name(), text.substring(cut.start(), end), source.file());
    List<Syntax.Item> items = Syntax.read(rest);
    return names.after(rest, items.subList(0, Math.min(1, items.size())), cut.start());
  }

  private static boolean startsLine(String text, int at) {
    return at == 0 || text.charAt(at - 1) == '\n';
  }

  private static int firstWord(String text, int at) {
    int end = at;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    return end - at;
  }

  private static int common(String a, String b) {
    int most = Math.min(a.length(), b.length());
    int i = 0;
    while (i < most && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    return i;
  }
}
