package dev.espalier.engine.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.GraphBuilder;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.Augmentation;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.distill.Distiller;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.distill.Teacher;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stops trainings in the middle of an epoch and goes on with them. */
final class ResumeTest {
  private static final Environment TWO = new Environment(3, 2, "cpu", true);
  private static final DataSet DATA =
      Blobs.images(130, 40, List.of(new Augmentation.Shift(1), new Augmentation.Flip()));
  private static final DataSet PLAIN = Blobs.images(130, 40, List.of());

  /** Keeps the newest state. */
  private static final class Shelf implements Checkpoints {
    TrainingState state;

    @Override
    public Optional<TrainingState> newest() {
      return Optional.ofNullable(state);
    }

    @Override
    public void keep(TrainingState newer) {
      state = newer;
    }
  }

  /** Asks to stop a few polls after an epoch ended: in the middle of the next. */
  private static final class StopAfter implements Progress {
    private final int epoch;
    private final int polls;
    private int asked;
    private boolean reached;
    final List<Event> events = new ArrayList<>();

    StopAfter(int epoch, int polls) {
      this.epoch = epoch;
      this.polls = polls;
      this.reached = epoch == 0;
    }

    @Override
    public void on(Event event) {
      events.add(event);
      reached |= event instanceof Event.EpochEnded e && e.epoch().epoch() >= epoch;
    }

    @Override
    public boolean cancelled() {
      return reached && ++asked > polls;
    }
  }

  private interface Training {
    Trained run(Progress progress, Checkpoints checkpoints);
  }

  /** Convolution, normalisation, dropout, a dense layer. */
  private static Graph network() {
    GraphBuilder g = new GraphBuilder("net", GraphBuilder.Kernels.HE_NORMAL, 1, 8, 8);
    var x = g.conv("conv", g.input(), 6, 3, 1, 1, 1, false);
    x = g.relu("relu", g.batchNorm("bn", x));
    x = g.flatten("flatten", g.maxPool("pool", x, 2, 2));
    x = g.relu("relu2", g.dense("fc1", x, 40));
    return g.build(g.dense("fc2", x, 4), 4);
  }

  private static Training training(Graph start, DataSet data, TrainSettings settings) {
    return (progress, checkpoints) ->
        Trainer.train(start, data, settings, TWO, "train", progress, checkpoints);
  }

  private static List<String> figures(List<Model.Epoch> history) {
    return history.stream()
        .map(e -> e.epoch() + " " + e.loss() + " " + e.validationLoss() + e.validationAccuracy())
        .toList();
  }

  /** Stops it twice, and compares with one that was never stopped. */
  private static void goesOnToTheSameBits(Training training) {
    Trained straight = training.run(Progress.NONE, Checkpoints.NONE);
    Shelf shelf = new Shelf();
    TrainingStopped first =
        assertThrows(TrainingStopped.class, () -> training.run(new StopAfter(2, 1), shelf));
    assertEquals(2, first.trained().history().size());
    assertEquals(5, first.epochs());
    assertNotEquals(straight.graph(), first.trained().graph());
    StopAfter second = new StopAfter(4, 0);
    TrainingStopped later = assertThrows(TrainingStopped.class, () -> training.run(second, shelf));
    assertEquals(4, later.trained().history().size());
    assertTrue(
        second.events.get(0) instanceof Progress.Event.Resumed r && r.done().size() == 2,
        second.events.toString());
    Trained whole = training.run(Progress.NONE, shelf);
    assertEquals(straight.graph(), whole.graph());
    assertEquals(figures(straight.history()), figures(whole.history()));
    assertEquals(figures(straight.history()).subList(0, 2), figures(first.trained().history()));
  }

  @Test
  void adamWithDropoutAugmentationNormalisationAndACosineSchedule() {
    goesOnToTheSameBits(
        training(
            network(),
            DATA,
            TrainSettings.epochs(5)
                .withBatch(32)
                .withDropout(0.3)
                .withWarmup(1)
                .withSchedule(new Schedule.Cosine(0))));
  }

  @Test
  void momentumWhoseRateChanges() {
    goesOnToTheSameBits(
        training(
            network(),
            PLAIN,
            TrainSettings.epochs(5)
                .withBatch(32)
                .withOptimizer(new Optimizer.Sgd(0.05, 0.9))
                .withWeightDecay(1e-3)
                .withSchedule(new Schedule.Cosine(0))));
  }

