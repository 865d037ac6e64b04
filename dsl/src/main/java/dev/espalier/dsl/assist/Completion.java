package dev.espalier.dsl.assist;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Cut;
import dev.espalier.dsl.syntax.Syntax;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What may be written next. */
public final class Completion {
  /** Characters of a piece, a few milliseconds' worth. */
  private static final int AHEAD = 5_000;

  private Completion() {}

  /**
   * What may stand at a place, the likeliest first, the alphabet deciding between equals. Inside a
   * word, what starts as it does up to the place; that word is replaced. In comments, long texts
   * and numbers, nothing.
   *
   * @param at UTF-16 index into the text
   * @param scope the names known before the text
   */
  public static List<Suggestion> at(Source source, int at, Scope scope) {
    if (source.text().length() > Syntax.LONGEST) {
      return List.of();
    }
    int place = Math.max(0, Math.min(at, source.text().length()));
    Reading reading = Reading.at(source, place, scope);
    Cut cut = reading.cut();
    if (cut.text()) {
      Optional<List<String>> endings = Candidates.files(cut);
      List<Candidate> found =
          endings.isPresent()
              ? FileNames.of(source, cut.word(), place, endings.get())
              : new ArrayList<>(Candidates.of(source, reading));
      if (endings.isEmpty()) {
        found.removeIf(c -> !c.suggestion().text().startsWith("\""));
      }
      return endings.isPresent() ? sorted(found, "") : sorted(found, written(source, cut, place));
    }
    List<Candidate> found = new ArrayList<>(Candidates.of(source, reading));
    List<Suggestion> out = sorted(found, written(source, cut, place));
    return out.isEmpty() ? bound(source, reading, place, scope) : out;
  }

  /**
   * Reads a text before anybody asks, so that the first answer is as quick as the later ones. In
   * pieces: a question that comes meanwhile waits for one of them only.
   *
   * @param scope the same object that the questions will name
   */
  public static void ahead(Source source, Scope scope) {
    int length = source.text().length();
    if (length > Syntax.LONGEST) {
      return;
    }
    for (int at = 0; at < length; at += AHEAD) {
      Reading.at(source, at, scope);
    }
    Reading.at(source, length, scope);
  }

  private static String written(Source source, Cut cut, int place) {
    return source.text().substring(cut.word().start(), Math.max(cut.word().start(), place));
  }

  /** {@code at least} and {@code at most} are two words: the first of them may be there. */
  private static List<Suggestion> bound(Source source, Reading reading, int place, Scope scope) {
    List<dev.espalier.dsl.syntax.Piece> before = reading.cut().before();
    if (before.isEmpty() || !before.get(before.size() - 1).is("at")) {
      return List.of();
    }
    Span at = before.get(before.size() - 1).span();
    String written = source.text().substring(at.start(), place).replaceAll("[ \t]+", " ");
    return Completion.at(source, at.end(), scope).stream()
        .filter(s -> s.text().startsWith(written))
        .map(
            s ->
                new Suggestion(
                    s.text(),
                    s.kind(),
                    s.detail(),
                    s.doc(),
                    new Span(at.start(), Math.max(place, reading.cut().word().end()))))
        .toList();
  }

  private static List<Suggestion> sorted(List<Candidate> found, String written) {
    String prefix = written.toLowerCase(Locale.ROOT);
    Set<String> seen = new HashSet<>();
    return found.stream()
        .filter(c -> c.suggestion().text().toLowerCase(Locale.ROOT).startsWith(prefix))
        .sorted(Candidate.LIKELIEST)
        .filter(c -> seen.add(c.suggestion().text()))
        .map(Candidate::suggestion)
        .toList();
  }

  /** What the word at a place means, as it would be suggested there. */
  static Optional<Suggestion> meant(Source source, Reading reading) {
    Span word = reading.cut().word();
    String text = source.text().substring(word.start(), word.end()).replaceAll("[ \t]+", " ");
    return Candidates.of(source, reading).stream()
        .sorted(Candidate.LIKELIEST)
        .map(Candidate::suggestion)
        .filter(s -> s.text().equals(text))
        .findFirst();
  }
}
