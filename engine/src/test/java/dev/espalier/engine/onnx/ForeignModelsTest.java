package dev.espalier.engine.onnx;

import static dev.espalier.engine.onnx.Protos.BFLOAT;
import static dev.espalier.engine.onnx.Protos.DOUBLE;
import static dev.espalier.engine.onnx.Protos.FLOAT;
import static dev.espalier.engine.onnx.Protos.HALF;
import static dev.espalier.engine.onnx.Protos.integer;
import static dev.espalier.engine.onnx.Protos.ints;
import static dev.espalier.engine.onnx.Protos.node;
import static dev.espalier.engine.onnx.Protos.value;
import static dev.espalier.engine.onnx.Protos.weight;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.train.NativeEngine;
import dev.espalier.engine.train.Network;
import dev.espalier.engine.train.Parameters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import onnx.Onnx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as other exporters write them: read, run as before, written back. */
class ForeignModelsTest {
  private static final Environment ENVIRONMENT = new Environment(1, 1, "cpu", true);

  private final SplittableRandom random = Randomness.of(1, "foreign");
  private final Foreign foreign = new Foreign();

  /** ONNX Runtime's result for the file itself, for the file written anew, and the engine's. */
  private Graph sameEverywhere(byte[] file, long... sample) {
    Graph graph = OnnxFile.decode(file, "foreign.onnx");
    int width = (int) Arrays.stream(sample).reduce(1, (a, b) -> a * b);
    float[] input = Protos.exact(random, 3 * width);
    float[] expected;
    try (Runtime runtime = Runtime.of(file, "foreign", 1)) {
      expected = runtime.run(input, 3);
    }
    try (Runtime runtime = Runtime.of(graph, 1)) {
      close(expected, runtime.run(input, 3), "written anew");
    }
    long[] shape = new long[sample.length + 1];
    shape[0] = 3;
    System.arraycopy(sample, 0, shape, 1, sample.length);
    float[] engine =
        NativeEngine.work(
            ENVIRONMENT,
            "test",
            manager ->
                new Network(graph, manager)
                    .infer(manager.create(input, new Shape(shape)), manager)
                    .toFloatArray());
    close(expected, engine, "engine");
    assertEquals(graph, OnnxFile.decode(OnnxFile.encode(graph), "again"));
    return graph;
  }

  private static void close(float[] expected, float[] got, String what) {
    assertEquals(expected.length, got.length, what);
    for (int i = 0; i < got.length; i++) {
      assertEquals(expected[i], got[i], 1e-3 * Math.max(1, Math.abs(expected[i])), what + " " + i);
    }
  }

  private static List<String> operators(Graph graph) {
    return graph.nodes().stream().map(Node::operator).toList();
  }

  private static String refused(Onnx.ModelProto.Builder model) {
    return assertThrows(
            EspalierException.class,
            () -> OnnxFile.decode(model.build().toByteArray(), "foreign.onnx"))
        .getMessage();
  }

  // ---- operator sets

