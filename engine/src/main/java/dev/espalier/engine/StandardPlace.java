package dev.espalier.engine;

import java.nio.file.Path;
import java.util.Locale;

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
    Path base = cache != null && !cache.isBlank() ? Path.of(cache) : home().resolve(".cache");
    return base.resolve("espalier");
  }

  /**
   * The user's home folder, which {@code ~} stands for: {@code HOME} where that is set, as other
   * programs take it. Java asks the system's list of users instead, which knows another folder
   * under {@code sudo}, and none where a container runs for a user who is not in the list.
   */
  public static Path home() {
    return home(
        System.getProperty("os.name"), System.getenv("HOME"), System.getProperty("user.home"));
  }

  static Path home(String system, String variable, String known) {
    boolean windows = system.toLowerCase(Locale.ROOT).contains("windows");
    return Path.of(!windows && variable != null && variable.startsWith("/") ? variable : known);
  }
}
