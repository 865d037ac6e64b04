package dev.espalier.dsl.assist;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Syntax;
import java.util.Optional;

/**
 * What a word is where it stands.
 *
 * @param name where it is a name that the program has given
 */
record Meaning(Span span, String markdown, Optional<KnownName> name) {
  static Optional<Meaning> at(Source source, int at, Scope scope) {
    String text = source.text();
    if (text.length() > Syntax.LONGEST || at < 0 || at > text.length()) {
      return Optional.empty();
    }
    Reading reading = Reading.at(source, at, scope);
    // Between two words the place belongs to the one that starts there.
    if (reading.cut().word().start() == reading.cut().word().end() && at < text.length()) {
      reading = Reading.at(source, at + 1, scope);
    }
    Span word = reading.cut().word();
    if (reading.cut().text() || word.start() == word.end() || word.start() > at) {
      return Optional.empty();
    }
    Optional<Suggestion> meant = Completion.meant(source, reading);
    if (meant.isEmpty()) {
      return defined(source, reading, word);
    }
    Suggestion s = meant.get();
    Optional<KnownName> name =
        switch (s.kind()) {
          case DATA, BLUEPRINT, MODEL, TEACHER, TABLE, TARGET, RECIPE, VALUE ->
              reading.names().find(s.text().startsWith("$") ? s.text().substring(1) : s.text());
          default -> Optional.empty();
        };
    String markdown =
        s.doc().isEmpty()
            ? "**" + s.text() + "** (" + s.kind().words() + "): " + s.detail()
            : s.doc();
    return Optional.of(new Meaning(word, markdown, name));
  }

  /** A name where it is given its meaning, or where what is said of it is wrong. */
  private static Optional<Meaning> defined(Source source, Reading reading, Span word) {
    String text = source.text().substring(word.start(), word.end());
    String name = text.startsWith("$") ? text.substring(1) : text;
    Optional<KnownName> here =
        reading
            .withSentence(source)
            .find(name)
            .filter(k -> k.place().map(p -> p.start() == word.start()).orElse(false));
    return here.or(() -> reading.names().find(name))
        .map(
            k ->
                new Meaning(
                    word,
                    Descriptions.name(k, k.place().map(p -> source.line(p.start()))),
                    Optional.of(k)));
  }
}