  @ParameterizedTest
  @ValueSource(ints = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21})
  void everyOperatorSetIsReadAndWrittenInItsOwnForm(int opset) throws Exception {
    byte[] file = foreign.changing(opset).build().toByteArray();
    Graph graph = sameEverywhere(file, 4, 6, 6);
    assertEquals(opset, graph.opset());
    Onnx.ModelProto again = Onnx.ModelProto.parseFrom(OnnxFile.encode(graph));
    Onnx.NodeProto split =
        again.getGraph().getNodeList().stream()
            .filter(n -> n.getOpType().equals("Split"))
            .findFirst()
            .orElseThrow();
    assertEquals(opset >= 13 ? 2 : 1, split.getInputCount());
    assertEquals(List.of("scale", "shift", "fc.weight", "fc.bias"), Parameters.of(graph));
  }

  @Test
  void bothNamesOfTheDomainAreTheSame() {
    Onnx.ModelProto.Builder model = foreign.changing(17);
    model.getOpsetImportBuilder(0).setDomain("ai.onnx");
    model.getGraphBuilder().getNodeBuilderList().forEach(n -> n.setDomain("ai.onnx"));
    assertEquals(
        OnnxFile.decode(model.build().toByteArray(), "m").nodes(),
        OnnxFile.decode(foreign.changing(17).build().toByteArray(), "m").nodes());
  }

  private Onnx.ModelProto.Builder softmax(int opset, Onnx.AttributeProto... axis) {
    Onnx.ModelProto.Builder model = Protos.model(opset);
    Onnx.GraphProto.Builder g = model.getGraphBuilder();
    g.addInput(value("x", FLOAT, -1, 3, 2));
    g.addNode(node("Softmax", List.of("x"), List.of("s"), axis));
    g.addNode(node("Flatten", List.of("s"), List.of("y")));
    g.addOutput(value("y", FLOAT, -1, 6));
    return model;
  }

  @Test
  void theSoftmaxOfOldOperatorSetsMeansWhatItMeant() {
    sameEverywhere(softmax(11, integer("axis", 2)).build().toByteArray(), 3, 2);
    sameEverywhere(softmax(13).build().toByteArray(), 3, 2);
    sameEverywhere(softmax(13, integer("axis", 1)).build().toByteArray(), 3, 2);
    String said = refused(softmax(11));
    assertTrue(said.contains("Softmax `the_s`") && said.contains("opset_version"), said);
  }

  // ---- precision

  @ParameterizedTest
  @ValueSource(ints = {HALF, DOUBLE, BFLOAT})
  void otherPrecisionsBecomeFloat32AndTheirCastsGo(int type) {
    Onnx.ModelProto.Builder model = Protos.model(17);
    Onnx.GraphProto.Builder g = model.getGraphBuilder();
    g.addInput(value("x", FLOAT, -1, 6));
    g.addInitializer(weight("fc.weight", type, random, 6, 4));
    g.addInitializer(weight("fc.bias", type, random, 4));
    g.addNode(node("Cast", List.of("x"), List.of("xh"), integer("to", type)));
    g.addNode(node("MatMul", List.of("xh", "fc.weight"), List.of("m")));
    g.addNode(node("Add", List.of("m", "fc.bias"), List.of("a")));
    g.addNode(node("Cast", List.of("a"), List.of("af"), integer("to", FLOAT)));
    g.addNode(node("Relu", List.of("af"), List.of("y")));
    g.addOutput(value("y", FLOAT, -1, 4));
    Graph graph = OnnxFile.decode(model.build().toByteArray(), "half.onnx");
    assertEquals(List.of("MatMul", "Add", "Relu"), operators(graph));
    assertEquals(List.of("fc.weight", "fc.bias"), Parameters.of(graph));
    if (type != BFLOAT) {
      // ONNX Runtime multiplies no bfloat16 on a CPU.
      sameEverywhere(exactly(model, type), 6);
    }
  }

  /** Inputs of a few bits, so that half precision's products are exact. */
  private static byte[] exactly(Onnx.ModelProto.Builder model, int type) {
    if (type == HALF) {
      Onnx.TensorProto.Builder weight = model.getGraphBuilder().getInitializerBuilder(0);
      byte[] raw = weight.getRawData().toByteArray();
      // The exponent alone is kept: powers of two times what comes in.
      for (int i = 0; i < raw.length; i += 2) {
        raw[i] = 0;
        raw[i + 1] &= (byte) 0xfc;
      }
      weight.setRawData(org.nd4j.shade.protobuf.ByteString.copyFrom(raw));
    }
    return model.build().toByteArray();
  }

  // ---- training mode

  @ParameterizedTest
  @ValueSource(ints = {11, 13, 14, 17})
  void trainingModeGivesWayToTheDeployedForm(int opset) {
    Graph graph = OnnxFile.decode(foreign.training(opset, false).build().toByteArray(), "m");
    assertEquals(List.of("BatchNormalization", "Dropout", "Gemm"), operators(graph));
    assertEquals(1, graph.outputs().size());
    assertTrue(graph.nodes().stream().allMatch(n -> n.outputs().size() == 1));
    assertEquals(List.of("bn.weight", "bn.bias", "fc.weight"), Parameters.of(graph));
    // Written in its deployed form, it is a file that everything reads alike.
    sameEverywhere(OnnxFile.encode(graph), 4);
  }

  @Test
  void statisticsThatAreReadCannotBeLeftOut() {
    String said = refused(foreign.training(17, true));
    assertTrue(said.contains("the_other") && said.contains("statistics"), said);
  }

  // ---- functions and branches

  @Test
  void functionsOfTheFileAreWrittenOut() {
    Graph graph = sameEverywhere(foreign.functions().build().toByteArray(), 6);
    assertEquals(List.of("Gemm", "LeakyRelu", "Gemm", "LeakyRelu", "Relu"), operators(graph));
    assertEquals(0.25f, graph.nodes().get(1).real("alpha", 0));
    assertFalse(graph.nodes().get(3).attributes().containsKey("alpha"), "it has no default");
    assertEquals(List.of("fc1.weight", "fc1.bias", "fc2.weight"), Parameters.of(graph));
  }

  @Test
  void functionsThatCallThemselvesOrExplodeAreRefused() {
    Onnx.ModelProto.Builder self = foreign.functions();
    self.getFunctionsBuilder(0)
        .addNode(Foreign.call("Two", List.of("t", "w", "b", "w"), List.of("u")));
    assertTrue(refused(self).contains("calls itself"));

    Onnx.ModelProto.Builder bomb = foreign.functions();
    bomb.getFunctionsBuilder(0).setName("F0");
    for (int i = 1; i < 30; i++) {
      Onnx.FunctionProto.Builder f =
          Foreign.function("F" + i, 17).addAllInput(List.of("in", "w", "b")).addOutput("out");
      for (int k = 0; k < 4; k++) {
        f.addNode(
            Foreign.call(
                "F" + (i - 1), List.of("in", "w", "b"), List.of(k == 0 ? "out" : "o" + k)));
      }
      bomb.addFunctions(f);
    }
    bomb.getFunctionsBuilder(1)
        .clearNode()
        .addNode(Foreign.call("F29", List.of("in", "w1", "b1"), List.of("out")));
    assertTrue(refused(bomb).contains("too many nodes"));

    Onnx.ModelProto.Builder other = foreign.functions();
    other.getFunctionsBuilder(0).getOpsetImportBuilder(0).setVersion(12);
    assertTrue(refused(other).contains("another operator set"));
  }

  @Test
  void theBranchThatIsAlwaysTakenStays() {
    assertEquals(
        List.of("Squeeze", "Gemm"),
        operators(sameEverywhere(foreign.branching(1).build().toByteArray(), 6, 1)));
    assertEquals(
        List.of("Flatten", "Mul", "Gemm"),
        operators(sameEverywhere(foreign.branching(7).build().toByteArray(), 6, 1)));
  }

  @Test
  void aBranchChosenByTheDataOrTheBatchIsRefused() {
    Onnx.ModelProto.Builder byBatch = foreign.branching(2);
    byBatch.getGraphBuilder().getInitializerBuilder(0).setInt64Data(0, 0);
    String said = refused(byBatch);
    assertTrue(said.contains("the_flat (If)") && said.contains("by the data"), said);
  }

  @Test
  void branchesInBranchesAreTaken() {
    Onnx.ModelProto.Builder model = foreign.branching(1);
    Onnx.GraphProto.Builder g = model.getGraphBuilder();
    Onnx.NodeProto inner = g.getNode(4);
    Onnx.GraphProto.Builder around =
        Onnx.GraphProto.newBuilder()
            .addNode(inner.toBuilder().setOutput(0, "inner").setName("inner"))
            .addOutput(value("inner", FLOAT, -1, 6));
    g.setNode(
        4,
        node(
            "If",
            List.of("is_one"),
            List.of("flat"),
            Protos.graph("then_branch", around),
            Protos.graph("else_branch", around)));
    assertEquals(
        List.of("Squeeze", "Gemm"), operators(sameEverywhere(model.build().toByteArray(), 6, 1)));
  }

  // ---- outputs

  @Test
  void theFirstRowOfNumbersIsWhatIsTrainedAndAllOutputsStay() {
    Onnx.ModelProto.Builder model = foreign.changing(17);
    Onnx.GraphProto.Builder g = model.getGraphBuilder();
    g.addNode(
        node("ArgMax", List.of("y"), List.of("label"), integer("axis", 1), integer("keepdims", 0)));
    g.addNode(node("Softmax", List.of("y"), List.of("probabilities")));
    // What no output depends on is left out, known or not.
    List<Onnx.ValueInfoProto> outputs =
        List.of(
            value("c", FLOAT, -1, 3, 8, 8),
            value("y", FLOAT, -1, 5),
            value("probabilities", FLOAT, -1, 5));
    g.clearOutput().addAllOutput(outputs);
    Graph graph = OnnxFile.decode(model.build().toByteArray(), "m");
    assertEquals(
        List.of("c", "y", "probabilities"), graph.outputs().stream().map(o -> o.name()).toList());
    assertEquals("y", graph.prediction().name());
    try (Runtime runtime = Runtime.of(graph, 1)) {
      assertEquals(5, runtime.run(new float[4 * 6 * 6], 1).length);
      assertEquals("y", runtime.output());
    }
  }

  // ---- open dimensions

  @Test
  void openDimensionsAreNamedOrFilled(@TempDir Path folder) throws Exception {
    String said = refused(foreign.open(-1, 3, -1, -1));
    assertTrue(said.contains("dimension 2 and 3 is open"), said);
    assertTrue(said.contains("input image") && said.contains("with input 3x32x32"), said);
    Path file = folder.resolve("open.onnx");
    Files.write(file, foreign.open(-1, 3, -1, -1).build().toByteArray());
    assertEquals(List.of(-1L, 3L, 9L, 8L), OnnxFile.readFor(file, 3, 9, 8).inputs().get(0).shape());
    assertEquals(
        List.of(-1L, 3L, 7L, 7L), OnnxFile.readWithInput(file, 3, 7, 7).inputs().get(0).shape());
    EspalierException e =
        assertThrows(EspalierException.class, () -> OnnxFile.readFor(file, 1, 28, 28));
    assertTrue(e.getMessage().contains("3×?×?"), e.getMessage());
  }

  @Test
  void fixedSizesChangeOnlyWhereTheGraphAllows(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("fixed.onnx");
    Files.write(file, foreign.open(-1, 3, 16, 16).build().toByteArray());
    assertEquals(
        List.of(-1L, 3L, 16L, 16L), OnnxFile.readFor(file, 3, 9, 9).inputs().get(0).shape());
    assertEquals(
        List.of(-1L, 3L, 9L, 9L), OnnxFile.readWithInput(file, 3, 9, 9).inputs().get(0).shape());
    for (long[] wrong : new long[][] {{1, 16, 16}, {3, 2, 2}, {3, 0, 9}, {48}}) {
      EspalierException e =
          assertThrows(EspalierException.class, () -> OnnxFile.readWithInput(file, wrong));
      assertTrue(e.getMessage().contains("fixed.onnx"), e.getMessage());
    }
    Path dense = folder.resolve("dense.onnx");
    OnnxFile.write(Networks.lenet5(1), dense);
    EspalierException e =
        assertThrows(EspalierException.class, () -> OnnxFile.readWithInput(dense, 1, 32, 32));
    assertTrue(e.getMessage().contains("fc1"), e.getMessage());
  }
}
