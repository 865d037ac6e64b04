package dev.espalier.dsl.assist;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.check.Checker;
import dev.espalier.dsl.syntax.Syntax;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The names known at a place, oldest first.
 *
 * @param scope what the checker knows there
 * @param it whether there is a last unnamed model
 */
record Names(Scope scope, Map<String, KnownName> all, boolean it) {
  Names {
    all = Collections.unmodifiableMap(new LinkedHashMap<>(all));
  }

  /** The names that other cells or Java have given. */
  static Names of(Scope scope) {
    Map<String, KnownName> all = new LinkedHashMap<>();
    scope
        .bindings()
        .values()
        .forEach(
            b ->
                all.put(
                    b.name(),
                    new KnownName(b.name(), b.kind(), Optional.of(b), Optional.empty(), "")));
    return new Names(scope, all, scope.it().isPresent());
  }

  /**
   * The names known after more sentences.
   *
   * @param part the sentences, as a text of its own
   * @param offset where they stand in the whole text
   */
  // What made a model is a long story: bindings are compared as objects.
  @SuppressWarnings("ReferenceEquality")
  Names after(Source part, List<Syntax.Item> items, int offset) {
    Scope changed = Checker.names(part, items, scope);
    Map<String, KnownName> out = new LinkedHashMap<>(all);
    boolean unnamed = it;
    for (Syntax.Item item : items) {
      unnamed |= Definitions.makesIt(item);
      String sentence = part.text().substring(item.span().start(), item.span().end());
      for (Definitions.Definition d : Definitions.of(item, part.text())) {
        Span at = d.name().span();
        Optional<Scope.Binding> binding =
            changed.find(d.name().text()).filter(b -> scope.find(b.name()).orElse(null) != b);
        out.remove(d.name().text());
        out.put(
            d.name().text(),
            new KnownName(
                d.name().text(),
                binding.map(Scope.Binding::kind).orElse(d.kind()),
                binding,
                Optional.of(new Span(at.start() + offset, at.end() + offset)),
                sentence));
      }
    }
    // Included programs define names that no sentence here does; a model's size may be settled.
    for (Scope.Binding b : changed.bindings().values()) {
      KnownName known = out.get(b.name());
      if (known == null) {
        out.put(b.name(), new KnownName(b.name(), b.kind(), Optional.of(b), Optional.empty(), ""));
      } else if (known.binding().isPresent() && known.binding().get() != b) {
        out.put(
            b.name(),
            new KnownName(b.name(), b.kind(), Optional.of(b), known.place(), known.sentence()));
      }
    }
    return new Names(changed, out, unnamed);
  }

  /** Names of some kinds, the newest first. */
  List<KnownName> newest(Set<Scope.Kind> kinds) {
    List<KnownName> out =
        new java.util.ArrayList<>(
            all.values().stream().filter(n -> kinds.contains(n.kind())).toList());
    Collections.reverse(out);
    return out;
  }

  Optional<KnownName> find(String name) {
    return Optional.ofNullable(all.get(name));
  }
}
