package dev.espalier.engine;

import java.nio.file.Path;

/** Where things are kept unless it is said. */
public final class StandardPlace {
  private StandardPlace() {}

  /** {@code ESPALIER_STORE}, else {@code espalier/store} in the user's cache folder. */
  public static Path store() {
    String named = System.getenv("ESPALIER_STORE");
    if (named != null && !named.isBlank()) {
      return Path.of(named);
    }
    return cache().resolve("store");
  }

  /** {@code espalier} in the user's cache folder. */
  public static Path cache() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache != null && !cache.isBlank()
            ? Path.of(cache)
            : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("espalier");
  }
}
