package dev.espalier.dsl;

import dev.espalier.dsl.check.Checker;

/** The language: from text to steps. */
public final class Espalier {
  private Espalier() {}

  /**
   * Checks a program in full and compiles it; nothing runs, and no native library is loaded.
   *
   * @param scope the names known before it
   * @return all mistakes in the order of the text and, when none is an error, the steps and the
   *     names known after it
   */
  public static Checked check(Source source, Scope scope) {
    return Checker.check(source, scope);
  }
}
