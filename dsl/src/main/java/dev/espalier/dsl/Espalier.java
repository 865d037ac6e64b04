package dev.espalier.dsl;

import dev.espalier.dsl.check.Checker;
import dev.espalier.engine.catalog.Catalog;

/** The language: from text to steps. */
public final class Espalier {
  private Espalier() {}

  /** Reads the catalog beside the first parse: both take most of the time of a first check. */
  private static final class Ahead {
    static {
      Thread catalog = new Thread(Catalog::standard, "espalier-catalog");
      catalog.setDaemon(true);
      catalog.start();
    }

    static void start() {}
  }

  /**
   * Checks a program in full and compiles it; nothing runs, and no native library is loaded.
   *
   * @param scope the names known before it
   * @return all mistakes in the order of the text and, when none is an error, the steps and the
   *     names known after it
   */
  public static Checked check(Source source, Scope scope) {
    Ahead.start();
    return Checker.check(source, scope);
  }
}
