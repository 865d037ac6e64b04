package dev.espalier.dsl;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What was probably meant by a word that is not known. */
public final class Nearest {
  private static final int LONGEST = 64;

  private Nearest() {}

  /** The known word nearest to {@code word}, when one is near enough to be a slip of the hand. */
  public static Optional<String> to(String word, Collection<String> known) {
    return all(word, known).stream().findFirst();
  }

  /** Up to three known words near enough, the nearest first, ties in the given order. */
  public static List<String> all(String word, Collection<String> known) {
    return candidates(word, known).limit(3).map(Candidate::word).toList();
  }

  /** The known word that is nearer than any other; empty when two are equally near. */
  public static Optional<String> clear(String word, Collection<String> known) {
    List<Candidate> two = candidates(word, known).limit(2).toList();
    return two.isEmpty() || (two.size() == 2 && two.get(0).distance == two.get(1).distance)
        ? Optional.empty()
        : Optional.of(two.get(0).word);
  }

  private record Candidate(String word, int distance) {}

  private static Stream<Candidate> candidates(String word, Collection<String> known) {
    if (word.length() > LONGEST) {
      return Stream.empty();
    }
    int most = Math.max(1, (word.length() + 1) / 3);
    return known.stream()
        .distinct()
        .filter(k -> k.length() <= LONGEST && !k.equals(word))
        .map(
            k ->
                new Candidate(
                    k, distance(word.toLowerCase(Locale.ROOT), k.toLowerCase(Locale.ROOT))))
        .filter(c -> c.distance <= most && c.distance < Math.max(word.length(), c.word.length()))
        .sorted(Comparator.comparingInt(Candidate::distance));
  }

  /** Edits of one letter, swaps of two neighbours counting once (optimal string alignment). */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
