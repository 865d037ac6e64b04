package dev.espalier.engine.architecture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.operator.Shapes;
import dev.espalier.engine.prune.Amount;
import dev.espalier.engine.prune.ChannelShape;
import dev.espalier.engine.prune.Criterion;
import dev.espalier.engine.prune.Heads;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.prune.Pruner;
import dev.espalier.engine.train.Initialization;
import dev.espalier.engine.train.Optimizer;
import dev.espalier.engine.train.Predictions;
import dev.espalier.engine.train.TrainSettings;
import dev.espalier.engine.train.Trainer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every network of the catalog: its size, its numbers in ONNX Runtime, training, pruning. */
class NetworksTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);
  private static final int CLASSES = 4;

  /**
   * A network small enough to train in a test.
   *
   * @param rate at which one step of plain descent lowers its loss
   */
  private record Small(Architecture architecture, double rate, long... input) {
    Graph blueprint() {
      return architecture.build(input, CLASSES);
    }

    DataSet data() {
      return NetworksTest.data(architecture instanceof TextClassifier, input);
    }

    @Override
    public String toString() {
      return architecture.toString();
    }
  }

  static Stream<Small> networks() {
    return Stream.of(
        new Small(new Resnet18(), 0.01, 3, 8, 8),
        new Small(new Resnet32(), 0.01, 3, 8, 8),
        new Small(new Resnet56(), 0.01, 3, 8, 8),
        new Small(new Vgg11Bn(), 0.01, 3, 32, 32),
        new Small(new MobilenetV2(0.25), 0.01, 3, 16, 16),
        new Small(new DensenetBc(22, 6), 0.01, 3, 8, 8),
        new Small(new Vit(4, 16, 2, 2), 0.1, 3, 8, 8),
        new Small(new Conv1d(8, 1), 0.01, 3, 20),
        new Small(new TextClassifier(50, 16, 2, 2), 0.1, 12),
        new Small(new Autoencoder(List.of(24, 8)), 0.01, 1, 5, 6));
  }

  /** Sixteen samples at random, of four classes; tokens are whole numbers below 50. */
  private static DataSet data(boolean tokens, long... shape) {
    int width = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    SplittableRandom random = Randomness.of(3, "samples");
    float[] values = new float[16 * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = tokens ? random.nextInt(50) : (float) random.nextGaussian();
    }
    int[] labels = IntStream.range(0, 16).map(i -> i % CLASSES).toArray();
    Split all = Split.ofValues(width, values, labels);
    Split none = Split.ofValues(width, new float[0], new int[0]);
    return new DataSet(
        "samples",
        shape,
        List.of("a", "b", "c", "d"),
        all,
        none,
        all,
        new float[] {1},
        new float[] {0},
        List.of(),
        "samples");
  }

  private static void size(long parameters, long macs, Graph graph) {
    assertEquals(parameters, Parameters.count(graph), "parameters");
    assertEquals(macs, Cost.macs(graph), "MACs");
  }

  /** Numbers of the same networks in PyTorch 2, counted by hooks on its layers. */
  @Test
  void networksOfPapersHaveTheirSizes() {
    long[] cifar = {3, 32, 32};
    long[] imagenet = {3, 224, 224};
    size(272_474, 40_813_184, new Resnet20().build(cifar, 10));
    size(466_906, 69_124_736, new Resnet32().build(cifar, 10));
    size(855_770, 125_747_840, new Resnet56().build(cifar, 10));
    size(11_689_512, 1_814_073_344, new Resnet18().build(imagenet, 1000));
    size(11_173_962, 555_422_720, new Resnet18().build(cifar, 10));
    size(9_231_114, 152_769_536, new Vgg11Bn().build(cifar, 10));
    size(3_504_872, 300_774_272, new MobilenetV2(1).build(imagenet, 1000));
    size(1_968_680, 97_131_840, new MobilenetV2(0.5).build(imagenet, 1000));
    size(2_236_682, 87_976_448, new MobilenetV2(1).build(cifar, 10));
    size(769_162, 287_929_692, new DensenetBc(100, 12).build(cifar, 10));
    size(176_122, 72_365_352, new DensenetBc(40, 12).build(cifar, 10));
    size(307_914, 22_217_344, new Vit(4, 64, 6, 4).build(cifar, 10));
    size(422_339, 3_408_064, new TextClassifier(5000, 64, 2, 4).build(new long[] {32}, 3));
    size(264_962, 26_317_056, new Conv1d(128, 1).build(new long[] {100}, 2));
    // 784·128 + 128 + 128·32 + 32 and back
    size(209_968, 208_896, new Autoencoder(List.of(128, 32)).build(new long[] {1, 28, 28}, 10));
    size(267_397, 25_461_376, new Conv1d(128, 1).build(new long[] {3, 96}, 5));
  }

  @Test
  void defaultsAreThoseOfThePapers() {
    assertEquals(new DensenetBc(100, 12), made("densenet-bc"));
    assertEquals(new MobilenetV2(1), made("mobilenet-v2"));
  }

  private static Record made(String word) {
    return Catalog.standard().find(Kind.ARCHITECTURE, word).orElseThrow().make(Map.of());
  }

  @Test
  void everyNetworkOfTheCatalogDescribesItself() {
    for (var entry : Catalog.standard().all(Kind.ARCHITECTURE)) {
      if (entry.parameters().stream().allMatch(p -> p.preset().isPresent())) {
        Architecture made = (Architecture) entry.make(Map.of());
        assertTrue(made.describe().length() > 20, entry.name());
      }
    }
  }

  @Test
  void theStemOfResnet18FollowsTheWidthOfTheImages() {
    Graph small = new Resnet18().build(new long[] {3, 127, 127}, 10);
    assertEquals(3, small.weights().get("conv1.weight").shape()[2]);
    Graph large = new Resnet18().build(new long[] {3, 128, 128}, 10);
    assertEquals(7, large.weights().get("conv1.weight").shape()[2]);
    assertTrue(new Resnet18().describe().contains("128 pixels wide"));
  }

  @Test
  void aDepthThatDensenetCannotHaveIsRefusedWithItsNeighbours() {
    EspalierException e = assertThrows(EspalierException.class, () -> new DensenetBc(99, 12));
    assertEquals("`densenet-bc` cannot have 99 layers", e.what());
    assertEquals("give `depth 94` or `depth 100`", e.fix());
  }

  @Test
  void imagesTooSmallForVggAreRefused() {
    EspalierException e =
        assertThrows(
            EspalierException.class, () -> new Vgg11Bn().build(new long[] {1, 28, 28}, 10));
    assertEquals("layer `pool5` of `vgg11-bn` does not fit", e.what());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void onnxRuntimeGivesTheLogitsOfTheEngine(Small network) {
    DataSet data = network.data();
    Graph graph = Initialization.initialize(network.blueprint(), 1);
    Graph read = OnnxFile.decode(OnnxFile.encode(graph), "again");
    assertEquals(Parameters.names(graph), Parameters.names(read));
    float[][] engine = Predictions.logits(read, data, data.test(), ONE);
    float[][] deployed;
    try (Runtime runtime = Runtime.of(graph, 1)) {
      deployed = runtime.logits(data, data.test());
    }
    float largest = 1;
    boolean differ = false;
    for (float[] row : engine) {
      for (float v : row) {
        largest = Math.max(largest, Math.abs(v));
      }
      differ |= !Arrays.equals(row, engine[0]);
    }
    assertTrue(differ, "the samples get different logits");
    for (int i = 0; i < engine.length; i++) {
      assertEquals(deployed[i].length, engine[i].length);
      for (int c = 0; c < engine[i].length; c++) {
        assertEquals(engine[i][c], deployed[i][c], 1e-4 * largest, "sample " + i + ", class " + c);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void oneStepOfTrainingLowersTheLoss(Small network) {
    // One batch an epoch: the second loss is that of the same samples after one step.
    List<Model.Epoch> history =
        Trainer.train(
                network.blueprint(),
                network.data(),
                TrainSettings.epochs(2)
                    .withBatch(16)
                    .withOptimizer(new Optimizer.Sgd(network.rate(), 0)),
                ONE,
                "train",
                Progress.NONE)
            .history();
    assertTrue(history.get(1).loss() < history.get(0).loss(), history.toString());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void halfOfTheChannelsCanGo(Small network) {
    DataSet data = network.data();
    Graph graph = Initialization.initialize(network.blueprint(), 1);
    Graph half =
        Pruner.prune(
                graph,
                PruneSpec.channels(0.5),
                TrainSettings.epochs(1),
                Optional.empty(),
                ONE,
                Progress.NONE)
            .graph();
    double left = (double) Cost.macs(half) / Cost.macs(graph);
    // What goes in and what an autoencoder gives back keep their width.
    double most = network.architecture() instanceof Autoencoder ? 0.5 : 0.4;
    assertTrue(left > 0.2 && left < most, "MACs left: " + left);
    try (Runtime runtime = Runtime.of(half, 1)) {
      for (float[] row : runtime.logits(data, data.test())) {
        assertEquals(network.blueprint().outputs().get(0).shape().get(1), row.length);
        for (float logit : row) {
          assertTrue(Float.isFinite(logit));
        }
      }
    }
  }

  @Test
  void headsOfTransformersGoWhole() {
    PruneSpec spec =
        new PruneSpec(
            new Amount.Level(0.5),
            true,
            new Criterion.Magnitude(),
            false,
            List.of(),
            List.of(),
            1,
            0,
            new ChannelShape(1, Heads.WHOLE));
    for (Small network :
        List.of(
            new Small(new Vit(4, 16, 2, 4), 0.1, 3, 8, 8),
            new Small(new TextClassifier(50, 16, 2, 4), 0.1, 12))) {
      DataSet data = network.data();
      Graph graph = Initialization.initialize(network.blueprint(), 1);
      Graph half =
          Pruner.prune(graph, spec, TrainSettings.epochs(1), Optional.empty(), ONE, Progress.NONE)
              .graph();
      Shapes shapes = Shapes.infer(half, 1);
      for (String role : List.of("query", "key", "value")) {
        long[] heads = shapes.of("block2-" + role + "-split.out");
        assertArrayEquals(new long[] {2, 4}, Arrays.copyOfRange(heads, 2, 4), role);
      }
      try (Runtime runtime = Runtime.of(half, 1)) {
        assertEquals(16, runtime.logits(data, data.test()).length);
      }
    }
  }

  @Test
  void signalsComeAsRowsAsImagesOfOneRowOrFlat() {
    Graph rows = new Conv1d(8, 1).build(new long[] {3, 20}, 5);
    for (long[] shape : new long[][] {{3, 1, 20}, {1, 3, 20}}) {
      Graph images = new Conv1d(8, 1).build(shape, 5);
      assertEquals(rows.weights(), images.weights());
    }
    assertEquals(rows.weights(), new Conv1d(8, 3).build(new long[] {60}, 5).weights());
    EspalierException e =
        assertThrows(
            EspalierException.class, () -> new Conv1d(8, 1).build(new long[] {3, 20, 20}, 5));
    assertTrue(e.why().contains("[3, 20, 20]"), e.why());
    e = assertThrows(EspalierException.class, () -> new Conv1d(8, 7).build(new long[] {60}, 5));
    assertEquals("7 channels do not divide 60 features evenly", e.why());
  }

  @Test
  void patchesMustCoverTheImage() {
    EspalierException e =
        assertThrows(
            EspalierException.class, () -> new Vit(5, 64, 6, 4).build(new long[] {3, 32, 32}, 10));
    assertTrue(e.why().startsWith("squares of 5 pixels"), e.why());
    e = assertThrows(EspalierException.class, () -> new Vit(4, 63, 6, 4));
    assertEquals("give `width 64`, or heads that divide 63", e.fix());
  }

  @Test
  void positionsAndEmbeddingsAreLearntAndStartAfresh() {
    Small network = new Small(new TextClassifier(50, 16, 2, 2), 0.1, 12);
    Graph start = Initialization.initialize(network.blueprint(), 1);
    Graph trained =
        Trainer.train(start, network.data(), TrainSettings.epochs(2), ONE, "train", Progress.NONE)
            .graph();
    for (String weight : Parameters.names(start)) {
      // A bias of keys moves every score of a query alike, which softmax does not see.
      if (!weight.endsWith("key.bias")) {
        assertNotEquals(start.tensor(weight), trained.tensor(weight), weight);
      }
    }
  }

  @Test
  void cutNormalsKeepWithinTwoDeviations() {
    float[] values =
        Initialization.initialize(new TextClassifier(1000, 16, 1, 1).build(new long[] {12}, 4), 1)
            .tensor("embedding.weight")
            .floats();
    double sum = 0;
    float largest = 0;
    for (float v : values) {
      sum += v * (double) v;
      largest = Math.max(largest, Math.abs(v));
    }
    assertTrue(largest <= 0.04f && largest > 0.0395f, "largest " + largest);
    // Cut at two deviations, a normal distribution keeps 0.8796 of its deviation.
    assertEquals(0.8796 * 0.02, Math.sqrt(sum / values.length), 2e-4);
  }

  @Test
  void tokensBeyondTheVocabularyAreRefusedNamingTheSample() {
    Small network = new Small(new TextClassifier(40, 16, 1, 2), 0.1, 12);
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () ->
                Trainer.train(
                    network.blueprint(),
                    network.data(),
                    TrainSettings.epochs(1),
                    ONE,
                    "train",
                    Progress.NONE));
    assertTrue(e.what().matches("the model has no token 4\\d"), e.what());
    assertTrue(e.where().matches("samples, sample \\d+, value \\d+"), e.where());
    assertEquals("tokens are whole numbers from 0 to 39", e.why());
    DataSet fractions = data(false, 12);
    Graph graph = Initialization.initialize(network.blueprint(), 1);
    e =
        assertThrows(
            EspalierException.class,
            () -> Predictions.logits(graph, fractions, fractions.test(), ONE));
    assertTrue(e.what().startsWith("the model reads numbers of tokens"), e.what());
    try (Runtime runtime = Runtime.of(graph, 1)) {
      e = assertThrows(EspalierException.class, () -> runtime.logits(fractions, fractions.test()));
      assertTrue(e.what().startsWith("the model reads whole numbers"), e.what());
    }
  }
}
