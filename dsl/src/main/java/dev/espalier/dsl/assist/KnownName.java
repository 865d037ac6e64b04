package dev.espalier.dsl.assist;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Span;
import java.util.Optional;

/**
 * A name that has a meaning at a place of a program.
 *
 * @param kind what it stands for; a guess from its sentence where that is wrong
 * @param binding what the checker knows of it; empty where its sentence is wrong
 * @param place where the program gives it that meaning; empty when that is elsewhere, in another
 *     cell or file
 * @param sentence that gives it its meaning; may be empty
 */
public record KnownName(
    String name,
    Scope.Kind kind,
    Optional<Scope.Binding> binding,
    Optional<Span> place,
    String sentence) {

  boolean isQuantized() {
    return binding.map(Scope.Binding::quantized).orElse(false);
  }
}
