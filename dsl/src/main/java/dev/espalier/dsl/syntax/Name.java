package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;

/** A name or a word, and where it stands. */
public record Name(String text, Span span) {}
