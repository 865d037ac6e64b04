package dev.espalier.engine.prune;

/**
 * How much is kept after each round on the way to an amount. The rounds of a level are geometric:
 * each removes the same share of what is left, so that the last ones, which hurt most, remove least
 * (Han et al. 2015; Frankle, Carbin 2019, arXiv:1803.03635).
 *
 * @param dense how many there were in the dense original
 * @param start how many there are before the first round
 */
record Course(Amount amount, long dense, long start, int rounds) {
  /** How many are kept after a round, from 1 on, of the {@code now} before it; at least one. */
  long keep(int round, long now) {
    if (amount instanceof Amount.OfRemaining share) {
      return Math.min(now, Math.max(1, now - Math.round(share.fraction() * now)));
    }
    long end = Math.min(start, end());
    if (round >= rounds || start == 0) {
      return Math.min(now, end);
    }
    long keep = Math.round(start * Math.pow((double) end / start, (double) round / rounds));
    return Math.min(now, Math.max(end, keep));
  }

  /** How many a level leaves; as many as there are for a share of what remains. */
  long end() {
    return amount instanceof Amount.Level level
        ? Math.max(1, dense - Math.round(level.fraction() * dense))
        : start;
  }
}
