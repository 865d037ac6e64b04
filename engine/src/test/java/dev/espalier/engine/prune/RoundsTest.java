package dev.espalier.engine.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Layer;
import dev.espalier.engine.architecture.LayerBlock;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.train.Optimizer;
import dev.espalier.engine.train.TrainSettings;
import dev.espalier.engine.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pruning with finetuning between rounds. */
class RoundsTest {
  private static final Environment ONE_THREAD = new Environment(5, 1, "cpu", true);
  private static final TrainSettings SETTINGS =
      TrainSettings.epochs(4)
          .withBatch(32)
          .withOptimizer(new Optimizer.Adam(0.01, 0.9, 0.999, 1e-8));
  private static final DataSet CORNERS = corners();

  /** Images 1x8x8 with a bright quarter and noise; the class is the quarter. */
  private static DataSet corners() {
    return new DataSet(
        "corners",
        new long[] {1, 8, 8},
        List.of("a", "b", "c", "d"),
        split(640, 1),
        split(64, 2),
        split(64, 3),
        new float[] {1},
        new float[] {0},
        List.of(),
        "corners");
  }

  private static Split split(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[n * 64];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = random.nextInt(4);
      for (int p = 0; p < 64; p++) {
        boolean bright = (p / 8 / 4) * 2 + p % 8 / 4 == labels[i];
        values[i * 64 + p] = (float) (random.nextDouble() + (bright ? 0.5 : 0));
      }
    }
    return Split.ofValues(64, values, labels);
  }

  private static Graph trained(Graph blueprint) {
    return Trainer.train(blueprint, CORNERS, SETTINGS, ONE_THREAD, "train", Progress.NONE).graph();
  }

  private static Pruned prune(Graph graph, Amount amount, boolean channels, Progress progress) {
    PruneSpec spec =
        new PruneSpec(
            amount, channels, new Criterion.Magnitude(), false, List.of(), List.of(), 3, 2);
    return Pruner.prune(graph, spec, SETTINGS, Optional.of(CORNERS), ONE_THREAD, progress);
  }

  private static double accuracy(Graph graph) {
    try (Runtime runtime = Runtime.of(graph, 1)) {
      int[] predictions = runtime.predictions(CORNERS, CORNERS.test());
      int right = 0;
      for (int i = 0; i < predictions.length; i++) {
        right += predictions[i] == CORNERS.test().labels()[i] ? 1 : 0;
      }
      return (double) right / predictions.length;
    }
  }

  @Test
  void roundsMaskFinetuneAndEndAtTheLevel(@TempDir Path folder) {
    Graph dense = trained(new Mlp(List.of(32, 16)).build(CORNERS.shape(), 4));
    List<Progress.Event> events = new ArrayList<>();
    Pruned result = prune(dense, new Amount.Level(0.9), false, events::add);

    assertEquals(0.9, LayerRow.sparsity(result.graph()), 0.002);
    for (LayerRow row : LayerRow.of(result.graph())) {
      assertEquals(row.dense() - Math.round(0.9 * row.dense()), row.nonZero(), row.layer());
    }
    assertEquals(
        List.of(1, 2, 3, 4, 5, 6), result.history().stream().map(Model.Epoch::epoch).toList());
    assertTrue(result.history().stream().allMatch(e -> e.step().equals("prune")));
    List<Integer> ended = new ArrayList<>();
    for (Progress.Event event : events) {
      if (event instanceof Progress.Event.EpochEnded e) {
        assertEquals(6, e.epochs());
        ended.add(e.epoch().epoch());
      }
    }
    assertEquals(List.of(1, 2, 3, 4, 5, 6), ended);
    assertTrue(accuracy(dense) > 0.9, "dense: " + accuracy(dense));
    assertTrue(accuracy(result.graph()) > 0.8, "sparse: " + accuracy(result.graph()));

    OnnxFile.write(result.graph(), folder.resolve("sparse.onnx"));
    Graph loaded = OnnxFile.read(folder.resolve("sparse.onnx"));
    Graph finetuned =
        Trainer.train(loaded, CORNERS, SETTINGS, ONE_THREAD, "finetune", Progress.NONE).graph();
    for (String weight : List.of("fc1.weight", "fc2.weight", "fc3.weight")) {
      float[] before = result.graph().tensor(weight).floats();
      float[] after = finetuned.tensor(weight).floats();
      boolean moved = false;
      for (int i = 0; i < before.length; i++) {
        assertTrue(before[i] != 0 || after[i] == 0, "a pruned weight came back");
        moved |= before[i] != after[i];
      }
      assertTrue(moved, weight + " was finetuned");
    }
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () -> prune(finetuned, new Amount.Level(0.5), false, Progress.NONE));
    assertTrue(e.what().endsWith("is already 90% sparse"), e.what());
  }

  @Test
  void channelsGoRoundByRoundThroughResidualAdds() {
    Graph dense =
        trained(
            LayerBlock.of(
                    conv(8),
                    new Layer.BatchNorm(),
                    new Layer.Relu(),
                    new Layer.Residual(
                        List.of(
                            entry(conv(8)), entry(new Layer.BatchNorm()), entry(new Layer.Relu()))),
                    new Layer.GlobalPool(),
                    new Layer.Dense(4))
                .build(CORNERS.shape(), 4));
    Pruned result = prune(dense, new Amount.Level(0.5), true, Progress.NONE);
    assertEquals(List.of(4L, 1L, 3L, 3L), LayerRow.of(result.graph()).get(0).shape());
    assertEquals(List.of(4L, 4L, 3L, 3L), LayerRow.of(result.graph()).get(1).shape());
    assertEquals(6, result.history().size());
    assertTrue(result.effect().startsWith("removed 8 of 16 channels (50.0%)"), result.effect());
  }

  @Test
  void sameSeedSameBits() {
    Graph dense = trained(new Mlp(List.of(16)).build(CORNERS.shape(), 4));
    Graph once = prune(dense, new Amount.OfRemaining(0.3), false, Progress.NONE).graph();
    Graph again = prune(dense, new Amount.OfRemaining(0.3), false, Progress.NONE).graph();
    assertArrayEquals(once.tensor("fc1.weight").floats(), again.tensor("fc1.weight").floats());
    assertNotEquals(dense.tensor("fc1.weight"), once.tensor("fc1.weight"));
    assertEquals(1 - 0.7 * 0.7 * 0.7, LayerRow.sparsity(once), 0.002);
  }

  @Test
  void finetuningWithoutDataIsRefused() {
    Graph dense = RandomWeights.randomly(new Mlp(List.of(16)).build(CORNERS.shape(), 4), 1);
    PruneSpec spec =
        new PruneSpec(
            new Amount.Level(0.5),
            false,
            new Criterion.Magnitude(),
            false,
            List.of(),
            List.of(),
            2,
            1);
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () -> Pruner.prune(dense, spec, SETTINGS, Optional.empty(), ONE_THREAD, Progress.NONE));
    assertEquals("finetuning between rounds needs data", e.what());
  }

  @Test
  void stoppingStopsBetweenRounds() {
    Graph dense = RandomWeights.randomly(new Mlp(List.of(16)).build(CORNERS.shape(), 4), 1);
    Progress stop =
        new Progress() {
          private boolean ended;

          @Override
          public void on(Event event) {
            ended |= event instanceof Event.EpochEnded;
          }

          @Override
          public boolean cancelled() {
            return ended;
          }
        };
    assertThrows(Progress.Cancelled.class, () -> prune(dense, new Amount.Level(0.5), false, stop));
    assertFalse(dense.metadata().containsKey(Trainer.PRUNED), "the model pruned is untouched");
  }

  private static Layer conv(int filters) {
    return new Layer.Conv(filters, 3, 1, Layer.Padding.SAME, -1, 1, true);
  }

  private static LayerBlock.Entry entry(Layer layer) {
    return new LayerBlock.Entry(layer, Optional.empty());
  }
}
