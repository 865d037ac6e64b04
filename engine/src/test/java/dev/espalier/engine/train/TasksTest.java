package dev.espalier.engine.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.architecture.Autoencoder;
import dev.espalier.engine.architecture.GraphBuilder;
import dev.espalier.engine.architecture.Layer;
import dev.espalier.engine.architecture.LayerBlock;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.distill.Distiller;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Accuracy;
import dev.espalier.engine.measure.Fit;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.prune.Pruner;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Regression, two classes by one logit, and reconstruction. */
class TasksTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);

  /** y = (2a − b, a·b) under noise of deviation 0.1. */
  private static final DataSet QUANTITIES =
      regression(List.of("line", "product"), regression("train", 400), regression("test", 200));

  private static DataSet regression(List<String> targets, Split train, Split test) {
    return new DataSet(
        "quantities",
        new long[] {2},
        new Task.Regression(targets),
        train,
        test,
        test,
        new float[] {1},
        new float[] {0},
        List.of(),
        "quantities");
  }

  private static Split regression(String purpose, int n) {
    SplittableRandom random = Randomness.of(1, purpose);
    float[] x = new float[2 * n];
    float[] y = new float[2 * n];
    for (int i = 0; i < n; i++) {
      x[2 * i] = (float) random.nextGaussian();
      x[2 * i + 1] = (float) random.nextGaussian();
      y[2 * i] = (float) (2 * x[2 * i] - x[2 * i + 1] + 0.1 * random.nextGaussian());
      y[2 * i + 1] = (float) (x[2 * i] * x[2 * i + 1] + 0.1 * random.nextGaussian());
    }
    return Split.ofTargets(2, x, 2, y);
  }

  /** Two classes: whether a + b is positive. */
  private static DataSet halves() {
    Split train = halves("train", 300);
    Split test = halves("test", 200);
    return new DataSet(
        "halves",
        new long[] {2},
        List.of("below", "above"),
        train,
        test,
        test,
        new float[] {1},
        new float[] {0},
        List.of(),
        "halves");
  }

  private static Split halves(String purpose, int n) {
    SplittableRandom random = Randomness.of(2, purpose);
    float[] x = new float[2 * n];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      x[2 * i] = (float) random.nextGaussian();
      x[2 * i + 1] = (float) random.nextGaussian();
      labels[i] = x[2 * i] + x[2 * i + 1] > 0 ? 1 : 0;
    }
    return Split.ofValues(2, x, labels);
  }

  private static Trained train(Graph graph, DataSet data, int epochs) {
    return Trainer.train(
        graph,
        data,
        TrainSettings.epochs(epochs)
            .withBatch(20)
            .withOptimizer(new Optimizer.Adam(0.01, 0.9, 0.999, 1e-8)),
        ONE,
        "train",
        Progress.NONE);
  }

  private static Graph mlp(int outputs) {
    return new Mlp(List.of(32, 32)).build(new long[] {2}, outputs);
  }

  @Test
  void quantitiesAreLearntByTheirSquaredError() {
    Trained trained = train(mlp(2), QUANTITIES, 40);
    List<Model.Epoch> history = trained.history();
    assertTrue(history.get(39).loss() < 0.05, history.toString());
    assertTrue(Double.isNaN(history.get(39).validationAccuracy()));
    Fit fit = (Fit) Measurement.quality(trained.graph(), QUANTITIES);
    assertEquals(history.get(39).validationLoss(), fit.mse().value(), 1e-5);
    assertTrue(fit.r2().value() > 0.9, fit.r2().toString());
    assertTrue(fit.r2().interval().contains(fit.r2().value()));
    assertTrue(fit.mae().value() < Math.sqrt(fit.mse().value()));
  }

  @Test
  void aPrunedRegressionIsStillOne() {
    Graph trained = train(mlp(2), QUANTITIES, 20).graph();
    Graph half =
        Pruner.prune(
                trained,
                PruneSpec.channels(0.5),
                TrainSettings.epochs(1),
                Optional.empty(),
                ONE,
                Progress.NONE)
            .graph();
    double before = ((Fit) Measurement.quality(half, QUANTITIES)).mse().value();
    Graph tuned = train(half, QUANTITIES, 20).graph();
    double after = ((Fit) Measurement.quality(tuned, QUANTITIES)).mse().value();
    assertTrue(after < before / 2, before + " → " + after);
  }

  @Test
  void accuracyAndSoftTargetsAreRefusedForQuantities() {
    Graph trained = train(mlp(2), QUANTITIES, 1).graph();
    EspalierException e =
        assertThrows(EspalierException.class, () -> Measurement.accuracy(trained, QUANTITIES));
    assertEquals("accuracy needs classes", e.what());
    assertEquals("this is a regression of line, product, whose answers are quantities", e.why());
    e =
        assertThrows(
            EspalierException.class,
            () ->
                Distiller.distill(
                    List.of(trained),
                    mlp(2),
                    QUANTITIES,
                    new SoftTargets(4, 0.9),
                    TrainSettings.epochs(1),
                    ONE,
                    Progress.NONE));
    assertEquals("a distillation by soft targets needs classes", e.what());
  }

  @Test
  void modelsThatDoNotGiveTheQuantitiesAreRefused() {
    EspalierException e = assertThrows(EspalierException.class, () -> train(mlp(3), QUANTITIES, 1));
    assertEquals(
        "the model gives 3 numbers for a sample, and a regression of line, product takes 2",
        e.why());
    GraphBuilder g = new GraphBuilder("shares", GraphBuilder.Kernels.UNIFORM, 2);
    GraphBuilder.Flow x = g.dense("fc", g.input(), 2);
    Graph shares = g.build(g.activation("softmax", "Softmax", x, Map.of()), 2);
    e = assertThrows(EspalierException.class, () -> train(shares, QUANTITIES, 1));
    assertEquals("the model ends in a Softmax", e.what());
  }

  @Test
  void oneLogitTellsTwoClassesApart() {
    DataSet data = halves();
    Graph one =
        LayerBlock.of(new Layer.Dense(16), new Layer.Relu(), new Layer.Dense(1))
            .build(new long[] {2}, 2);
    Trained trained = train(one, data, 10);
    Accuracy accuracy = Measurement.accuracy(trained.graph(), data);
    assertTrue(accuracy.fraction() > 0.95, "accuracy " + accuracy.fraction());
    assertEquals(trained.history().get(9).validationAccuracy(), accuracy.fraction(), 1e-9);
    Trained two = train(mlp(2), data, 10);
    assertEquals(
        two.history().get(9).validationLoss(), trained.history().get(9).validationLoss(), 0.1);

    EspalierException e =
        assertThrows(
            EspalierException.class,
            () ->
                Distiller.distill(
                    List.of(trained.graph()),
                    mlp(2),
                    data,
                    new SoftTargets(4, 0.9),
                    TrainSettings.epochs(1),
                    ONE,
                    Progress.NONE));
    assertEquals("the teacher gives one logit", e.what());
  }

  @Test
  void aProbabilityOfTheSecondClassIsMeasuredButNotTrained() {
    DataSet data = halves();
    GraphBuilder g = new GraphBuilder("probable", GraphBuilder.Kernels.UNIFORM, 2);
    GraphBuilder.Flow x = g.dense("fc", g.input(), 1);
    Graph logit = train(g.build(x, 2), data, 10).graph();
    GraphBuilder h = new GraphBuilder("probable", GraphBuilder.Kernels.UNIFORM, 2);
    GraphBuilder.Flow y = h.dense("fc", h.input(), 1);
    Graph probability =
        h.build(h.activation("sigmoid", "Sigmoid", y, Map.of()), 2)
            .withWeights(
                Map.of("fc.weight", logit.tensor("fc.weight"), "fc.bias", logit.tensor("fc.bias")));
    assertEquals(
        Measurement.accuracy(logit, data).fraction(),
        Measurement.accuracy(probability, data).fraction());
    EspalierException e = assertThrows(EspalierException.class, () -> train(probability, data, 1));
    assertEquals("the model ends in a Sigmoid", e.what());
  }

  @Test
  void anAutoencoderGivesBackItsInputWhateverTheLabels() {
    DataSet blobs = Blobs.images(200, 40, List.of());
    Graph blueprint = new Autoencoder(List.of(24, 8)).build(new long[] {1, 8, 8}, 4);
    Trained trained = train(blueprint, blobs, 15);
    Graph read = OnnxFile.decode(OnnxFile.encode(trained.graph()), "again");
    assertEquals(new Task.Reconstruction(64), Task.of(read, blobs));
    Fit fit = (Fit) Measurement.quality(read, blobs);
    assertTrue(fit.r2().value() > 0.5, fit.r2().toString());
    assertTrue(
        trained.history().get(14).loss() < trained.history().get(0).loss() / 2,
        trained.history().toString());
    EspalierException e =
        assertThrows(EspalierException.class, () -> Measurement.accuracy(read, blobs));
    assertEquals("this is a reconstruction of the input, whose answers are quantities", e.why());
  }
}
