package dev.espalier.engine.train;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;

/** How the learning rate changes while training runs; warm-up is a setting of training. */
public sealed interface Schedule {
  /**
   * The factor on the learning rate.
   *
   * @param progress the part of all batches done, from 0 to below 1
   * @param epoch the epoch, from 0
   */
  double factor(double progress, int epoch);

  /** Always the same. */
  @Word(name = "constant", kind = Kind.SCHEDULE, doc = "the same learning rate throughout")
  record Constant() implements Schedule {
    @Override
    public double factor(double progress, int epoch) {
      return 1;
    }
  }

  /** Multiplied by {@code factor} every {@code every} epochs. */
  @Word(
      name = "step",
      kind = Kind.SCHEDULE,
      doc = "the learning rate times a factor every few epochs")
  record Step(
      @Setting(doc = "epochs between steps", preset = "10", min = 1, unit = "epochs") int every,
      @Setting(
              name = "factor",
              doc = "factor of each step",
              preset = "0.1",
              min = 0,
              minExcluded = true,
              max = 1)
          double gamma)
      implements Schedule {
    @Override
    public double factor(double progress, int epoch) {
      return Math.pow(gamma, epoch / every);
    }
  }

  /** Half a cosine from 1 down to {@code floor}. */
  @Word(
      name = "cosine",
      kind = Kind.SCHEDULE,
      doc = "half a cosine down to a floor",
      source = "Loshchilov, Hutter 2017, arXiv:1608.03983, eq. 5, one period")
  record Cosine(
      @Setting(doc = "final part of the learning rate", preset = "0", min = 0, max = 1)
          double floor)
      implements Schedule {
    @Override
    public double factor(double progress, int epoch) {
      return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
    }
  }
}
