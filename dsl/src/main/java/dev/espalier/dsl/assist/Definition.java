package dev.espalier.dsl.assist;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where names get their meanings, and where they are used. */
public final class Definition {
  private Definition() {}

  /**
   * Where the name at a place is given its meaning; empty when there is no name, or when that is in
   * another text.
   *
   * @param at UTF-16 index into the text
   * @param scope the names known before the text
   */
  public static Optional<Span> at(Source source, int at, Scope scope) {
    return Meaning.at(source, at, scope).flatMap(Meaning::name).flatMap(KnownName::place);
  }

  /** Every place of the name at a place, its definition among them; empty when there is no name. */
  public static List<Span> uses(Source source, int at, Scope scope) {
    Optional<Meaning> meaning = Meaning.at(source, at, scope);
    Optional<KnownName> name = meaning.flatMap(Meaning::name);
    if (name.isEmpty()) {
      return List.of();
    }
    List<Span> out = new ArrayList<>();
    Matcher matcher =
        Pattern.compile("(?<![\\w-])" + Pattern.quote(name.get().name()) + "(?![\\w-])")
            .matcher(source.text());
    while (matcher.find()) {
      boolean same =
          Meaning.at(source, matcher.start(), scope)
              .flatMap(Meaning::name)
              .map(n -> n.name().equals(name.get().name()) && n.place().equals(name.get().place()))
              .orElse(false);
      if (same) {
        out.add(new Span(matcher.start(), matcher.end()));
      }
    }
    return out;
  }
}
