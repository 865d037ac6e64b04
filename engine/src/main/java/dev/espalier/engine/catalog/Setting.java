package dev.espalier.engine.catalog;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes one component of a {@link Word}'s record.
 *
 * <p>The component's Java type is the setting's type: {@code int}, {@code long}, {@code double},
 * {@code boolean} (yes or no), {@code String}, an enum (its constants in lower case with hyphens),
 * {@code List<Integer>}, {@code List<Double>}, or an interface whose implementations are words of
 * {@link #of()} ({@code optimizer sgd(lr 0.1)}). Java's camelCase becomes {@code camel-case}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
  /** One line. */
  String doc();

  /** The default as it would be written in a program; empty means it must be given. */
  String preset() default "";

  /** The name in a program, when it is not the component's own. */
  String name() default "";

  double min() default Double.NEGATIVE_INFINITY;

  double max() default Double.POSITIVE_INFINITY;

  /** Whether {@link #min()} itself is refused. */
  boolean minExcluded() default false;

  /** Whether {@link #max()} itself is refused. */
  boolean maxExcluded() default false;

  /** What a bare number counts ({@code epochs}, {@code pixels}); for messages. */
  String unit() default "";

  /** A fraction that may be written {@code 50%} or {@code 0.5}. */
  boolean fraction() default false;

  /** Takes every unnamed argument: {@code mlp(1200, 1200)}. Only for the list of a word. */
  boolean rest() default false;

  /** For a component that is itself a word: the kind of word. */
  Kind[] of() default {};
}
