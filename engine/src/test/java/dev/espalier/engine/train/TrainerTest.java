package dev.espalier.engine.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.GraphBuilder;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.data.Augmentation;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.operator.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class TrainerTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);
  private static final DataSet DATA = Blobs.images(400, 80, List.of());

  private static Graph mlp() {
    return new Mlp(List.of(24)).build(new long[] {1, 8, 8}, 4);
  }

  /** Convolution, normalisation, pooling, a dense layer. */
  static Graph small() {
    GraphBuilder g = new GraphBuilder("small", GraphBuilder.Kernels.HE_NORMAL, 1, 8, 8);
    var x = g.conv("conv", g.input(), 6, 3, 1, 1, 1, false);
    x = g.relu("relu", g.batchNorm("bn", x));
    x = g.flatten("flatten", g.maxPool("pool", x, 2, 2));
    return g.build(g.dense("fc", x, 4), 4);
  }

  private static Trained train(Graph graph, DataSet data, TrainSettings settings) {
    return Trainer.train(graph, data, settings, ONE, "train", Progress.NONE);
  }

  @Test
  void learnsToTellTheClassesApart() {
    Trained trained =
        train(
            mlp(),
            DATA,
            TrainSettings.epochs(8).withBatch(32).withOptimizer(new Optimizer.Sgd(0.1, 0.9)));
    assertEquals(8, trained.history().size());
    Model.Epoch first = trained.history().get(0);
    Model.Epoch last = trained.history().get(7);
    assertTrue(last.loss() < first.loss() / 3, trained.history().toString());
    assertTrue(last.validationAccuracy() > 0.97, trained.history().toString());
    assertFalse(trained.graph().isBlueprint());
  }

  @Test
  void aModelThatHoldsNoNumbersIsBlamedAndNotTheSteps() {
    Graph trained = train(mlp(), DATA, TrainSettings.epochs(1)).graph();
    String weight =
        trained.weights().keySet().stream()
            .filter(w -> w.startsWith("fc2"))
            .findFirst()
            .orElseThrow();
    float[] values = trained.tensor(weight).floats().clone();
    values[0] = Float.NaN;
    Graph broken =
        trained.withWeights(
            Map.of(weight, Tensor.ofFloats(trained.tensor(weight).shape(), values)));
    EspalierException refused =
        assertThrows(EspalierException.class, () -> train(broken, DATA, TrainSettings.epochs(1)));
    assertTrue(refused.why().contains("in its weight " + weight), refused.why());
    assertTrue(refused.fix().contains("another model"), refused.fix());
  }

  @Test
  void aNormalisedConvolutionNetworkLearnsAndItsRunningStatisticsMove() {
    Trained trained = train(small(), DATA, TrainSettings.epochs(6).withBatch(32));
    assertTrue(trained.history().get(5).validationAccuracy() > 0.95, "" + trained.history());
    float[] mean = trained.graph().tensor("bn.running_mean").floats();
    float[] variance = trained.graph().tensor("bn.running_var").floats();
    boolean moved = false;
    for (int i = 0; i < mean.length; i++) {
      moved |= mean[i] != 0;
      assertTrue(variance[i] > 0);
    }
    assertTrue(moved);
  }

  @Test
  void residualNetworksTrain() {
    Graph resnet = new Resnet20().build(new long[] {1, 8, 8}, 4);
    Trained trained =
        train(
            resnet,
            Blobs.images(128, 40, List.of(new Augmentation.Crop(1))),
            TrainSettings.epochs(4).withBatch(32));
    assertTrue(
        trained.history().get(3).loss() < trained.history().get(0).loss(), "" + trained.history());
  }

  @Test
  void theSameSeedGivesTheSameBitsAndAnotherSeedOthers() {
    TrainSettings settings = TrainSettings.epochs(2).withDropout(0.3);
    Graph a = train(mlp(), DATA, settings).graph();
    Graph b = train(mlp(), DATA, settings).graph();
    assertEquals(a.weights(), b.weights());
    Graph c =
        Trainer.train(
                mlp(), DATA, settings, new Environment(2, 1, "cpu", true), "train", Progress.NONE)
            .graph();
    assertNotEquals(a.tensor("fc1.weight"), c.tensor("fc1.weight"));
  }

  @Test
  void initialValuesDependOnSeedAndNameOnly() {
    Graph narrow = Initialization.initialize(mlp(), 7);
    Graph wide =
        Initialization.initialize(new Mlp(List.of(24, 12)).build(new long[] {1, 8, 8}, 4), 7);
    assertEquals(narrow.tensor("fc1.weight"), wide.tensor("fc1.weight"));
    float bound = (float) Math.sqrt(1.0 / 64);
    float largest = 0;
    for (float w : narrow.tensor("fc1.weight").floats()) {
      assertTrue(Math.abs(w) <= bound);
      largest = Math.max(largest, Math.abs(w));
    }
    assertTrue(largest > 0.95f * bound);
  }

  @Test
  void prunedZerosStayZeroWithEveryOptimizer() {
    Graph dense = train(mlp(), DATA, TrainSettings.epochs(1)).graph();
    float[] values = dense.tensor("fc1.weight").floats().clone();
    for (int i = 0; i < values.length; i += 2) {
      values[i] = 0;
    }
    Graph pruned =
        dense
            .withWeights(Map.of("fc1.weight", Tensor.ofFloats(new long[] {24, 64}, values)))
            .withMetadata(Trainer.PRUNED, "yes");
    for (Optimizer optimizer :
        List.of(
            new Optimizer.Sgd(0.05, 0.9),
            new Optimizer.Adam(0.001, 0.9, 0.999, 1e-8),
            new Optimizer.AdamW(0.001, 0.9, 0.999, 1e-8))) {
      TrainSettings settings =
          TrainSettings.epochs(2).withOptimizer(optimizer).withWeightDecay(1e-3);
      Graph tuned = train(pruned, DATA, settings).graph();
      float[] after = tuned.tensor("fc1.weight").floats();
      boolean moved = false;
      for (int i = 0; i < after.length; i++) {
        if (i % 2 == 0) {
          assertEquals(0f, after[i], 0f);
        } else {
          moved |= after[i] != values[i];
        }
      }
      assertTrue(moved);
      assertTrue(tuned.metadata().containsKey(Trainer.PRUNED));
    }
  }

  @Test
  void stopsEarlyAndKeepsTheBestEpoch() {
    // A learning rate this high makes the validation loss jump about.
    TrainSettings settings =
        TrainSettings.epochs(60)
            .withOptimizer(new Optimizer.Adam(0.3, 0.9, 0.999, 1e-8))
            .withPatience(2);
    Trained trained = train(mlp(), DATA, settings);
    int epochs = trained.history().size();
    assertTrue(epochs < 60, "ran " + epochs + " epochs");
    double best =
        trained.history().stream().mapToDouble(Model.Epoch::validationLoss).min().orElseThrow();
    assertEquals(best, trained.history().get(epochs - 3).validationLoss(), 0);
    float[][] logits = Predictions.logits(trained.graph(), DATA, DATA.validation(), ONE);
    float[] flat = new float[logits.length * 4];
    for (int i = 0; i < logits.length; i++) {
      System.arraycopy(logits[i], 0, flat, 4 * i, 4);
    }
    assertEquals(best, Predictions.score(flat, 4, DATA.validation().labels()).loss(), 1e-9);
  }

  @Test
  void patienceWithoutValidationIsRefused() {
    DataSet none = Blobs.images(40, 0, List.of());
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () -> train(mlp(), none, TrainSettings.epochs(1).withPatience(1)));
    assertTrue(e.getMessage().contains("validation"), e.getMessage());
    assertTrue(
        Double.isNaN(
            train(mlp(), none, TrainSettings.epochs(1)).history().get(0).validationLoss()));
  }

  @Test
  void aLossThatIsNotFiniteNamesEpochBatchAndLearningRate() {
    TrainSettings settings =
        TrainSettings.epochs(3).withOptimizer(new Optimizer.Sgd(1e30, 0.9)).withBatch(50);
    EspalierException e = assertThrows(EspalierException.class, () -> train(mlp(), DATA, settings));
    assertEquals(EspalierException.Blame.RUN, e.blame());
    assertTrue(
        e.where().matches("train, epoch 1 of 3, batch \\d+ of 8, learning rate 1.00e\\+30"),
        e.where());
  }

  @Test
  void cancellingStopsWithinABatchAndFreesEverything() {
    train(mlp(), DATA, TrainSettings.epochs(1));
    int before = arraysAlive();
    AtomicInteger polls = new AtomicInteger();
    Progress stop =
        new Progress() {
          @Override
          public void on(Event event) {}

          @Override
          public boolean cancelled() {
            return polls.incrementAndGet() > 3;
          }
        };
    assertThrows(
        Progress.Cancelled.class,
        () -> Trainer.train(mlp(), DATA, TrainSettings.epochs(5), ONE, "train", stop));
    assertEquals(4, polls.get());
    assertEquals(before, arraysAlive());
    assertTrue(
        train(mlp(), DATA, TrainSettings.epochs(8).withBatch(32))
                .history()
                .get(7)
                .validationAccuracy()
            > 0.97);
  }

  /** Arrays that hang on the engine's root, through whatever managers. */
  private static int arraysAlive() {
    try (NDManager any = NDManager.newBaseManager("PyTorch")) {
      return any.getParentManager().getManagedArrays().size();
    }
  }

  @Test
  void eventsTellEveryEpoch() {
    List<Progress.Event> events = new ArrayList<>();
    Trainer.train(mlp(), DATA, TrainSettings.epochs(3), ONE, "finetune", events::add);
    assertEquals(
        List.of(1, 2, 3),
        events.stream()
            .filter(e -> e instanceof Progress.Event.EpochEnded)
            .map(e -> ((Progress.Event.EpochEnded) e).epoch().epoch())
            .toList());
    for (Progress.Event event : events) {
      if (event instanceof Progress.Event.Batch b) {
        assertEquals("finetune", b.verb());
        assertTrue(b.batch() <= b.batches() && Double.isFinite(b.loss()));
      }
    }
  }

  @Test
  void dropoutGoesWhereTheModelHasAPlaceElseBehindHiddenDenseLayers() {
    Graph graph = Initialization.initialize(mlp(), 1);
    Graph set = Dropouts.withRatio(graph, 0.25);
    assertEquals(graph.nodes().size(), set.nodes().size());
    Node place = set.node("dropout1");
    assertEquals(
        0.25f, Shapes.infer(set, 1).constant(place.input(1)).orElseThrow().floats()[0], 0f);

    List<Node> without = graph.nodes().stream().filter(n -> !n.name().startsWith("drop")).toList();
    Graph bare =
        graph.withNodes(
            without.stream()
                .map(
                    n ->
                        n.withInputs(
                            n.inputs().stream()
                                .map(i -> i.equals("dropout1.out") ? "relu1.out" : i)
                                .toList()))
                .toList());
    Graph inserted = Dropouts.withRatio(bare, 0.5);
    assertEquals("relu1.dropout.out", inserted.node("fc2").input(0));
    assertEquals(bare, Dropouts.withRatio(bare, 0));
    Graph convolutions = Initialization.initialize(small(), 1);
    EspalierException e =
        assertThrows(EspalierException.class, () -> Dropouts.withRatio(convolutions, 0.5));
    assertTrue(e.getMessage().contains("no place for dropout"), e.getMessage());
  }

  @Test
  void dropoutChangesTrainingButNotPredictions() {
    Graph plain = train(mlp(), DATA, TrainSettings.epochs(1)).graph();
    Graph dropped = train(mlp(), DATA, TrainSettings.epochs(1).withDropout(0.5)).graph();
    assertNotEquals(plain.tensor("fc2.weight"), dropped.tensor("fc2.weight"));
    float[] a = Predictions.logits(dropped, DATA, DATA.test(), ONE)[0];
    float[] b = Predictions.logits(dropped, DATA, DATA.test(), ONE)[0];
    assertArrayEquals(a, b);
  }

  @Test
  void dataThatDoesNotFitIsRefused() {
    Graph other = new Mlp(List.of(5)).build(new long[] {100}, 4);
    EspalierException e =
        assertThrows(EspalierException.class, () -> train(other, DATA, TrainSettings.epochs(1)));
    assertTrue(e.getMessage().contains("[400, 100]") || e.getMessage().contains("100"), "" + e);
    Graph few = new Mlp(List.of(5)).build(new long[] {64}, 3);
    e = assertThrows(EspalierException.class, () -> train(few, DATA, TrainSettings.epochs(1)));
    assertTrue(e.getMessage().contains("3 classes"), e.getMessage());
    Environment gpu = new Environment(1, 1, "gpu", true);
    e =
        assertThrows(
            EspalierException.class,
            () -> Trainer.train(mlp(), DATA, TrainSettings.epochs(1), gpu, "train", Progress.NONE));
    assertTrue(e.getMessage().contains("gpu"), e.getMessage());
  }

  @Test
  void aBatchOfOneIsLeftOutWhereBatchesAreNormalised() {
    DataSet odd = Blobs.images(33, 0, List.of());
    Trained trained = train(small(), odd, TrainSettings.epochs(1).withBatch(32));
    assertTrue(Double.isFinite(trained.history().get(0).loss()));
    assertThrows(
        EspalierException.class,
        () -> train(small(), Blobs.images(1, 0, List.of()), TrainSettings.epochs(1)));
  }
}
