package dev.espalier.engine.prune;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Word;

/** Which weights or channels matter least. */
public sealed interface Criterion {
  /** The absolute value; for a channel, the L2 norm over its coupled group. */
  @Word(
      name = "magnitude",
      kind = Kind.CRITERION,
      doc = "the smallest absolute values go first",
      source =
          "Han, Pool, Tran, Dally 2015, arXiv:1506.02626; channels: Li et al. 2017,"
              + " arXiv:1608.08710")
  record Magnitude() implements Criterion {}

  /** Chance, from the seed: the control every other method has to beat. */
  @Word(name = "random", kind = Kind.CRITERION, doc = "chance: the control to beat")
  record Random() implements Criterion {}
}
