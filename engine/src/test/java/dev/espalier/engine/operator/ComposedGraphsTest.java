package dev.espalier.engine.operator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.onnx.OnnxFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Operators that make sense only together, in ONNX Runtime and here, for 1 and 3 samples. */
final class ComposedGraphsTest {
  private static final Map<String, Attribute> NONE = Map.of();
  private static final Map<String, Attribute> HIDDEN_3 =
      Map.of("hidden_size", new Attribute.Int(3));

  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private final Random random = new Random(3);

  private void node(
      String output, String operator, Map<String, Attribute> attributes, String... inputs) {
    nodes.add(Node.of(output, operator, List.of(inputs), List.of(output), attributes));
  }

  private String floats(String name, long[] shape, float... values) {
    weights.put(name, new Weight.Value(Tensor.ofFloats(shape, values)));
    return name;
  }

  private String whole(String name, long... values) {
    weights.put(name, new Weight.Value(Tensor.ofLongs(new long[] {values.length}, values)));
    return name;
  }

  private String number(String name, long value) {
    weights.put(name, new Weight.Value(Tensor.ofLongs(new long[0], value)));
    return name;
  }

  private Tensor values(long... shape) {
    float[] values = new float[(int) Tensor.count(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.ofFloats(shape, values);
  }

  private String matrix(String name, long... shape) {
    weights.put(name, new Weight.Value(values(shape)));
    return name;
  }

  private Graph graph(String output, long... sample) {
    List<Long> open = new ArrayList<>(List.of(ValueInfo.DYNAMIC));
    Arrays.stream(sample).forEach(open::add);
    Graph bare =
        new Graph(
            "composed",
            Graph.OPSET,
            List.of(new ValueInfo("x", DataType.FLOAT, open)),
            List.of(new ValueInfo(output, DataType.FLOAT, List.of())),
            nodes,
            weights,
            Map.of());
    List<Long> made = new ArrayList<>();
    Arrays.stream(Shapes.infer(bare, 1).of(output)).forEach(made::add);
    made.set(0, ValueInfo.DYNAMIC);
    return new Graph(
        "composed",
        Graph.OPSET,
        bare.inputs(),
        List.of(new ValueInfo(output, DataType.FLOAT, made)),
        nodes,
        weights,
        Map.of());
  }

  private void agree(Graph graph, long... sample) throws OrtException {
    for (long batch : new long[] {1, 3}) {
      long[] shape = new long[sample.length + 1];
      shape[0] = batch;
      System.arraycopy(sample, 0, shape, 1, sample.length);
      BothRuntimes.agree(graph, values(shape), 1e-5f, "batch " + batch);
    }
  }

  @Test
  void truthsChooseBetweenTensors() throws OrtException {
    for (String operator : List.of("And", "Or", "Xor")) {
      nodes.clear();
      node("positive", "Greater", NONE, "x", floats("zero", new long[0], 0));
      node("small", "Less", NONE, "x", floats("bounds", new long[] {4}, 0.5f, -0.5f, 1, 0));
      node("both", operator, NONE, "positive", "small");
      node("other", "Not", NONE, "both");
      node("negative", "Neg", NONE, "x");
      node("first", "Where", NONE, "both", "x", floats("fill", new long[] {2, 1}, 7, 8));
      node("y", "Where", NONE, "other", "first", "negative");
      agree(graph("y", 2, 4), 2, 4);
    }
  }

  @Test
  void constantsTakeTheShapeOfTheBatch() throws OrtException {
    node("shape", "Shape", NONE, "x");
    node(
        "fill",
        "ConstantOfShape",
        Map.of("value", new Attribute.Value(Tensor.ofFloats(new long[] {1}, 2.5f))),
        "shape");
    node("sum", "Add", NONE, "x", "fill");
    node("count", "Size", NONE, "x");
    node("many", "Cast", Map.of("to", new Attribute.Int(1)), "count");
    node("y", "Div", NONE, "sum", "many");
    agree(graph("y", 5), 5);
  }

  @Test
  void rangesCountPositions() throws OrtException {
    node("shape", "Shape", NONE, "x");
    node("length", "Gather", NONE, "shape", number("axis", 1));
    node("places", "Range", NONE, number("start", 0), "length", number("step", 1));
    node("floats", "Cast", Map.of("to", new Attribute.Int(1)), "places");
    node("y", "Mul", NONE, "x", "floats");
    agree(graph("y", 6), 6);
  }

  @Test
  void nothingBesideSomethingIsThatSomething() throws OrtException {
    floats("empty", new long[] {0, 3});
    node("tall", "Concat", Map.of("axis", new Attribute.Int(0)), "empty", matrix("w", 4, 3));
    node("cut", "Slice", NONE, "x", whole("s", 2), whole("e", 2), whole("a", 1));
    node("wide", "Concat", Map.of("axis", new Attribute.Int(1)), "cut", "x");
    node("y", "Gemm", Map.of("transB", new Attribute.Int(1)), "wide", "tall");
    agree(graph("y", 3), 3);
  }

  @Test
  void indicesBecomeAxes() throws OrtException {
    for (int axis : new int[] {-1, 0, 1}) {
      nodes.clear();
      node("large", "Mul", NONE, "x", floats("two", new long[0], 2));
      // Some are negative and some are on no place of the axis.
      node("index", "Cast", Map.of("to", new Attribute.Int(7)), "large");
      node(
          "hot",
          "OneHot",
          Map.of("axis", new Attribute.Int(axis)),
          "index",
          number("depth", 3),
          floats("values", new long[] {2}, -1, 4));
      long[][] orders = {{0, 1, 2}, {1, 2, 0}, {0, 2, 1}};
      List<Long> order = Arrays.stream(orders[axis + 1]).boxed().toList();
      node("behind", "Transpose", Map.of("perm", new Attribute.Ints(order)), "hot");
      node("y", "Flatten", NONE, "behind");
      agree(graph("y", 5), 5);
    }
  }

  @Test
  void featuresAreScaledAndExtractedAsScikitLearnsExportersDo() throws OrtException {
    List<Float> four = List.of(0.5f, -1f, 2f, 0.1f);
    for (int numbers : new int[] {1, 4}) {
      nodes.clear();
      Attribute offset = new Attribute.Reals(four.subList(0, numbers));
      Attribute scale = new Attribute.Reals(four.subList(4 - numbers, 4));
      Map<String, Attribute> both = Map.of("offset", offset, "scale", scale);
      nodes.add(new Node("scaled", "Scaler", "ai.onnx.ml", List.of("x"), List.of("scaled"), both));
      nodes.add(
          new Node(
              "y",
              "ArrayFeatureExtractor",
              "ai.onnx.ml",
              List.of("scaled", whole("index", 3, 0, 1, 3)),
              List.of("y"),
              NONE));
      agree(graph("y", 4), 4);
    }
  }

  /** ONNX Runtime has no layout 1 on a CPU: the same with transposes. */
  @Test
  void recurrentLayersMayTakeTheBatchFirst() throws OrtException {
    for (String operator : List.of("LSTM", "GRU", "RNN")) {
      long gates = operator.equals("LSTM") ? 4 : operator.equals("GRU") ? 3 : 1;
      nodes.clear();
      String[] all = {
        "x",
        matrix("w", 2, gates * 3, 5),
        matrix("r", 2, gates * 3, 3),
        matrix("b", 2, 2 * gates * 3)
      };
      Map<String, Attribute> both = new TreeMap<>(HIDDEN_3);
      both.put("direction", new Attribute.Text("bidirectional"));
      both.put("layout", new Attribute.Int(1));
      node("y", operator, both, all);
      final Graph batchFirst = graph("y", 4, 5);
      nodes.clear();
      node("steps", "Transpose", Map.of("perm", new Attribute.Ints(List.of(1L, 0L, 2L))), "x");
      all[0] = "steps";
      both.remove("layout");
      node("states", operator, both, all);
      node("y", "Transpose", Map.of("perm", new Attribute.Ints(List.of(2L, 0L, 1L, 3L))), "states");
      Graph stepsFirst = graph("y", 4, 5);
      Tensor x = values(3, 4, 5);
      assertArrayEquals(
          BothRuntimes.deployed(stepsFirst, x).floats(), BothRuntimes.engine(batchFirst, x), 1e-5f);
      agree(stepsFirst, 4, 5);
    }
  }

  /**
   * As torch exports it: states of zeros for as many samples as there are; only the end is read.
   */
  @Test
  void theLastStateAloneMayBeRead() throws OrtException {
    node("steps", "Transpose", Map.of("perm", new Attribute.Ints(List.of(1L, 0L, 2L))), "x");
    node("shape", "Shape", NONE, "x");
    node("batch", "Gather", NONE, "shape", whole("first", 0));
    node(
        "state",
        "Concat",
        Map.of("axis", new Attribute.Int(0)),
        whole("one", 1),
        "batch",
        whole("hidden", 3));
    node("zeros", "ConstantOfShape", NONE, "state");
    nodes.add(
        Node.of(
            "lstm",
            "LSTM",
            List.of(
                "steps", matrix("w", 1, 12, 2), matrix("r", 1, 12, 3), "", "", "zeros", "zeros"),
            List.of("", "end"),
            HIDDEN_3));
    node("flat", "Squeeze", NONE, "end", whole("axis", 0));
    node("y", "Gemm", NONE, "flat", matrix("fc", 3, 4));
    Graph graph = graph("y", 5, 2);
    agree(graph, 5, 2);
    agree(OnnxFile.decode(OnnxFile.encode(graph), "file"), 5, 2);
  }

  @Test
  void whatARecurrentLayerCannotDoIsRefusedByName() {
    Map<String, Map<String, Attribute>> wrong =
        Map.of(
            "clip", Map.of("clip", new Attribute.Real(3)),
            "activations",
                Map.of("activations", new Attribute.Texts(List.of("Sigmoid", "Relu", "Tanh"))));
    wrong.forEach(
        (what, attributes) -> {
          nodes.clear();
          node("y", "LSTM", attributes, "x", matrix("w", 1, 12, 2), matrix("r", 1, 12, 3));
          EspalierException e = assertThrows(EspalierException.class, () -> graph("y", 5, 2));
          assertTrue(e.what().contains(what), e.what());
          assertEquals("node y", e.where());
        });
    nodes.clear();
    weights.put(
        "lengths",
        new Weight.Value(Tensor.ofIntegers(DataType.INT32, new long[] {5}, 1, 1, 1, 1, 0)));
    node("y", "GRU", NONE, "x", matrix("w", 1, 9, 2), matrix("r", 1, 9, 3), "", "lengths");
    EspalierException e = assertThrows(EspalierException.class, () -> graph("y", 5, 2));
    assertTrue(e.what().contains("sequences of different lengths"), e.what());
  }
}