  @Test
  void prunedWeightsWithMomentum() {
    Graph dense = Initialization.initialize(new Mlp(List.of(24)).build(new long[] {1, 8, 8}, 4), 1);
    Map<String, Tensor> masked = new HashMap<>();
    for (String kernel : Parameters.kernels(dense)) {
      float[] values = dense.tensor(kernel).floats().clone();
      Arrays.fill(values, 0, values.length / 2, 0);
      masked.put(kernel, Tensor.ofFloats(dense.tensor(kernel).shape(), values));
    }
    goesOnToTheSameBits(
        training(
            dense.withWeights(masked).withMetadata(Trainer.PRUNED, "zeros stay zero"),
            PLAIN,
            TrainSettings.epochs(5).withBatch(32).withOptimizer(new Optimizer.Sgd(0.05, 0.9))));
  }

  @Test
  void aStudentOfATeacherWithAdamW() {
    Graph teacher =
        Trainer.train(network(), PLAIN, TrainSettings.epochs(1), TWO, "train", Progress.NONE)
            .graph();
    goesOnToTheSameBits(
        (progress, checkpoints) ->
            Distiller.taught(
                List.of(new Teacher.Trained(teacher)),
                new Mlp(List.of(24)).build(new long[] {1, 8, 8}, 4),
                PLAIN,
                new SoftTargets(4, 0.9),
                TrainSettings.epochs(5)
                    .withBatch(32)
                    .withOptimizer(new Optimizer.AdamW(0.003, 0.9, 0.999, 1e-8)),
                TWO,
                progress,
                checkpoints));
  }

  @Test
  void stoppingEarlyRemembersTheBestEpochAcrossAStop() {
    TrainSettings settings =
        TrainSettings.epochs(60)
            .withBatch(16)
            .withOptimizer(new Optimizer.Adam(0.1, 0.9, 0.999, 1e-8))
            .withPatience(2);
    Training training =
        training(new Mlp(List.of(24)).build(new long[] {1, 8, 8}, 4), PLAIN, settings);
    Trained straight = training.run(Progress.NONE, Checkpoints.NONE);
    int epochs = straight.history().size();
    assertTrue(epochs > 2 && epochs < 60, "it stopped early, after " + epochs);
    Shelf shelf = new Shelf();
    // Between the best epoch and the one at which patience ends.
    assertThrows(TrainingStopped.class, () -> training.run(new StopAfter(epochs - 1, 1), shelf));
    Trained whole = training.run(Progress.NONE, shelf);
    assertEquals(straight.graph(), whole.graph());
    assertEquals(figures(straight.history()), figures(whole.history()));
  }

  @Test
  void aProcessThatIsKilledGoesOnFromTheLastTimeThatItWasKept() {
    List<TrainingState> kept = new ArrayList<>();
    Checkpoints often =
        new Checkpoints() {
          @Override
          public Optional<TrainingState> newest() {
            return Optional.empty();
          }

          @Override
          public Duration every() {
            return Duration.ZERO;
          }

          @Override
          public void keep(TrainingState state) {
            kept.add(state);
          }
        };
    Training training = training(network(), DATA, TrainSettings.epochs(4).withBatch(32));
    Trained straight = training.run(Progress.NONE, often);
    assertEquals(List.of(1, 2, 3), kept.stream().map(TrainingState::epochs).toList());
    for (TrainingState state : kept) {
      Shelf shelf = new Shelf();
      shelf.state = state;
      assertEquals(straight.graph(), training.run(Progress.NONE, shelf).graph());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void beforeTheFirstWholeEpochThereIsNothingToKeep(int polls) {
    Shelf shelf = new Shelf();
    Progress.Cancelled stopped =
        assertThrows(
            Progress.Cancelled.class,
            () ->
                training(network(), PLAIN, TrainSettings.epochs(3).withBatch(32))
                    .run(new StopAfter(0, polls), shelf));
    assertEquals(Progress.Cancelled.class, stopped.getClass());
    assertTrue(shelf.newest().isEmpty());
  }

  @Test
  void aCheckpointOfAnotherTrainingIsRefused() {
    Shelf shelf = new Shelf();
    TrainSettings settings = TrainSettings.epochs(4).withBatch(32);
    assertThrows(
        TrainingStopped.class,
        () -> training(network(), PLAIN, settings).run(new StopAfter(1, 0), shelf));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            training(new Mlp(List.of(24)).build(new long[] {1, 8, 8}, 4), PLAIN, settings)
                .run(Progress.NONE, shelf));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            training(network(), PLAIN, settings.withOptimizer(new Optimizer.Sgd(0.1, 0)))
                .run(Progress.NONE, shelf));
  }
}
