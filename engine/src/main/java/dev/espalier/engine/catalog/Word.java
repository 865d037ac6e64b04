package dev.espalier.engine.catalog;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a record a word of the language: {@code @Word(name = "sgd", kind = Kind.OPTIMIZER, ...)}.
 *
 * <p>The record's components are what the word takes, each with its {@link Setting}. Because the
 * record itself is what the engine works with, a word that is listed cannot be missing.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Word {
  /** The word as written in a program. */
  String name();

  Kind kind();

  /** One line. */
  String doc();

  /** The paper or document it comes from; empty when there is none. */
  String source() default "";

  /** Other spellings that mean the same. */
  String[] aliases() default {};
}
