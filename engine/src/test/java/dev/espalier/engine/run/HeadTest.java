package dev.espalier.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.architecture.Autoencoder;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.onnx.Networks;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.prune.DenseOriginal;
import dev.espalier.engine.train.Initialization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadTest {
  private final SplittableRandom random = Randomness.of(1, "head");

  private Weight weight(long... shape) {
    float[] values = new float[(int) Tensor.count(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    return new Weight.Value(Tensor.ofFloats(shape, values));
  }

  private static Node node(String operator, String... inputsThenOutput) {
    List<String> in = List.of(inputsThenOutput).subList(0, inputsThenOutput.length - 1);
    String out = inputsThenOutput[inputsThenOutput.length - 1];
    return Node.of("the_" + out, operator, in, List.of(out), Map.of());
  }

  private static Graph graph(List<Node> nodes, Map<String, Weight> weights, long... sample) {
    List<Long> shape = new ArrayList<>(List.of(ValueInfo.DYNAMIC));
    for (long d : sample) {
      shape.add(d);
    }
    return new Graph(
        "model",
        17,
        List.of(new ValueInfo("x", DataType.FLOAT, shape)),
        List.of(new ValueInfo("y", DataType.FLOAT, List.of(ValueInfo.DYNAMIC, 4L))),
        nodes,
        weights,
        Map.of());
  }

  private static Graph fresh(Graph graph, int classes) {
    return Initialization.initialize(Head.replaced(graph, classes), 1);
  }

  /** The replaced model runs, tells so many classes apart, and all other weights are the old. */
  private static Graph assertReplaced(Graph graph, int classes, String... changed) {
    Graph made = fresh(graph, classes);
    assertEquals(List.of(ValueInfo.DYNAMIC, (long) classes), made.prediction().shape());
    int width = 1;
    for (long d : ModelFile.sample(graph)) {
      width *= (int) d;
    }
    try (Runtime runtime = Runtime.of(made, 1)) {
      assertEquals(3 * classes, runtime.run(new float[3 * width], 3).length);
    }
    List<String> others = new ArrayList<>(graph.weights().keySet());
    others.removeAll(List.of(changed));
    others.retainAll(made.weights().keySet());
    for (String same : others) {
      assertEquals(graph.weights().get(same), made.weights().get(same), same);
    }
    for (String name : changed) {
      assertNotEquals(graph.weights().get(name), made.weights().get(name), name);
    }
    assertEquals(made, OnnxFile.decode(OnnxFile.encode(made), "again"));
    return made;
  }

  private static String refused(Graph graph) {
    return assertThrows(EspalierException.class, () -> Head.replaced(graph, 7)).getMessage();
  }

  @Test
  void theLastGemmIsFreshAndAllBeforeItStays() {
    Graph net = Networks.lenet5(1);
    Graph made = assertReplaced(net, 7, "fc3.weight", "fc3.bias");
    assertEquals(made, fresh(net, 7), "the same seed gives the same weights");
    assertNotEquals(made, Initialization.initialize(Head.replaced(net, 7), 2));
    float bound = 1 / (float) Math.sqrt(84);
    for (String name : List.of("fc3.weight", "fc3.bias")) {
      float most = 0;
      for (float v : made.tensor(name).floats()) {
        most = Math.max(most, Math.abs(v));
      }
      assertTrue(most <= bound && most > 0.4 * bound, name + " " + most);
    }
    assertReplaced(Networks.resnet(1, 1, 4), 100, "fc.weight", "fc.bias");
  }

  @Test
  void aMatMulWithABiasOnEitherSideIsALastLayer() {
    for (boolean left : new boolean[] {true, false}) {
      Map<String, Weight> weights = new LinkedHashMap<>();
      weights.put("w", weight(6, 4));
      weights.put("b", weight(4));
      Graph graph =
          graph(
              List.of(
                  node("MatMul", "x", "w", "m"),
                  left ? node("Add", "b", "m", "a") : node("Add", "m", "b", "a"),
                  node("Softmax", "a", "y")),
              weights,
              6);
      Graph made = assertReplaced(graph, 9, "w", "b");
      assertEquals(List.of(6L, 9L), boxed(made.tensor("w").shape()));
    }
    Map<String, Weight> only = new LinkedHashMap<>(Map.of("w", weight(6, 4)));
    assertReplaced(graph(List.of(node("MatMul", "x", "w", "y")), only, 6), 9, "w");
  }

  private static List<Long> boxed(long... shape) {
    return java.util.Arrays.stream(shape).boxed().toList();
  }

  @Test
  void aConvolutionOfOnePixelBeforePoolingIsALastLayer() {
    Map<String, Weight> weights = new LinkedHashMap<>();
    weights.put("k", weight(4, 3, 1, 1));
    weights.put("b", weight(4));
    weights.put("shape", new Weight.Value(Tensor.ofLongs(new long[] {2}, 0, 4)));
    Graph graph =
        graph(
            List.of(
                node("Conv", "x", "k", "b", "c"),
                node("Relu", "c", "r"),
                node("GlobalAveragePool", "r", "p"),
                node("Reshape", "p", "shape", "y")),
            weights,
            3,
            5,
            5);
    Graph made = assertReplaced(graph, 7, "k", "b");
    assertEquals(List.of(7L, 3L, 1L, 1L), boxed(made.tensor("k").shape()));

    weights.put("k", weight(4, 3, 3, 3));
    assertTrue(refused(graph(graph.nodes(), weights, 3, 5, 5)).contains("the_c (Conv)"));
  }

  @Test
  void weightsThatOthersReadStayForThem() {
    Map<String, Weight> weights = new LinkedHashMap<>();
    weights.put("w", weight(4, 4));
    Graph tied =
        graph(List.of(node("MatMul", "x", "w", "h"), node("MatMul", "h", "w", "y")), weights, 4);
    Graph made = fresh(tied, 7);
    assertEquals(tied.weights().get("w"), made.weights().get("w"));
    assertEquals("w", made.nodes().get(0).input(1));
    assertEquals(List.of(ValueInfo.DYNAMIC, 7L), made.prediction().shape());
  }

  @Test
  void whatEndsOtherwiseIsRefusedWithItsNode() {
    Map<String, Weight> weights = new LinkedHashMap<>(Map.of("w", weight(4, 4)));
    String residual =
        refused(
            graph(List.of(node("MatMul", "x", "w", "m"), node("Add", "m", "x", "y")), weights, 4));
    assertTrue(residual.contains("the_y (Add)"), residual);
    String exponential =
        refused(graph(List.of(node("MatMul", "x", "w", "m"), node("Exp", "m", "y")), weights, 4));
    assertTrue(exponential.contains("the_y (Exp)"), exponential);
    String none = refused(graph(List.of(node("Relu", "x", "y")), Map.of(), 4));
    assertTrue(none.contains("no dense layer"), none);
    Node computed = node("Gemm", "x", "t", "y").with("transB", new Attribute.Int(1));
    String made = refused(graph(List.of(node("Transpose", "w", "t"), computed), weights, 4));
    assertTrue(made.contains("computed") && made.contains("the_y"), made);
  }

  @Test
  void aLayerThatIsNewCountsFromWhatItIsNow() {
    Graph net = Networks.mlp(1, 6, 5, 4);
    Graph marked = new DenseOriginal(Map.of("fc1", 60L, "fc2", 40L), Map.of()).in(net);
    Graph made = fresh(marked, 9);
    assertEquals(Map.of("fc1", 60L, "fc2", 45L), DenseOriginal.of(made).weights());
  }

  @Test
  void theProgramsWishesMakeTheKey(@TempDir Path folder) {
    Path file = folder.resolve("m.onnx");
    OnnxFile.write(Networks.resnet(1, 1, 4), file);
    Operation.FromOnnx plain = new Operation.FromOnnx("m", file);
    Operation.FromOnnx head = new Operation.FromOnnx("m", file, List.of(), 7, 1, Optional.empty());
    Operation.FromOnnx small =
        new Operation.FromOnnx("m", file, List.of(3, 16, 16), 0, 0, Optional.empty());
    Keys keys = new Keys();
    assertEquals(3, List.of(plain, head, small).stream().map(keys::of).distinct().count());
    Graph read = ModelFile.read(small, Optional.empty());
    assertEquals(List.of(3L, 16L, 16L), boxed(ModelFile.sample(read)));
    assertEquals("input 3×16×16", ModelFile.effect(small, read));
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () ->
                ModelFile.read(
                    new Operation.FromOnnx("m", file, List.of(1, 16, 16), 7, 1, Optional.empty()),
                    Optional.empty()));
    assertTrue(
        e.getMessage().contains("m.onnx") && e.getMessage().contains("conv1"), e.getMessage());
  }

  @Test
  void anAutoencoderWithAnotherHeadTellsClassesApart() {
    Graph trained =
        Initialization.initialize(new Autoencoder(List.of(8, 3)).build(new long[] {12}, 4), 1);
    assertEquals(Task.RECONSTRUCTION, trained.metadata().get(Task.KEY));
    Graph headed = Head.replaced(trained, 4);
    assertEquals(List.of(-1L, 4L), headed.prediction().shape());
    assertFalse(headed.metadata().containsKey(Task.KEY));
  }
}
