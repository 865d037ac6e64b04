package dev.espalier.engine.study;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.espalier.engine.Sha256;
import dev.espalier.engine.run.Store;
import java.util.Locale;
import java.util.Optional;

/**
 * The time that a search may take, and what it took, kept in the store. So a search that is done
 * again makes the trials that there was time for and no others, and one that was stopped goes on
 * with the time that was left.
 *
 * <p>A generation that has begun is finished. None is begun that would not end in time, if it took
 * as long as those before it did on average; the first is always made.
 */
final class TimeLimit {
  private static final Gson JSON = new Gson();
  private static final double MINUTE = 60;

  private final Store store;
  private final String key;
  private final double seconds;
  private Spent spent;

  /**
   * What was done so far; Gson fills the fields.
   *
   * @param trials of whole generations
   */
  private record Spent(double seconds, int generations, int trials) {}

  /**
   * The limit of a search.
   *
   * @param search its key
   * @param seconds 0 is no limit
   */
  TimeLimit(Store store, String search, double seconds) {
    this.store = store;
    this.key = Sha256.of("time of a search 1\n" + search);
    this.seconds = seconds;
    this.spent = seconds == 0 ? new Spent(0, 0, 0) : read(store.note(key));
  }

  private static Spent read(Optional<String> note) {
    try {
      Spent kept = note.map(text -> JSON.fromJson(text, Spent.class)).orElse(null);
      boolean whole =
          kept != null && kept.seconds() >= 0 && kept.generations() >= 0 && kept.trials() >= 0;
      return whole ? kept : new Spent(0, 0, 0);
    } catch (JsonParseException e) {
      return new Spent(0, 0, 0);
    }
  }

  /** Whether a generation is to be made, once there are so many trials. */
  boolean allows(int trials) {
    if (seconds == 0 || trials == 0 || trials < spent.trials()) {
      return true;
    }
    double usual = spent.generations() == 0 ? 0 : spent.seconds() / spent.generations();
    return spent.seconds() + usual <= seconds;
  }

  /** Makes a generation, after so many trials, and counts its time, also when it is stopped. */
  void count(int before, Runnable generation, java.util.function.IntSupplier trials) {
    boolean known = before < spent.trials();
    long begin = System.nanoTime();
    boolean whole = false;
    try {
      generation.run();
      whole = true;
    } finally {
      if (seconds > 0 && !known) {
        double took = (System.nanoTime() - begin) / 1e9;
        spent =
            new Spent(
                spent.seconds() + took,
                spent.generations() + (whole ? 1 : 0),
                whole ? trials.getAsInt() : spent.trials());
        store.keepNote(key, JSON.toJson(spent));
      }
    }
  }

  /**
   * What the reader has to know.
   *
   * @param ended whether the search ended for want of time, with so many trials
   */
  Optional<String> note(boolean ended, int trials) {
    return ended
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "the time ended it after %d %s, which took %s of %s: a faster machine would have"
                    + " tried more, so what is found depends on the machine; in this store it stays"
                    + " the same",
                trials,
                trials == 1 ? "trial" : "trials",
                text(spent.seconds()),
                text(seconds)))
        : Optional.empty();
  }

  /** {@code 45 s}, {@code 10 minutes}, {@code 1.5 hours}. */
  static String text(double seconds) {
    if (seconds < 2 * MINUTE) {
      return number(seconds) + " s";
    }
    return seconds < 2 * MINUTE * MINUTE
        ? number(seconds / MINUTE) + " minutes"
        : number(seconds / MINUTE / MINUTE) + " hours";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value).replaceFirst("\\.0$", "");
  }
}
