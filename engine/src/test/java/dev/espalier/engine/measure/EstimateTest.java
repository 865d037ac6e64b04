package dev.espalier.engine.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EstimateTest {
  /** Experiments of each simulation; the standard error of a rate of 95% is then 0.5 points. */
  private static final int EXPERIMENTS = 2000;

  private static final double RATE_ERROR = Math.sqrt(0.95 * 0.05 / EXPERIMENTS);

  /**
   * Two classifiers, tested on the same samples over several seeds. A classifier is right on a
   * sample when skill + ease of the sample + its own ease of it + luck of the seed + luck of both
   * is above 0; all of these but the skill are normal. The expected accuracy is Φ(skill / total).
   */
  private record World(
      double skill, double other, double sample, double own, double seed, double rest) {
    private double total() {
      return Math.sqrt(sample * sample + own * own + seed * seed + rest * rest);
    }

    double difference() {
      return normal(skill / total()) - normal(other / total());
    }

    double accuracy() {
      return normal(skill / total());
    }

    /** [model][seed][sample]. */
    boolean[][][] draw(int seeds, int samples, SplittableRandom random) {
      boolean[][][] correct = new boolean[2][seeds][samples];
      double[] ease = new double[samples];
      for (int i = 0; i < samples; i++) {
        ease[i] = sample * random.nextGaussian();
      }
      for (int model = 0; model < 2; model++) {
        double base = model == 0 ? skill : other;
        double[] mine = new double[samples];
        for (int i = 0; i < samples; i++) {
          mine[i] = base + ease[i] + own * random.nextGaussian();
        }
        for (int s = 0; s < seeds; s++) {
          double luck = seed * random.nextGaussian();
          for (int i = 0; i < samples; i++) {
            correct[model][s][i] = mine[i] + luck + rest * random.nextGaussian() > 0;
          }
        }
      }
      return correct;
    }
  }

  private static double normal(double z) {
    return 1 - StudentT.normalTail(z);
  }

  /** The skill at which a world's first classifier has this accuracy. */
  private static double skill(double accuracy, double total) {
    return total * StudentT.normalQuantile(1 - accuracy);
  }

  private static World world(double first, double second, double own, double seed) {
    double total = Math.sqrt(1 + own * own + seed * seed + 0.09);
    return new World(skill(first, total), skill(second, total), 1, own, seed, 0.3);
  }

  /**
   * Differences of 0 to 3 points at 90 to 97%, from seeds that move the accuracy by 0.1 to 3
   * points: the interval holds the true difference, on new seeds and new samples, in 95 of 100
   * experiments or, being on the safe side, a few more; two equal models are told apart in at most
   * 5 of 100.
   */
  @ParameterizedTest
  @CsvSource({
    "3, 400, 0.92, 0.90, 0.3, 0",
    "3, 400, 0.92, 0.90, 0.3, 0.10",
    "3, 400, 0.92, 0.90, 0.3, 0.30",
    "3, 1000, 0.97, 0.94, 0.3, 0.10",
    "5, 400, 0.92, 0.90, 0.3, 0.05",
    "5, 1000, 0.92, 0.90, 0.1, 0.10",
    "3, 400, 0.90, 0.90, 0.3, 0.20",
    "5, 400, 0.90, 0.90, 0.3, 0.10",
    "5, 400, 0.97, 0.97, 0.1, 0.02",
    "10, 400, 0.97, 0.96, 0.3, 0.05"
  })
  void theIntervalOfADifferenceCovers(
      int seeds, int samples, double first, double second, double own, double seed) {
    World world = world(first, second, own, seed);
    SplittableRandom random = new SplittableRandom(17);
    int holds = 0;
    int clear = 0;
    for (int e = 0; e < EXPERIMENTS; e++) {
      boolean[][][] c = world.draw(seeds, samples, random);
      Estimate d = Estimate.ofDifference(c[0], c[1]);
      holds += d.interval().contains(world.difference()) ? 1 : 0;
      boolean apart = !d.interval().contains(0);
      clear += apart ? 1 : 0;
      if (e < 100) {
        assertEquals(apart, d.pValue(0) < 0.05, "interval and test disagree");
      }
    }
    double rate = holds / (double) EXPERIMENTS;
    assertTrue(rate > 0.95 - 2 * RATE_ERROR && rate < 0.99, "the interval held in " + rate);
    if (first == second) {
      double wrong = clear / (double) EXPERIMENTS;
      assertTrue(wrong < 0.05 + 2 * RATE_ERROR, "equal models were told apart in " + wrong);
    }
  }

  /** What the usual shortcuts miss: seeds alone, and samples of one seed alone, hold too seldom. */
  @Test
  void eitherSourceAloneDoesNotCover() {
    World world = world(0.92, 0.90, 0.3, 0.05);
    SplittableRandom random = new SplittableRandom(19);
    int ofSeeds = 0;
    int ofSamples = 0;
    for (int e = 0; e < EXPERIMENTS; e++) {
      boolean[][][] c = world.draw(5, 400, random);
      double[] each = new double[5];
      for (int s = 0; s < 5; s++) {
        each[s] = Intervals.paired(c[0][s], c[1][s]).difference();
      }
      ofSeeds += Intervals.mean(each).interval().contains(world.difference()) ? 1 : 0;
      ofSamples +=
          Intervals.paired(c[0][0], c[1][0]).interval().contains(world.difference()) ? 1 : 0;
    }
    assertTrue(ofSeeds < 0.9 * EXPERIMENTS, "seeds alone held in " + ofSeeds);
    assertTrue(ofSamples < 0.945 * EXPERIMENTS, "samples alone held in " + ofSamples);
  }

  @ParameterizedTest
  @CsvSource({"3, 400, 0.92, 0.05", "5, 400, 0.99, 0.05", "5, 200, 0.995, 0", "3, 1000, 0.9, 0.1"})
  void theIntervalOfAnAccuracyCovers(int seeds, int samples, double accuracy, double seed) {
    World world = world(accuracy, 0.6, 0.3, seed);
    SplittableRandom random = new SplittableRandom(23);
    int holds = 0;
    for (int e = 0; e < EXPERIMENTS; e++) {
      boolean[][][] c = world.draw(seeds, samples, random);
      holds += Estimate.ofFraction(c[0]).interval().contains(world.accuracy()) ? 1 : 0;
    }
    double rate = holds / (double) EXPERIMENTS;
    assertTrue(rate > 0.95 - 2 * RATE_ERROR, "the interval held in " + rate);
  }

  /**
   * The number of seeds that is proposed finds the difference it is proposed for with the power
   * that is stated: 80 of 100 experiments of that size call it, where the pilot's parts are the
   * true ones.
   */
  @Test
  void theSeedsProposedDecideAtThePowerStated() {
    World world = world(0.92, 0.90, 0.3, 0.10);
    SplittableRandom random = new SplittableRandom(29);
    double ofSeeds = 0;
    double ofSamples = 0;
    int pilots = 200;
    for (int e = 0; e < pilots; e++) {
      boolean[][][] c = world.draw(10, 1000, random);
      Estimate one = Estimate.ofDifference(c[0], c[1]);
      ofSeeds += one.seedVariance() / pilots;
      ofSamples += one.sampleVariance() / pilots;
    }
    double difference = world.difference();
    Estimate pilot = new Estimate(difference, difference, ofSeeds, ofSamples, 10, 1000);
    int proposed = pilot.seedsToDecide(0, 0.05).getAsInt();
    int found = 0;
    int fewer = 0;
    for (int e = 0; e < EXPERIMENTS / 4; e++) {
      boolean[][][] c = world.draw(proposed, 1000, random);
      found += Estimate.ofDifference(c[0], c[1]).interval().contains(0) ? 0 : 1;
      boolean[][][] half = world.draw(proposed / 2, 1000, random);
      fewer += Estimate.ofDifference(half[0], half[1]).interval().contains(0) ? 0 : 1;
    }
    assertEquals(0.8, found / (EXPERIMENTS / 4.0), 0.07, proposed + " seeds");
    assertTrue(fewer < 0.7 * EXPERIMENTS / 4, proposed / 2 + " seeds found it in " + fewer);
  }

  @Test
  void noNumberOfSeedsHelpsWhereTheTestSetIsTooSmall() {
    World world = world(0.91, 0.90, 0.5, 0.02);
    boolean[][][] c = world.draw(5, 300, new SplittableRandom(3));
    Estimate d = Estimate.ofDifference(c[0], c[1]);
    assertTrue(d.seedsToDecide(0, 0.05).isEmpty(), d + " " + d.seedsToDecide(0, 0.05));
    assertTrue(d.samplesToDecide(0, 0.05) > 300, d + " " + d.samplesToDecide(0, 0.05));
  }

  /** One value a seed is Student's t: the mean of 0.978, 0.980, 0.982. */
  @Test
  void valuesOfSeedsAreStudents() {
    Estimate e = Estimate.ofSeeds(0.978, 0.980, 0.982);
    assertEquals(Intervals.mean(0.978, 0.980, 0.982).interval().low(), e.interval().low(), 1e-12);
    assertEquals(0.05, Estimate.ofSeeds(1, 2, 3).pValue(2 + 4.3027 / Math.sqrt(3)), 1e-5);
  }

  /** Without any effect of seeds it is the normal interval of the samples' mean. */
  @Test
  void seedsThatChangeNothingAddNothing() {
    double[] one = new double[500];
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < one.length; i++) {
      one[i] = random.nextGaussian();
    }
    Estimate e = Estimate.ofSamples(new double[][] {one, one.clone(), one.clone()});
    double squares = 0;
    for (double v : one) {
      squares += (v - e.mean()) * (v - e.mean());
    }
    assertEquals(Math.sqrt(squares / 499 / 500), e.standardError(), 1e-12);
    assertEquals(1.96 * e.standardError(), e.interval().high() - e.mean(), 1e-4);
  }

  @Test
  void modelsThatAgreeEverywhereAreNotToldApart() {
    boolean[][] same = new boolean[3][1000];
    Estimate d = Estimate.ofDifference(same, same);
    assertEquals(0, d.mean());
    assertEquals(1, d.pValue(0));
    assertTrue(d.interval().low() < 0 && d.interval().high() > 0, "" + d.interval());
    assertTrue(d.seedsToDecide(0, 0.05).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"0.5, 0.3085375387", "1.96, 0.0249978951", "3, 0.0013498980", "8, 6.22096e-16"})
  void normalTailsAreThoseOfTheTables(double z, double tail) {
    assertEquals(tail, StudentT.normalTail(z), 1e-6 * tail);
    assertEquals(z, StudentT.normalQuantile(StudentT.normalTail(z)), 1e-9);
  }

  @Test
  void oneSeedSaysNothing() {
    Estimate d = Estimate.ofSeeds(3.5);
    assertTrue(Double.isNaN(d.interval().low()));
    assertEquals(1, d.pValue(0));
  }

  @Test
  void unequalSamplesAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Estimate.ofDifference(new boolean[2][3], new boolean[2][4]));
    assertThrows(IllegalArgumentException.class, () -> Estimate.ofSamples(new double[0][0]));
  }

  /** The example of Holm's method with p-values 0.01, 0.04, 0.03, 0.005. */
  @Test
  void holmCorrectsForTheNumberOfTests() {
    assertArrayEquals(
        new double[] {0.03, 0.06, 0.06, 0.02}, Holm.adjusted(0.01, 0.04, 0.03, 0.005), 1e-12);
    assertArrayEquals(new double[] {1, 1}, Holm.adjusted(0.7, 0.9), 1e-12);
  }

  /** Of four equal models, any is called different in at most 5 of 100 experiments. */
  @Test
  void holmKeepsEqualModelsEqual() {
    SplittableRandom random = new SplittableRandom(31);
    int wrong = 0;
    int careless = 0;
    int experiments = 250;
    World world = world(0.9, 0.9, 0.3, 0.05);
    for (int e = 0; e < experiments; e++) {
      boolean[][][] one = world.draw(5, 200, random);
      boolean[][][] two = world.draw(5, 200, random);
      // Pairs of two drawings share no samples, as pairs of one do; Holm asks for neither.
      double[] p = {
        Estimate.ofDifference(one[0], one[1]).pValue(0),
        Estimate.ofDifference(two[0], two[1]).pValue(0),
        Estimate.ofDifference(one[0], two[0]).pValue(0),
        Estimate.ofDifference(one[1], two[1]).pValue(0)
      };
      careless += java.util.Arrays.stream(p).anyMatch(v -> v < 0.05) ? 1 : 0;
      wrong += java.util.Arrays.stream(Holm.adjusted(p)).anyMatch(v -> v < 0.05) ? 1 : 0;
    }
    assertTrue(wrong < 0.075 * experiments, "told apart in " + wrong);
    assertFalse(careless < 2 * wrong, careless + " without correction, " + wrong + " with it");
  }
}
