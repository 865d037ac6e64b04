package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;

/** {@code lr 0.1}, after {@code with} or {@code set}. */
public record Setting(Name name, Value value) {
  public Span span() {
    return name.span().to(value.span());
  }
}
