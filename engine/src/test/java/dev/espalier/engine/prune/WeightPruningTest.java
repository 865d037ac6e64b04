package dev.espalier.engine.prune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Lenet300;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.train.TrainSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WeightPruningTest {
  private static final Graph LENET_300 =
      RandomWeights.randomly(new Lenet300().build(new long[] {1, 28, 28}, 10), 1);

  private static Pruned prune(Graph graph, PruneSpec spec) {
    return Pruner.prune(
        graph,
        spec,
        TrainSettings.epochs(1),
        Optional.empty(),
        Environment.standard(),
        Progress.NONE);
  }

  private static Graph pruned(Graph graph, PruneSpec spec) {
    return prune(graph, spec).graph();
  }

  private static PruneSpec spec(
      Amount amount,
      boolean globally,
      Map<String, Amount> overrides,
      List<String> except,
      int rounds) {
    return new PruneSpec(
        amount,
        false,
        new Criterion.Magnitude(),
        globally,
        new TreeMap<>(overrides)
            .entrySet().stream()
                .map(e -> new PruneSpec.Override(e.getKey(), e.getValue()))
                .toList(),
        except,
        rounds,
        0);
  }

  private static Map<String, Long> left(Graph graph) {
    Map<String, Long> left = new TreeMap<>();
    LayerRow.of(graph).forEach(row -> left.put(row.layer(), row.nonZero()));
    return left;
  }

  @Test
  void halfOfEachLayerIsMaskedAndTheEffectSaysWhatThatGains() {
    Pruned result = prune(LENET_300, PruneSpec.weights(0.5));
    assertEquals(Map.of("fc1", 117_600L, "fc2", 15_000L, "fc3", 500L), left(result.graph()));
    assertEquals(
        "masked 133,100 of 266,200 weights (50.0%); 0% faster on a dense runtime; the file gets"
            + " smaller when packed",
        result.effect());
    assertEquals(
        LENET_300.tensor("fc1.bias"), result.graph().tensor("fc1.bias"), "biases are not pruned");
  }

  @Test
  void theLargestStay() {
    float[] before = LENET_300.tensor("fc2.weight").floats();
    float[] after = pruned(LENET_300, PruneSpec.weights(0.9)).tensor("fc2.weight").floats();
    float largestGone = 0;
    float smallestKept = Float.MAX_VALUE;
    for (int i = 0; i < before.length; i++) {
      if (after[i] == 0) {
        largestGone = Math.max(largestGone, Math.abs(before[i]));
      } else {
        assertEquals(before[i], after[i]);
        smallestKept = Math.min(smallestKept, Math.abs(before[i]));
      }
    }
    assertTrue(largestGone <= smallestKept);
  }

  @Test
  void levelsCountFromTheDenseOriginal() {
    Graph eighty = pruned(pruned(LENET_300, PruneSpec.weights(0.5)), PruneSpec.weights(0.8));
    assertEquals(left(pruned(LENET_300, PruneSpec.weights(0.8))), left(eighty));
    assertEquals(0.8, LayerRow.sparsity(eighty), 1e-9);
  }

  @Test
  void aShareOfWhatRemainsIsTakenInEachRound() {
    Graph graph =
        pruned(LENET_300, spec(new Amount.OfRemaining(0.2), false, Map.of(), List.of(), 2));
    assertEquals(Map.of("fc1", 150_528L, "fc2", 19_200L, "fc3", 640L), left(graph));
  }

  @Test
  void lessThanReachedIsRefusedWithWhatToAskFor() {
    Graph eighty = pruned(LENET_300, PruneSpec.weights(0.8)).named("base");
    EspalierException e =
        assertThrows(EspalierException.class, () -> prune(eighty, PruneSpec.weights(0.5)));
    assertEquals("`base` is already 80% sparse", e.what());
    assertEquals("percentages count from the dense original", e.why());
    assertEquals("ask for more than 80%, or `50% of remaining`", e.fix());
  }

  @Test
  void theSameLevelAgainChangesNothing() {
    Graph once = pruned(LENET_300, PruneSpec.weights(0.5));
    assertEquals(once, pruned(once, PruneSpec.weights(0.5)));
  }

  @Test
  void layersCanBeExceptedAndHaveTheirOwnAmounts() {
    Graph graph =
        pruned(
            LENET_300,
            spec(
                new Amount.Level(0.9),
                false,
                Map.of("fc2", new Amount.Level(0.25)),
                List.of("*3"),
                1));
    assertEquals(Map.of("fc1", 23_520L, "fc2", 22_500L, "fc3", 1_000L), left(graph));
  }

  @Test
  void globallyTheSmallestGoWhereverTheyAre() {
    Graph graph = pruned(LENET_300, spec(new Amount.Level(0.5), true, Map.of(), List.of(), 1));
    Map<String, Long> left = left(graph);
    assertEquals(133_100, left.values().stream().mapToLong(Long::longValue).sum());
    assertTrue(left.get("fc1") < 117_600, "the widest layer has the smallest weights");
  }

  @Test
  void aSingleWeightOfALayerAlwaysStays() {
    Graph graph = pruned(LENET_300, PruneSpec.weights(0.999999));
    assertEquals(Map.of("fc1", 1L, "fc2", 1L, "fc3", 1L), left(graph));
  }

  @Test
  void unknownLayersAreRefusedWithTheNearestNames() {
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () ->
                prune(
                    RandomWeights.randomly(new Lenet5().build(new long[] {1, 28, 28}, 10), 1),
                    spec(new Amount.Level(0.5), false, Map.of(), List.of("cnv1"), 1)));
    assertEquals("no layer is called `cnv1`", e.what());
    assertTrue(e.fix().startsWith("did you mean `conv1`"), e.fix());
    EspalierException relu =
        assertThrows(
            EspalierException.class,
            () ->
                prune(
                    LENET_300, spec(new Amount.Level(0.5), false, Map.of(), List.of("relu1"), 1)));
    assertEquals("`relu1` has nothing to prune", relu.what());
  }

  @Test
  void blueprintsAreRefused() {
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () -> prune(new Lenet300().build(new long[] {784}, 10), PruneSpec.weights(0.5)));
    assertTrue(e.what().contains("is a blueprint"), e.what());
  }

  @Test
  void chanceFollowsTheSeed() {
    PruneSpec random =
        new PruneSpec(
            new Amount.Level(0.5),
            false,
            new Criterion.Random(),
            false,
            List.of(),
            List.of(),
            1,
            0);
    Graph once = pruned(LENET_300, random);
    assertEquals(once, pruned(LENET_300, random));
    assertEquals(Map.of("fc1", 117_600L, "fc2", 15_000L, "fc3", 500L), left(once));
    Graph other =
        Pruner.prune(
                LENET_300,
                random,
                TrainSettings.epochs(1),
                Optional.empty(),
                new Environment(2, 1, "cpu", true),
                Progress.NONE)
            .graph();
    assertNotEquals(once, other);
  }

  @Test
  void damagedMetadataIsRefused() {
    Graph graph = LENET_300.withMetadata(DenseOriginal.KEY, "{\"weights\":{\"fc1\":5}}");
    EspalierException e =
        assertThrows(EspalierException.class, () -> prune(graph, PruneSpec.weights(0.5)));
    assertEquals("the model's metadata `espalier.dense` are damaged", e.what());
  }

  @Property(tries = 25)
  void whateverTheRoundsTheLevelIsMetExactlyAndZerosStay(
      @ForAll @DoubleRange(min = 0, max = 0.99) double first,
      @ForAll @DoubleRange(min = 0, max = 0.99) double then,
      @ForAll @IntRange(min = 1, max = 7) int rounds,
      @ForAll boolean globally) {
    double low = Math.min(first, then);
    double high = Math.max(first, then);
    Graph once = pruned(LENET_300, PruneSpec.weights(low));
    Graph twice = pruned(once, spec(new Amount.Level(high), globally, Map.of(), List.of(), rounds));
    for (LayerRow row : LayerRow.of(twice)) {
      if (!globally) {
        assertEquals(row.dense() - Math.round(high * row.dense()), row.nonZero(), row.layer());
      }
      float[] before = once.tensor(row.layer() + ".weight").floats();
      float[] after = twice.tensor(row.layer() + ".weight").floats();
      for (int i = 0; i < before.length; i++) {
        assertTrue(after[i] == before[i] || after[i] == 0);
      }
    }
    long all = LayerRow.of(twice).stream().mapToLong(LayerRow::nonZero).sum();
    assertEquals(266_200 * (1 - high), all, 3);
  }

  @Property(tries = 200)
  void roundsOfALevelOnlyGoDownAndEndThere(
      @ForAll @DoubleRange(min = 0, max = 0.99) double level,
      @ForAll @IntRange(min = 1, max = 30) int rounds,
      @ForAll @IntRange(min = 1, max = 100_000) int dense) {
    Course course = new Course(new Amount.Level(level), dense, dense, rounds);
    long now = dense;
    for (int round = 1; round <= rounds; round++) {
      long keep = course.keep(round, now);
      assertTrue(keep <= now && keep >= 1);
      now = keep;
    }
    assertEquals(Math.max(1, dense - Math.round(level * dense)), now);
  }

  @Test
  void patternsMeanWhatFileNamesDo() {
    assertTrue(Layers.matches("fc*", "fc1"));
    assertTrue(Layers.matches("block?-conv*", "block3-conv2"));
    assertTrue(Layers.matches("*", ""));
    assertEquals(false, Layers.matches("fc?", "fc12"));
    assertEquals(false, Layers.matches("fc", "fc1"));
    assertTrue(Layers.matches("*a*a*a*a*b", "a".repeat(5_000) + "b"));
  }
}
