package dev.espalier.dsl;

import dev.espalier.dsl.check.Checker;
import dev.espalier.engine.catalog.Catalog;
import java.util.ArrayList;
import java.util.List;

/** The language: from text to steps. */
public final class Espalier {
  /** Mending one mistake may show another. */
  private static final int MOST_ROUNDS = 20;

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
   * The program with every mistake mended that can be mended in one way only, the mistakes that
   * show themselves only then included. Mistakes with more than one way out stay.
   *
   * @param scope the names known before it
   */
  public static String mended(Source source, Scope scope) {
    Source at = source;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Source here = at;
      List<Edit> edits = new ArrayList<>();
      for (Diagnostic d : check(here, scope).diagnostics()) {
        // Edits of one mistake are made together or not at all.
        boolean own = d.source().equals(here);
        if (own && d.edits().stream().allMatch(e -> edits.stream().allMatch(e::isApartFrom))) {
          edits.addAll(d.edits());
        }
      }
      if (edits.isEmpty()) {
        break;
      }
      at = new Source(source.name(), Edit.apply(here.text(), edits), source.file());
    }
    return at.text();
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
