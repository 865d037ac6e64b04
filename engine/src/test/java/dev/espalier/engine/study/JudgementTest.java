package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.measure.Accuracy;
import dev.espalier.engine.measure.Intervals;
import dev.espalier.engine.measure.Latency;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.run.Constraint;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Operation.Bound;
import dev.espalier.engine.run.Result.Verdict;
import dev.espalier.engine.run.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Verdicts on drawn results whose truth is known. */
class JudgementTest {
  private static final int SAMPLES = 2000;

  private final SplittableRandom random = new SplittableRandom(11);
  private final double[] ease = random.doubles(SAMPLES).toArray();

  /** A model right on so large a part of the samples, give or take half a point a seed. */
  private Contestant model(String name, int seeds, double accuracy, long bytes, double latency) {
    List<Contestant.Made> made = new ArrayList<>();
    for (int s = 0; s < seeds; s++) {
      boolean[] correct = new boolean[SAMPLES];
      int errors = 0;
      double level = accuracy + 0.005 * (random.nextDouble() - 0.5);
      for (int i = 0; i < SAMPLES; i++) {
        // Four of five samples are as hard for one model as for another.
        correct[i] = 0.8 * ease[i] + 0.2 * random.nextDouble() < quantile(level);
        errors += correct[i] ? 0 : 1;
      }
      made.add(
          new Contestant.Made(
              null,
              null,
              new Measurement(
                  new Accuracy(
                      new int[SAMPLES],
                      correct,
                      errors,
                      Intervals.wilson(SAMPLES - errors, SAMPLES)),
                  1000,
                  1000,
                  bytes,
                  bytes,
                  1000,
                  1000,
                  new Latency(latency * (1 + 0.01 * s), latency, 1, 1, 100))));
    }
    return new Contestant(name, Optional.empty(), made);
  }

  private Contestant model(String name, int seeds, double accuracy, long bytes) {
    return model(name, seeds, accuracy, bytes, 1e-3);
  }

  /** Of 0.8 U + 0.2 V, U and V even on [0, 1]. */
  private static double quantile(double p) {
    return p > 0.875 ? 1 - Math.sqrt((1 - p) * 2 * 0.16) : 0.8 * p + 0.1;
  }

  private static Verdict verdict(Metric metric, Optional<Target> target, Contestant... models) {
    return judgement(metric, target, models).verdict();
  }

  private static Verdict byAccuracy(Contestant... models) {
    return verdict(Metric.ACCURACY, Optional.empty(), models);
  }

  private static Judgement judgement(Metric metric, Optional<Target> target, Contestant... models) {
    return new Judgement(
        List.of(models),
        Map.of("big", models[0]),
        metric,
        target,
        new Yardstick(Optional.empty(), null, m -> null));
  }

  private static Optional<Target> target(Constraint... constraints) {
    return Optional.of(new Target("mcu", Optional.empty(), List.of(constraints)));
  }

  private static Constraint size(double most) {
    return new Constraint(
        Metric.SIZE, new Bound.Limit(false, most), "size at most " + (long) most / 1000 + " KB");
  }

  private static Constraint accuracy(double least) {
    return new Constraint(
        Metric.ACCURACY,
        new Bound.Limit(true, least),
        "accuracy at least " + Math.round(100 * least) + "%");
  }

  @Test
  void theBetterOfTwoWins() {
    Verdict v = byAccuracy(model("big", 5, 0.97, 200_000), model("small", 5, 0.93, 50_000));
    assertEquals(Optional.of("big"), v.winner(), v.text());
    assertTrue(
        v.text()
            .matches(
                "big is best by accuracy: \\+[34]\\.\\d\\d points \\(95% interval .*\\)"
                    + " against small, 5 seeds, p < 0.001"),
        v.text());
  }

  @Test
  void theMarginIsThatOverTheSecondBestAndTheChanceThatOfAll() {
    Verdict v =
        byAccuracy(
            model("far", 5, 0.85, 50_000),
            model("big", 5, 0.97, 200_000),
            model("next", 5, 0.93, 50_000));
    assertEquals(Optional.of("big"), v.winner(), v.text());
    assertTrue(
        v.text().endsWith(" against next, 5 seeds, p < 0.001 against each of the others"),
        v.text());
  }

  @Test
  void equalModelsAreTooCloseAndItIsSaidWhatWouldDecide() {
    Verdict v = byAccuracy(model("big", 5, 0.95, 200_000), model("small", 5, 0.95, 50_000));
    assertEquals(Optional.empty(), v.winner(), v.text());
    assertTrue(v.text().startsWith("too close to call by accuracy: "), v.text());
    assertTrue(v.text().matches(".*(seeds would decide|number of seeds|more seeds).*"), v.text());
  }

  @Test
  void fewerThanThreeSeedsDecideNothing() {
    Verdict v = byAccuracy(model("big", 2, 0.97, 200_000), model("small", 2, 0.80, 50_000));
    assertEquals(Optional.empty(), v.winner());
    assertEquals(
        "too close to call by accuracy: 2 seeds, and a verdict needs at least 3; big is ahead on"
            + " these",
        v.text());
  }

