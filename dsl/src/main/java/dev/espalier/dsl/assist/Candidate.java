package dev.espalier.dsl.assist;

import java.util.Comparator;

/**
 * A suggestion with how likely it is.
 *
 * @param rank less comes first; the alphabet decides between equals
 */
record Candidate(int rank, Suggestion suggestion) {
  static final Comparator<Candidate> LIKELIEST =
      Comparator.comparingInt(Candidate::rank)
          .thenComparing(c -> c.suggestion().text(), String.CASE_INSENSITIVE_ORDER)
          .thenComparing(c -> c.suggestion().text());
}
