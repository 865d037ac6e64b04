package dev.espalier.engine.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.measure.Samples;
import dev.espalier.engine.onnx.Networks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchNormFoldingTest {
  private static boolean has(Graph graph, String operator) {
    return graph.nodes().stream().anyMatch(n -> n.operator().equals(operator));
  }

  private static void assertSameLogits(Graph a, Graph b) {
    long[] shape = a.inputs().get(0).shape().stream().skip(1).mapToLong(Long::longValue).toArray();
    DataSet data = Samples.noise(1, 1, 40, shape);
    try (Runtime ra = Runtime.of(a, 1);
        Runtime rb = Runtime.of(b, 1)) {
      float[][] x = ra.logits(data, data.test());
      float[][] y = rb.logits(data, data.test());
      for (int i = 0; i < x.length; i++) {
        for (int j = 0; j < x[i].length; j++) {
          // float32 rounding through twenty layers
          assertEquals(x[i][j], y[i][j], 1e-4 * Math.max(1, Math.abs(x[i][j])));
        }
      }
    }
  }

  /** A dense network with a normalisation put after its first layer. */
  private static Graph normalized(Graph graph, int width) {
    Map<String, Weight> weights = new LinkedHashMap<>(graph.weights());
    String[] names = {"gain", "shift", "mean", "variance"};
    for (int i = 0; i < names.length; i++) {
      float[] values = new float[width];
      for (int c = 0; c < width; c++) {
        values[c] = 0.5f + 0.1f * i + 0.01f * c;
      }
      weights.put(names[i], new Weight.Value(Tensor.ofFloats(new long[] {width}, values)));
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.name().equals("relu1")) {
        nodes.add(
            Node.of(
                "bn",
                "BatchNormalization",
                List.of("fc1.out", "gain", "shift", "mean", "variance"),
                List.of("bn.out"),
                Map.of()));
        nodes.add(node.withInputs(List.of("bn.out")));
      } else {
        nodes.add(node);
      }
    }
    return new Graph(
        graph.name(),
        graph.opset(),
        graph.inputs(),
        graph.outputs(),
        nodes,
        weights,
        graph.metadata());
  }

  @Test
  void aResidualNetworkComputesTheSameWithoutNormalisation() {
    Graph graph = Networks.resnet(1, 3, 8);
    Graph folded = BatchNormFolding.fold(graph);
    assertFalse(has(folded, "BatchNormalization"));
    assertFalse(folded.weights().keySet().stream().anyMatch(w -> w.contains(".bn")));
    assertSameLogits(graph, folded);
  }

  @Test
  void aDenseLayerTakesOverItsNormalisation() {
    Graph graph = normalized(Networks.mlp(1, 20, 16, 10), 16);
    Graph folded = BatchNormFolding.fold(graph);
    assertFalse(has(folded, "BatchNormalization"));
    assertSameLogits(graph, folded);
  }

  @Test
  void factorsOfGemmAreKeptIntact() {
    Graph graph = normalized(Networks.mlp(1, 20, 16, 10), 16);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.add(
          node.name().equals("fc1")
              ? node.with("alpha", new Attribute.Real(0.5f)).with("beta", new Attribute.Real(2))
              : node);
    }
    Graph scaled = graph.withNodes(nodes);
    Graph folded = BatchNormFolding.fold(scaled);
    assertFalse(has(folded, "BatchNormalization"));
    assertSameLogits(scaled, folded);
    assertSameLogits(scaled, InferenceForm.of(scaled));
  }

  @Test
  void aNormalisationWhoseInputIsReadElsewhereStays() {
    Graph graph = normalized(Networks.mlp(1, 20, 16, 16, 10), 16);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.add(node);
      if (node.name().equals("fc2")) {
        nodes.set(nodes.size() - 1, node.withOutputs(List.of("fc2.raw")));
        nodes.add(
            Node.of("add", "Add", List.of("fc2.raw", "fc1.out"), List.of("fc2.out"), Map.of()));
      }
    }
    Graph branched = graph.withNodes(nodes);
    assertTrue(has(BatchNormFolding.fold(branched), "BatchNormalization"));
    assertSameLogits(branched, BatchNormFolding.fold(branched));
  }

  @Test
  void aConvolutionSharedByTwoLayersIsFoldedForEach() {
    Graph graph = Networks.resnet(1, 1, 8);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.add(
          node.name().equals("layer1.0.conv2")
              ? node.withInputs(
                  List.of(node.input(0), "layer1.0.conv1.weight", "layer1.0.conv1.bias"))
              : node);
    }
    Graph shared = graph.withNodes(nodes);
    assertSameLogits(shared, BatchNormFolding.fold(shared));
  }

  @Test
  void theFormForInferenceHasNoDropoutAndComputesTheSame() {
    Graph graph = Networks.lenet5(1);
    Graph form = InferenceForm.of(graph);
    assertFalse(has(form, "Dropout"));
    assertSameLogits(graph, form);
  }

  @Test
  void aProductAndItsBiasBecomeOneLayer() {
    Graph graph = Networks.mlp(1, 20, 16, 10);
    Map<String, Weight> weights = new LinkedHashMap<>(graph.weights());
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (!node.operator().equals("Gemm")) {
        nodes.add(node);
        continue;
      }
      Tensor w = graph.tensor(node.input(1));
      int out = (int) w.dim(0);
      int in = (int) w.dim(1);
      float[] transposed = new float[out * in];
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
          transposed[i * out + o] = w.floats()[o * in + i];
        }
      }
      weights.put(
          node.input(1), new Weight.Value(Tensor.ofFloats(new long[] {in, out}, transposed)));
      String between = node.name() + ".product";
      nodes.add(
          Node.of(
              node.name(),
              "MatMul",
              List.of(node.input(0), node.input(1)),
              List.of(between),
              Map.of()));
      nodes.add(
          Node.of(
              node.name() + ".add",
              "Add",
              List.of(node.input(2), between),
              node.outputs(),
              Map.of()));
    }
    Graph products =
        new Graph(
            graph.name(),
            graph.opset(),
            graph.inputs(),
            graph.outputs(),
            nodes,
            weights,
            graph.metadata());
    Graph form = InferenceForm.of(products);
    assertEquals(List.of("fc1", "relu1", "fc2"), form.nodes().stream().map(Node::name).toList());
    assertSameLogits(graph, form);
  }
}