  @Test
  void whatBreaksAConstraintLosesAndTheVerdictSaysWhatWouldChangeIt() {
    Contestant big = model("big", 5, 0.98, 140_200);
    Contestant small = model("small", 5, 0.95, 83_000);
    Contestant tiny = model("tiny", 5, 0.90, 20_000);
    Judgement j = judgement(Metric.ACCURACY, target(size(100_000)), big, small, tiny);
    Verdict v = j.verdict();
    assertEquals(Optional.of("small"), v.winner(), v.text());
    assertTrue(v.text().startsWith("small wins for mcu: accuracy +"), v.text());
    assertTrue(v.text().contains("`size at most 100 KB` binds: it keeps out big"), v.text());
    assertTrue(
        v.text().contains("it would lose to tiny if size were at most 20 KB instead of 100 KB")
            || v.text()
                .contains("it would lose to big if size were at most 140.2 KB instead of 100 KB"),
        v.text());
    assertEquals(List.of("big: breaks `size at most 100 KB` by 40.2 KB (exact)"), j.findings());
    // What is said to change the verdict does.
    Verdict changed = verdict(Metric.ACCURACY, target(size(140_200)), big, small, tiny);
    assertEquals(Optional.of("big"), changed.winner(), changed.text());
  }

  @Test
  void withoutABetterModelATighterLimitWouldChangeIt() {
    Contestant small = model("small", 5, 0.97, 83_000);
    Contestant tiny = model("tiny", 5, 0.92, 20_015);
    Verdict v = verdict(Metric.ACCURACY, target(size(100_000)), small, tiny);
    assertEquals(Optional.of("small"), v.winner(), v.text());
    assertTrue(v.text().contains("no constraint binds"), v.text());
    assertTrue(
        v.text().contains("it would lose to tiny if size were at most 20.02 KB instead of 100 KB"),
        v.text());
    Verdict changed = verdict(Metric.ACCURACY, target(size(20_020)), small, tiny);
    assertEquals(Optional.of("tiny"), changed.winner(), changed.text());
  }

  @Test
  void noneFitsAndTheClosestIsNamedWithWhatToRelax() {
    Verdict v =
        verdict(
            Metric.ACCURACY,
            target(size(60_000)),
            model("big", 3, 0.98, 140_000),
            model("small", 3, 0.95, 84_120));
    assertEquals(Optional.empty(), v.winner());
    assertEquals(
        "none fits mcu: small comes closest, and would fit with size at most 84.12 KB instead of"
            + " 60 KB",
        v.text());
  }

  @Test
  void anAccuracyAtItsLimitIsJudgedByItsInterval() {
    Contestant big = model("big", 3, 0.95, 140_000);
    Contestant tiny = model("tiny", 3, 0.80, 10_000);
    Judgement j = judgement(Metric.SIZE, target(accuracy(0.95)), big, tiny);
    Verdict v = j.verdict();
    assertEquals(Optional.empty(), v.winner());
    assertTrue(
        v.text()
            .startsWith(
                "too close to call for mcu: big is ahead by size, and whether it keeps"
                    + " `accuracy at least 95%` cannot be told (95% interval "),
        v.text());
    assertTrue(
        j.findings().get(1).startsWith("tiny: breaks `accuracy at least 95%` by 1"),
        "" + j.findings());
    Verdict sure = verdict(Metric.SIZE, target(accuracy(0.90)), big, tiny);
    assertEquals(Optional.of("big"), sure.winner(), sure.text());
    assertTrue(sure.text().contains("the only one that keeps to everything"), sure.text());
  }

  @Test
  void accuracyWithinPointsOfAnotherIsPaired() {
    Contestant big = model("big", 5, 0.97, 140_000);
    Contestant small = model("small", 5, 0.965, 50_000);
    Contestant tiny = model("tiny", 5, 0.90, 10_000);
    Constraint within =
        new Constraint(
            Metric.ACCURACY,
            new Bound.Within(0.02, false, new Operation.Named("big", new Operation.Note("big"))),
            "accuracy within 2 points of big");
    Judgement j = judgement(Metric.SIZE, target(within), big, small, tiny);
    Verdict v = j.verdict();
    assertEquals(Optional.of("small"), v.winner(), v.text());
    assertTrue(
        v.text().contains("`accuracy within 2 points of big` binds: it keeps out tiny"), v.text());
  }

  @Test
  void equalModelsAreCalledEqualAtTheRate() {
    int wrong = 0;
    int experiments = 120;
    for (int e = 0; e < experiments; e++) {
      wrong +=
          byAccuracy(
                      model("big", 3, 0.95, 2000),
                      model("small", 3, 0.95, 1000),
                      model("tiny", 3, 0.95, 1000))
                  .winner()
                  .isPresent()
              ? 1
              : 0;
    }
    assertTrue(wrong <= 0.05 * experiments + 2 * Math.sqrt(0.05 * 0.95 * experiments), "" + wrong);
  }

  @Test
  void latencyIsDecidedOverSeeds() {
    Verdict v =
        verdict(
            Metric.LATENCY,
            Optional.empty(),
            model("big", 5, 0.95, 2000),
            model("small", 5, 0.95, 1000, 0.8e-3));
    assertEquals(Optional.of("small"), v.winner(), v.text());
    assertTrue(v.text().startsWith("small is best by latency: -204 µs (95% interval -2"), v.text());
  }
}
