package dev.espalier.engine.prune;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Lenet300;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.data.Partitioner;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.train.TrainSettings;
import dev.espalier.engine.train.Trainer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What pruning costs in accuracy, in ONNX Runtime, on drawn digits; chance is 10%. */
class PruningAccuracyTest {
  private static final Environment ENVIRONMENT = new Environment(1, 1, "cpu", true);
  private static final TrainSettings SETTINGS = TrainSettings.epochs(6).withBatch(64);
  private static DataSet glyphs;

  @BeforeAll
  static void draw() {
    glyphs =
        Partitioner.apply(
            new Glyphs(3000, 1000, 0.3, 1).load(true, Progress.NONE), Partition.WHOLE, ENVIRONMENT);
  }

  private static Graph trained(Graph blueprint) {
    return Trainer.train(blueprint, glyphs, SETTINGS, ENVIRONMENT, "train", Progress.NONE).graph();
  }

  private static double after(
      Graph graph, double level, boolean channels, Criterion criterion, int rounds, int epochs) {
    PruneSpec spec =
        new PruneSpec(
            new Amount.Level(level),
            channels,
            criterion,
            false,
            List.of(),
            List.of(),
            rounds,
            epochs);
    return accuracy(
        Pruner.prune(graph, spec, SETTINGS, Optional.of(glyphs), ENVIRONMENT, Progress.NONE)
            .graph());
  }

  private static double accuracy(Graph graph) {
    try (Runtime runtime = Runtime.of(graph, 1)) {
      int[] predictions = runtime.predictions(glyphs, glyphs.test());
      int right = 0;
      for (int i = 0; i < predictions.length; i++) {
        right += predictions[i] == glyphs.test().labels()[i] ? 1 : 0;
      }
      return (double) right / predictions.length;
    }
  }

  @Test
  void smallWeightsMatterLessThanAnyAndRoundsRepairTheRest() {
    Graph dense = trained(new Lenet300().build(glyphs.shape(), 10));
    double whole = accuracy(dense);
    double magnitude = after(dense, 0.8, false, new Criterion.Magnitude(), 1, 0);
    double random = after(dense, 0.8, false, new Criterion.Random(), 1, 0);
    double rounds = after(dense, 0.9, false, new Criterion.Magnitude(), 3, 2);
    String figures =
        "dense " + whole + ", magnitude " + magnitude + ", random " + random + ", 90% " + rounds;
    assertTrue(whole > 0.8, figures);
    assertTrue(magnitude > random + 0.1, figures);
    assertTrue(rounds > whole - 0.03, figures);
  }

  @Test
  void roundsRepairWhatTheLossOfHalfTheChannelsCosts() {
    Graph dense = trained(new Lenet5().build(glyphs.shape(), 10));
    double whole = accuracy(dense);
    double once = after(dense, 0.5, true, new Criterion.Magnitude(), 1, 0);
    double rounds = after(dense, 0.5, true, new Criterion.Magnitude(), 2, 1);
    String figures = "dense " + whole + ", at once " + once + ", in rounds " + rounds;
    assertTrue(whole > 0.9, figures);
    assertTrue(once > 0.3, figures);
    assertTrue(rounds > whole - 0.03 && rounds > once, figures);
  }
}
