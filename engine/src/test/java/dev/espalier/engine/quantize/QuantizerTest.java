package dev.espalier.engine.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.measure.Samples;
import dev.espalier.engine.onnx.Networks;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.Cost;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuantizerTest {
  private static final Environment ONE_THREAD = new Environment(1, 1, "cpu", true);

  private static DataSet noiseFor(Graph graph) {
    long[] shape =
        graph.inputs().get(0).shape().stream().skip(1).mapToLong(Long::longValue).toArray();
    return Samples.noise(1, 200, 300, shape);
  }

  private static Graph quantize(Graph graph, QuantizeSpec spec) {
    return Quantizer.quantize(graph, noiseFor(graph), spec, ONE_THREAD, Progress.NONE);
  }

  private static void assertNear(double bound, Graph a, Graph b) {
    double difference = difference(a, b);
    assertTrue(difference < bound, "relative difference " + difference);
  }

  /** Root of the mean squared difference of the logits, against that of the logits themselves. */
  private static double difference(Graph a, Graph b) {
    DataSet data = noiseFor(a);
    try (Runtime ra = Runtime.of(a, 1);
        Runtime rb = Runtime.of(b, 1)) {
      float[][] x = ra.logits(data, data.test());
      float[][] y = rb.logits(data, data.test());
      double error = 0;
      double size = 0;
      for (int i = 0; i < x.length; i++) {
        for (int j = 0; j < x[i].length; j++) {
          error += Math.pow(x[i][j] - y[i][j], 2);
          size += Math.pow(x[i][j], 2);
        }
      }
      return Math.sqrt(error / size);
    }
  }

  @Test
  void everyLayerOfADenseNetworkRunsOnIntegers() {
    Graph graph = Networks.mlp(1, 784, 300, 100, 10);
    Graph quantized = quantize(graph, QuantizeSpec.int8());
    FusionReport fusion = FusionReport.of(quantized);
    assertEquals("3 of 3 layers run on integers", fusion.toString());
    // The integers pass from layer to layer: only the input is quantized while it runs.
    assertEquals(Map.of("QuantizeLinear", 1, "QGemm", 3), fusion.operators());
    assertNear(0.03, graph, quantized);
  }

  @Test
  void everyLayerOfLenetRunsOnIntegers() {
    Graph graph = Networks.lenet5(1);
    Graph quantized = quantize(graph, QuantizeSpec.int8());
    FusionReport fusion = FusionReport.of(quantized);
    assertEquals("5 of 5 layers run on integers", fusion.toString());
    assertEquals(1, fusion.operators().get("QuantizeLinear"));
    assertTrue(!fusion.operators().containsKey("DequantizeLinear"), fusion.operators()::toString);
    assertNear(0.03, graph, quantized);
  }

  @Test
  void everyLayerOfAResidualNetworkRunsOnIntegersAdditionsToo() {
    Graph graph = Networks.resnet(1, 3, 16);
    Graph quantized = quantize(graph, QuantizeSpec.int8());
    FusionReport fusion = FusionReport.of(quantized);
    assertEquals("22 of 22 layers run on integers", fusion.toString());
    assertEquals(9, fusion.operators().get("QLinearAdd"));
    assertEquals(1, fusion.operators().get("QLinearGlobalAveragePool"));
    assertEquals(1, fusion.operators().get("QuantizeLinear"));
    assertTrue(!fusion.operators().containsKey("DequantizeLinear"), fusion.operators()::toString);
    assertTrue(!fusion.operators().containsKey("Relu"), fusion.operators()::toString);
    assertNear(0.03, graph, quantized);
  }

  @Test
  void oneScaleAWeightFusesTooAndIsCoarser() {
    Graph graph = Networks.resnet(1, 1, 8);
    QuantizeSpec perTensor = new QuantizeSpec(new StaticInt8(128, 1), false, List.of());
    Graph coarse = quantize(graph, perTensor);
    FusionReport fusion = FusionReport.of(coarse);
    assertEquals(fusion.layers(), fusion.fused());
    assertEquals(10, fusion.fused());
    double fine =
        difference(graph, quantize(graph, new QuantizeSpec(perTensor.method(), true, List.of())));
    assertNear(0.06, graph, coarse);
    assertTrue(fine < difference(graph, coarse));
  }

  @Test
  void exceptedLayersStayInFloat() {
    Graph graph = Networks.lenet5(1);
    Graph quantized =
        quantize(graph, new QuantizeSpec(new StaticInt8(64, 1), true, List.of("conv1", "fc?")));
    assertEquals(DataType.FLOAT, quantized.tensor("conv1.weight").type());
    assertEquals(DataType.FLOAT, quantized.tensor("fc3.weight").type());
    assertEquals(DataType.INT8, quantized.tensor("conv2.weight").type());
    FusionReport fusion = FusionReport.of(quantized);
    assertEquals(1, fusion.fused());
    assertEquals(5, fusion.layers());
    assertNear(0.02, graph, quantized);
  }

  @Test
  void exceptNamesLayersThatAreThere() {
    Graph graph = Networks.lenet5(1);
    EspalierException unknown =
        assertThrows(
            EspalierException.class,
            () -> quantize(graph, new QuantizeSpec(new StaticInt8(64, 1), true, List.of("relu1"))));
    assertTrue(unknown.getMessage().contains("conv1, conv2, fc1, fc2, fc3"), unknown.getMessage());
    EspalierException all =
        assertThrows(
            EspalierException.class,
            () -> quantize(graph, new QuantizeSpec(new StaticInt8(64, 1), true, List.of("*"))));
    assertTrue(all.getMessage().contains("nothing is left to quantize"), all.getMessage());
  }

  @Test
  void zerosStayZeros() {
    Graph graph = Networks.resnet(1, 1, 8);
    float[] pruned = graph.tensor("layer2.0.conv2.weight").floats().clone();
    for (int i = 0; i < pruned.length; i += 2) {
      pruned[i] = 0;
    }
    long[] shape = graph.tensor("layer2.0.conv2.weight").shape();
    graph = graph.withWeights(Map.of("layer2.0.conv2.weight", Tensor.ofFloats(shape, pruned)));
    Tensor quantized = quantize(graph, QuantizeSpec.int8()).tensor("layer2.0.conv2.weight");
    for (int i = 0; i < pruned.length; i += 2) {
      assertEquals(0, quantized.longs()[i]);
    }
    assertTrue(quantized.nonZero() > pruned.length * 0.45);
  }

  @Test
  void whatIsCountedStaysCounted() {
    Graph graph = Networks.mlp(1, 784, 300, 100, 10);
    Graph quantized = quantize(graph, QuantizeSpec.int8());
    assertEquals(266_610, Parameters.count(graph));
    assertEquals(266_610, Parameters.count(quantized));
    assertEquals(Cost.macs(graph), Cost.macs(quantized));
    // The input of 784 floats and its 784 bytes; in float the widest place is 784 + 300 floats.
    assertTrue(Cost.peakActivationBytes(quantized, 1) < Cost.peakActivationBytes(graph, 1));
    assertTrue(OnnxFile.encode(quantized).length < OnnxFile.encode(graph).length / 3.5);
  }

  @Test
  void theSameSeedGivesTheSameBytes() {
    Graph graph = Networks.lenet5(4);
    assertArrayEquals(
        OnnxFile.encode(quantize(graph, QuantizeSpec.int8())),
        OnnxFile.encode(quantize(graph, QuantizeSpec.int8())));
  }

  @Test
  void aQuantizedModelIsReadBackFromItsFile() {
    Graph quantized = quantize(Networks.resnet(1, 1, 4), QuantizeSpec.int8());
    assertEquals(quantized, OnnxFile.decode(OnnxFile.encode(quantized), "model.onnx"));
  }

  @Test
  void channelsThatAreAllZeroAndLargeBiasesSurvive() {
    Graph graph = Networks.mlp(1, 20, 12, 10);
    float[] weight = graph.tensor("fc1.weight").floats().clone();
    Arrays.fill(weight, 0, 40, 0f);
    float[] bias = graph.tensor("fc1.bias").floats().clone();
    bias[0] = 3;
    bias[1] = 0;
    Graph dead =
        graph.withWeights(
            Map.of(
                "fc1.weight", Tensor.ofFloats(new long[] {12, 20}, weight),
                "fc1.bias", Tensor.ofFloats(new long[] {12}, bias)));
    // A bias far above the activations widens their range, so their steps are coarser.
    assertNear(0.05, dead, quantize(dead, QuantizeSpec.int8()));
  }

  @Test
  void aQuantizedModelIsNotQuantizedAgain() {
    Graph quantized = quantize(Networks.mlp(1, 20, 12, 10), QuantizeSpec.int8());
    EspalierException e =
        assertThrows(EspalierException.class, () -> quantize(quantized, QuantizeSpec.int8()));
    assertTrue(e.getMessage().contains("quantized already"), e.getMessage());
  }

  @Test
  void aBlueprintIsRefused() {
    Graph blueprint = new Resnet20().build(new long[] {3, 32, 32}, 10);
    EspalierException e =
        assertThrows(EspalierException.class, () -> quantize(blueprint, QuantizeSpec.int8()));
    assertTrue(e.getMessage().contains("blueprint"), e.getMessage());
  }

  @Test
  void anActivationThatIsNotFiniteStopsIt() {
    Graph graph = Networks.mlp(1, 20, 12, 10);
    float[] bias = graph.tensor("fc1.bias").floats().clone();
    bias[3] = Float.POSITIVE_INFINITY;
    Graph broken = graph.withWeights(Map.of("fc1.bias", Tensor.ofFloats(new long[] {12}, bias)));
    EspalierException e =
        assertThrows(EspalierException.class, () -> quantize(broken, QuantizeSpec.int8()));
    assertEquals(EspalierException.Blame.RUN, e.blame());
    assertTrue(e.getMessage().contains("not a finite number"), e.getMessage());
  }

  @Test
  void noTrainingImagesIsRefused() {
    Graph graph = Networks.mlp(1, 20, 12, 10);
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () ->
                Quantizer.quantize(
                    graph,
                    Samples.noise(1, 0, 10, 20),
                    QuantizeSpec.int8(),
                    ONE_THREAD,
                    Progress.NONE));
    assertTrue(e.getMessage().contains("no images to calibrate on"), e.getMessage());
  }

  @Test
  void stoppingStopsTheCalibration() {
    Graph graph = Networks.mlp(1, 20, 12, 10);
    List<Progress.Event> events = new ArrayList<>();
    Progress afterOneBatch =
        new Progress() {
          @Override
          public void on(Event event) {
            events.add(event);
          }

          @Override
          public boolean cancelled() {
            return !events.isEmpty();
          }
        };
    assertThrows(
        Progress.Cancelled.class,
        () ->
            Quantizer.quantize(
                graph, noiseFor(graph), QuantizeSpec.int8(), ONE_THREAD, afterOneBatch));
    assertEquals(1, events.size());
  }

  /** Classes are blurred points on a ring; the network is trained by hand to tell them apart. */
  @Test
  void accuracyStaysWithinThreeTenthsOfAPoint() {
    DataSet data = Rings.data(3000, 4000);
    Graph graph = Rings.trained(data);
    double inFloat = Measurement.accuracy(graph, data).fraction();
    Graph quantized =
        Quantizer.quantize(graph, data, QuantizeSpec.int8(), ONE_THREAD, Progress.NONE);
    double inInteger = Measurement.accuracy(quantized, data).fraction();
    assertTrue(inFloat > 0.85 && inFloat < 0.999, "in float " + inFloat);
    assertEquals(inFloat, inInteger, 0.003);
  }

  @Test
  void nodesAreLeftAloneThatHaveNoIntegerKernel() {
    Graph graph = Networks.mlp(1, 20, 12, 12, 10);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.add(
          node.name().equals("relu1")
              ? Node.of("tanh", "Tanh", node.inputs(), node.outputs(), Map.of())
              : node);
    }
    Graph tanh = graph.withNodes(nodes);
    Graph quantized = quantize(tanh, QuantizeSpec.int8());
    assertEquals("3 of 3 layers run on integers", FusionReport.of(quantized).toString());
    assertNear(0.03, tanh, quantized);
  }

  @Test
  void sharedWeightsAreQuantizedForEachReader() {
    Graph graph = Networks.mlp(1, 20, 20, 20, 10);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.add(
          node.name().equals("fc2")
              ? node.withInputs(List.of(node.input(0), "fc1.weight", "fc1.bias"))
              : node);
    }
    Map<String, Weight> weights = new LinkedHashMap<>(graph.weights());
    weights.remove("fc2.weight");
    weights.remove("fc2.bias");
    Graph tied =
        new Graph(
            "tied",
            graph.opset(),
            graph.inputs(),
            graph.outputs(),
            nodes,
            weights,
            graph.metadata());
    Graph quantized = quantize(tied, QuantizeSpec.int8());
    assertEquals("3 of 3 layers run on integers", FusionReport.of(quantized).toString());
    Graph apart =
        graph.withWeights(
            Map.of("fc2.weight", graph.tensor("fc1.weight"), "fc2.bias", graph.tensor("fc1.bias")));
    assertEquals(0, difference(quantized, quantize(apart, QuantizeSpec.int8())));
  }

  @Test
  void samplesAreReadByTheirScale() {
    // Calibration sees the scaled samples: raw pixels would give ranges 127 times as large.
    Graph graph = Networks.mlp(1, 20, 12, 10);
    float scale = quantize(graph, QuantizeSpec.int8()).tensor("input.scale").floats()[0];
    assertEquals(2 / 255.0, scale, 1e-4);
  }
}
