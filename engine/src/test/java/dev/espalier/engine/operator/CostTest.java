package dev.espalier.engine.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.architecture.Lenet300;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CostTest {
  private static final long[] DIGIT = {1, 28, 28};

  @Test
  void multiplyAccumulatesAreThoseCountedByHand() {
    assertEquals(784 * 300 + 300 * 100 + 100 * 10, Cost.macs(new Lenet300().build(DIGIT, 10)));
    assertEquals(
        24 * 24 * 20 * 25 + 8 * 8 * 50 * 20 * 25 + 800 * 500 + 500 * 10,
        Cost.macs(new Lenet5().build(DIGIT, 10)));
    // He et al. 2016, table 6 in the literature since: 41 million for 32×32 images.
    double resnet = Cost.macs(new Resnet20().build(new long[] {3, 32, 32}, 10));
    assertEquals(40.6e6, resnet, 0.8e6);
  }

  @Test
  void peakActivationsAreThoseCountedByHand() {
    // Input and first hidden layer; the rectifier writes in place.
    assertEquals(4 * (784 + 300), Cost.peakActivationBytes(new Lenet300().build(DIGIT, 10), 1));
    // What the first convolution makes, and what pooling makes of it.
    Graph lenet = new Lenet5().build(DIGIT, 10);
    assertEquals(4 * (20 * 24 * 24 + 20 * 12 * 12), Cost.peakActivationBytes(lenet, 1));
    assertEquals(16 * Cost.peakActivationBytes(lenet, 1), Cost.peakActivationBytes(lenet, 16));
    // A residual block keeps its input beside what its two convolutions read and write.
    assertEquals(
        4 * 3 * 16 * 32 * 32,
        Cost.peakActivationBytes(new Resnet20().build(new long[] {3, 32, 32}, 10), 1));
  }

  @Test
  void quantizedActivationsCountWithTheirOwnWidth() {
    Tensor scale = Tensor.ofFloats(new long[0], 0.1f);
    Tensor zero = Tensor.ofIntegers(DataType.UINT8, new long[0], 0);
    Map<String, Weight> weights =
        Map.of(
            "s", new Weight.Value(scale),
            "z", new Weight.Value(zero),
            "w", new Weight.Value(Tensor.zeros(50, 100)));
    List<Node> nodes =
        List.of(
            Node.of("q1", "QuantizeLinear", List.of("x", "s", "z"), List.of("xq"), Map.of()),
            Node.of("d1", "DequantizeLinear", List.of("xq", "s", "z"), List.of("xd"), Map.of()),
            Node.of(
                "fc",
                "Gemm",
                List.of("xd", "w"),
                List.of("h"),
                Map.of("transB", new Attribute.Int(1))),
            Node.of("relu", "Relu", List.of("h"), List.of("a"), Map.of()),
            Node.of("q2", "QuantizeLinear", List.of("a", "s", "z"), List.of("aq"), Map.of()),
            Node.of("d2", "DequantizeLinear", List.of("aq", "s", "z"), List.of("y"), Map.of()));
    Graph graph =
        new Graph(
            "q",
            Graph.OPSET,
            List.of(new ValueInfo("x", DataType.FLOAT, List.of(-1L, 100L))),
            List.of(new ValueInfo("y", DataType.FLOAT, List.of(-1L, 50L))),
            nodes,
            weights,
            Map.of());
    assertEquals(5000, Cost.macs(graph));
    // The user's floats and their bytes; later the bytes of both layers.
    assertEquals(100 * 4 + 100, Cost.peakActivationBytes(graph, 1));
    assertEquals(DataType.UINT8, Shapes.infer(graph, 1).typeOf("aq"));
  }

  @Test
  void aShapeThatCannotBeIsRefusedByNode() {
    Graph graph =
        new Graph(
            "wrong",
            Graph.OPSET,
            List.of(new ValueInfo("x", DataType.FLOAT, List.of(-1L, 100L))),
            List.of(new ValueInfo("y", DataType.FLOAT, List.of(-1L, 50L))),
            List.of(
                Node.of(
                    "fc1",
                    "Gemm",
                    List.of("x", "w"),
                    List.of("y"),
                    Map.of("transB", new Attribute.Int(1)))),
            Map.of("w", new Weight.Value(Tensor.zeros(50, 99))),
            Map.of());
    EspalierException e = assertThrows(EspalierException.class, () -> Shapes.infer(graph, 1));
    assertEquals("node fc1", e.where());
    assertTrue(e.why().contains("[1, 100]") && e.why().contains("[50, 99]"), e.why());
  }

  @Test
  void theShapeArithmeticOfExportersIsFolded() {
    // x.view(x.size(0), -1) as PyTorch writes it.
    List<Node> nodes =
        List.of(
            Node.of("shape", "Shape", List.of("x"), List.of("s"), Map.of()),
            Node.of(
                "zero",
                "Constant",
                List.of(),
                List.of("i"),
                Map.of("value", new Attribute.Value(Tensor.ofLongs(new long[0], 0)))),
            Node.of(
                "batch",
                "Gather",
                List.of("s", "i"),
                List.of("b"),
                Map.of("axis", new Attribute.Int(0))),
            Node.of(
                "axes",
                "Constant",
                List.of(),
                List.of("u"),
                Map.of("value", new Attribute.Value(Tensor.ofLongs(new long[] {1}, 0)))),
            Node.of("un", "Unsqueeze", List.of("b", "u"), List.of("b1"), Map.of()),
            Node.of(
                "rest",
                "Constant",
                List.of(),
                List.of("r"),
                Map.of("value", new Attribute.Value(Tensor.ofLongs(new long[] {1}, -1)))),
            Node.of(
                "to",
                "Concat",
                List.of("b1", "r"),
                List.of("t"),
                Map.of("axis", new Attribute.Int(0))),
            Node.of("view", "Reshape", List.of("x", "t"), List.of("y"), Map.of()));
    Graph graph =
        new Graph(
            "view",
            Graph.OPSET,
            List.of(new ValueInfo("x", DataType.FLOAT, List.of(-1L, 3L, 4L, 5L))),
            List.of(new ValueInfo("y", DataType.FLOAT, List.of(-1L, 60L))),
            nodes,
            Map.of(),
            Map.of());
    Shapes shapes = Shapes.infer(graph, 7);
    assertEquals(List.of(7L, 60L), boxed(shapes.of("y")));
    assertTrue(shapes.isActivation("y") && !shapes.isActivation("t"));
  }

  @Test
  void flatteningIsAnotherShapeAndDepthwiseConvolutionTiesInputsToOutputs() {
    assertEquals(
        List.of("x[1, 2, 2, 1]→y[1, 4]"), ties("Flatten", Map.of(), new long[] {1, 2, 2, 1}, null));
    List<String> depthwise =
        ties(
            "Conv",
            Map.of("group", new Attribute.Int(2)),
            new long[] {1, 2, 5, 5},
            new long[] {2, 1, 3, 3});
    assertTrue(depthwise.containsAll(List.of("x.1.0=y.1.0", "x.1.1=y.1.1", "y.1.1=w.0.1")));
    assertTrue(depthwise.containsAll(List.of("!w.1", "!x.2", "!y.3")), "" + depthwise);
    assertTrue(ties("Softmax", Map.of(), new long[] {1, 4}, null).contains("!y.1"));
  }

  private static List<String> ties(
      String operator, Map<String, Attribute> attributes, long[] x, long[] w) {
    List<Long> shape = boxed(x);
    Node node =
        Node.of(
            "n", operator, w == null ? List.of("x") : List.of("x", "w"), List.of("y"), attributes);
    Graph graph =
        new Graph(
            "ties",
            Graph.OPSET,
            List.of(new ValueInfo("x", DataType.FLOAT, shape)),
            List.of(new ValueInfo("y", DataType.FLOAT, shape)),
            List.of(node),
            w == null ? Map.of() : Map.of("w", new Weight.Value(Tensor.zeros(w))),
            Map.of());
    Shapes shapes = Shapes.infer(graph, 1);
    List<String> out = new ArrayList<>();
    Operators.of(node)
        .couple(
            node,
            shapes.inputsOf(node),
            shapes.outputsOf(node),
            new Ties() {
              @Override
              public void tie(String a, int axisA, int i, String b, int axisB, int j) {
                out.add(a + "." + axisA + "." + i + "=" + b + "." + axisB + "." + j);
              }

              @Override
              public void freeze(String value, int axis) {
                out.add("!" + value + "." + axis);
              }

              @Override
              public void reshape(String x, long[] from, String y, long[] to) {
                out.add(x + Arrays.toString(from) + "→" + y + Arrays.toString(to));
              }
            });
    return out;
  }

  private static List<Long> boxed(long[] shape) {
    List<Long> out = new ArrayList<>();
    for (long d : shape) {
      out.add(d);
    }
    return out;
  }
}
