package dev.espalier.engine.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.measure.Runtime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import onnx.Onnx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

class HostileFilesTest {
  @TempDir Path folder;

  private static final byte[] MLP = OnnxFile.encode(Networks.mlp(1, 6, 5, 4));

  /** The file of a small network after {@code change}. */
  private static byte[] changed(Consumer<Onnx.ModelProto.Builder> change) {
    try {
      Onnx.ModelProto.Builder model = Onnx.ModelProto.parseFrom(MLP).toBuilder();
      change.accept(model);
      return model.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertRefused(byte[] bytes, String... parts) {
    EspalierException e =
        assertThrows(EspalierException.class, () -> OnnxFile.decode(bytes, "bad.onnx"));
    assertTrue(e.getMessage().contains("bad.onnx"), e.getMessage());
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), part + " is missing in: " + e.getMessage());
    }
    assertEquals(EspalierException.Blame.PROGRAM, e.blame());
  }

  private static void assertRefused(Consumer<Onnx.ModelProto.Builder> change, String... parts) {
    assertRefused(changed(change), parts);
  }

  @Test
  void filesCutShortAreRefusedWhereverTheyAreCut() {
    for (int length = 0; length < MLP.length; length++) {
      byte[] cut = Arrays.copyOf(MLP, length);
      assertThrows(EspalierException.class, () -> OnnxFile.decode(cut, "bad.onnx"));
    }
  }

  @Test
  void whatIsNoOnnxFileIsRefused() {
    assertRefused(new byte[0], "empty");
    assertRefused("just some text, no model".getBytes(StandardCharsets.UTF_8));
    assertRefused(new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0, 8, 0}, "ONNX file");
    byte[] zeros = new byte[1000];
    assertRefused(zeros, "ONNX file");
  }

  @Test
  void aMissingFileAndAFolderAreRefused() {
    for (Path path : List.of(folder.resolve("none.onnx"), folder)) {
      EspalierException e = assertThrows(EspalierException.class, () -> OnnxFile.read(path));
      assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
    }
  }

  @Test
  void sizesThatDisagreeWithTheShapeAreRefused() {
    assertRefused(
        m -> m.getGraphBuilder().getInitializerBuilder(0).setDims(0, 7),
        "weight fc1.weight",
        "needs 168 bytes; the file has 120");
    assertRefused(
        m ->
            m.getGraphBuilder()
                .getInitializerBuilder(1)
                .clearRawData()
                .addAllFloatData(List.of(1f, 2f)),
        "weight fc1.bias",
        "needs 5 values; the file has 2");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -5, Long.MIN_VALUE})
  void negativeDimensionsAreRefused(long dim) {
    assertRefused(
        m -> m.getGraphBuilder().getInitializerBuilder(0).setDims(0, dim), "negative dimension");
  }

  @Test
  void hugeSizesAreRefusedBeforeAnythingIsAllocated() {
    for (long dim : new long[] {1L << 30, 1L << 31, 1L << 40, Long.MAX_VALUE}) {
      assertRefused(
          m -> m.getGraphBuilder().getInitializerBuilder(0).setDims(0, dim).setDims(1, dim),
          "weight fc1.weight",
          "too large");
    }
    // Zero times anything is zero, but not the way to get past the bound.
    assertRefused(
        m -> m.getGraphBuilder().getInitializerBuilder(0).setDims(0, Long.MAX_VALUE).setDims(1, 0));
    assertRefused(
        m ->
            m.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(1)
                .setDimValue(Long.MAX_VALUE),
        "input");
    assertRefused(
        m -> {
          Onnx.TensorProto weight = m.getGraph().getInitializer(0);
          m.getGraphBuilder()
              .removeInitializer(0)
              .addSparseInitializer(
                  Onnx.SparseTensorProto.newBuilder()
                      .setValues(
                          Onnx.TensorProto.newBuilder()
                              .setName(weight.getName())
                              .setDataType(1)
                              .addDims(1)
                              .addFloatData(1))
                      .setIndices(
                          Onnx.TensorProto.newBuilder().setDataType(7).addDims(1).addInt64Data(0))
                      .addDims(1 << 20)
                      .addDims(1 << 9));
        },
        "too large when unfolded");
  }

  @Test
  void claimsOfTwoGigabytesAreRefused() {
    // ir_version 8; then a graph, or an unknown field, of 2^31 - 1, 2^31 or -1 bytes.
    for (int tag : new int[] {0x3a, 0x7a}) {
      for (long length : new long[] {Integer.MAX_VALUE, 1L << 31, 0xffffffffL, -1}) {
        ByteBuffer file = ByteBuffer.allocate(40).put(new byte[] {8, 8, (byte) tag});
        long rest = length;
        while ((rest & ~0x7fL) != 0) {
          file.put((byte) ((rest & 0x7f) | 0x80));
          rest >>>= 7;
        }
        file.put((byte) rest);
        assertRefused(file.array(), "ONNX file");
      }
    }
  }

  @Test
  void typesThatAreNotSupportedAreNamed() {
    assertRefused(
        m -> m.getGraphBuilder().getInitializerBuilder(0).setDataType(8), "string", "fc1.weight");
    assertRefused(m -> m.getGraphBuilder().getInitializerBuilder(0).setDataType(14), "complex64");
    assertRefused(m -> m.getGraphBuilder().getInitializerBuilder(0).setDataType(99), "number 99");
  }

  @Test
  void operatorsThatAreNotKnownAreNamedWithTheirNode() {
    assertRefused(
        m -> m.getGraphBuilder().getNodeBuilder(1).setOpType("NonMaxSuppression"),
        "NonMaxSuppression",
        "relu1");
    assertRefused(
        m -> m.getGraphBuilder().getNodeBuilder(1).setDomain("com.example"),
        "com.example.Relu",
        "relu1");
    assertRefused(
        m ->
            m.getGraphBuilder()
                .getNodeBuilder(1)
                .setOpType("If")
                .addAttribute(
                    Onnx.AttributeProto.newBuilder()
                        .setName("then_branch")
                        .setType(Onnx.AttributeProto.AttributeType.GRAPH)
                        .setG(Onnx.GraphProto.newBuilder().setName("branch"))),
        "If",
        "relu1",
        "control flow");
  }

  @Test
  void operatorSetsOutOfRangeAreRefused() {
    assertRefused(m -> m.getOpsetImportBuilder(0).setVersion(9), "operator set 9", "11");
    assertRefused(m -> m.getOpsetImportBuilder(0).setVersion(999), "operator set 999");
    assertRefused(m -> m.clearOpsetImport(), "no operator set");
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 12, 13, 15, 17, 18, 19, 20, 21, 22, 23, 24})
  void everyOperatorSetThatIsReadRunsAsWritten(int opset) {
    Graph graph = OnnxFile.decode(changed(m -> m.getOpsetImportBuilder(0).setVersion(opset)), "m");
    assertEquals(opset, graph.opset());
    try (Runtime runtime = Runtime.of(graph, 1)) {
      assertEquals(4, runtime.run(new float[6], 1).length);
    }
  }

  @Test
  void graphsThatDoNotHangTogetherAreRefused() {
    assertRefused(
        m -> m.getGraphBuilder().getNodeBuilder(2).setInput(0, "nowhere"), "`nowhere`", "fc2");
    assertRefused(m -> m.getGraphBuilder().getOutputBuilder(0).setName("nowhere"), "nowhere");
    assertRefused(
        m -> m.getGraphBuilder().getNodeBuilder(1).setOutput(0, "fc1.out"), "made twice", "relu1");
    assertRefused(m -> m.getGraphBuilder().clearInput(), "has no input");
    assertRefused(m -> m.getGraphBuilder().clearOutput(), "no output");
    assertRefused(m -> m.getGraphBuilder().clearNode(), "no nodes");
    assertRefused(
        m -> m.getGraphBuilder().addInitializer(m.getGraph().getInitializer(0)), "same name");
    assertRefused(
        m -> m.getGraphBuilder().getNodeBuilder(0).setInput(0, "relu1.out"), "cycle", "node");
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    assertRefused(
        m ->
            m.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(1)
                .setDimValue(7),
        "fc1");
    assertRefused(
        m ->
            m.getGraphBuilder()
                .getOutputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(1)
                .setDimValue(9),
        "output logits",
        "not what the model computes");
  }

  @Test
  void nodesInAnyOrderAndWithoutNamesAreReadInOrder() {
    byte[] shuffled =
        changed(
            m -> {
              List<Onnx.NodeProto> nodes = m.getGraph().getNodeList();
              m.getGraphBuilder()
                  .clearNode()
                  .addNode(nodes.get(2).toBuilder().clearName())
                  .addNode(nodes.get(0).toBuilder().clearName())
                  .addNode(nodes.get(1).toBuilder().clearName());
            });
    Graph graph = OnnxFile.decode(shuffled, "m");
    assertEquals(List.of("fc1", "relu_1", "fc2"), graph.nodes().stream().map(Node::name).toList());
  }

  @Test
  void weightsListedAsInputsAreWeights() {
    byte[] old =
        changed(
            m ->
                m.getGraphBuilder()
                    .addInput(
                        Onnx.ValueInfoProto.newBuilder()
                            .setName("fc1.weight")
                            .setType(
                                Onnx.TypeProto.newBuilder()
                                    .setTensorType(
                                        Onnx.TypeProto.Tensor.newBuilder().setElemType(1)))));
    assertEquals(1, OnnxFile.decode(old, "m").inputs().size());
  }

  @Test
  void otherPrecisionsAndTypedFieldsGiveTheSameWeights() {
    float[] exact = {1, -2, 0.5f, 0.125f, -0.25f};
    for (int type : new int[] {1, 10, 11, 16}) {
      for (boolean raw : new boolean[] {true, false}) {
        byte[] bytes =
            changed(
                m -> {
                  Onnx.TensorProto.Builder t =
                      m.getGraphBuilder().getInitializerBuilder(1).clearRawData();
                  t.setDataType(type);
                  ByteBuffer buffer = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
                  short[] half = {0x3c00, (short) 0xc000, 0x3800, 0x3000, (short) 0xb400};
                  for (int i = 0; i < exact.length; i++) {
                    int brain = Float.floatToIntBits(exact[i]) >>> 16;
                    switch (type) {
                      case 1 -> {
                        buffer.putFloat(exact[i]);
                        t.addFloatData(exact[i]);
                      }
                      case 11 -> {
                        buffer.putDouble(exact[i]);
                        t.addDoubleData(exact[i]);
                      }
                      case 10 -> {
                        buffer.putShort(half[i]);
                        t.addInt32Data(half[i] & 0xffff);
                      }
                      default -> {
                        buffer.putShort((short) brain);
                        t.addInt32Data(brain);
                      }
                    }
                  }
                  if (raw) {
                    t.clearFloatData().clearDoubleData().clearInt32Data();
                    t.setRawData(ByteString.copyFrom(buffer.array(), 0, buffer.position()));
                  }
                });
        assertEquals(
            Arrays.toString(exact),
            Arrays.toString(OnnxFile.decode(bytes, "m").tensor("fc1.bias").floats()));
      }
    }
  }

  @Test
  void halfPrecisionIsReadExactly() {
    assertEquals(0x1p-24f, Tensors.fromHalf((short) 1));
    assertEquals(-0x1p-14f, Tensors.fromHalf((short) 0x8400));
    assertEquals(65504f, Tensors.fromHalf((short) 0x7bff));
    assertEquals(Float.NEGATIVE_INFINITY, Tensors.fromHalf((short) 0xfc00));
    assertTrue(Float.isNaN(Tensors.fromHalf((short) 0x7e00)));
    assertEquals(Float.floatToIntBits(-0f), Float.floatToIntBits(Tensors.fromHalf((short) 0x8000)));
  }

  @Test
  void sparseWeightsAreUnfolded() {
    for (boolean flat : new boolean[] {true, false}) {
      byte[] bytes =
          changed(
              m -> {
                Onnx.TensorProto.Builder indices = Onnx.TensorProto.newBuilder().setDataType(7);
                if (flat) {
                  indices.addDims(2).addAllInt64Data(List.of(1L, 29L));
                } else {
                  indices.addDims(2).addDims(2).addAllInt64Data(List.of(0L, 1L, 4L, 5L));
                }
                m.getGraphBuilder()
                    .removeInitializer(0)
                    .addSparseInitializer(
                        Onnx.SparseTensorProto.newBuilder()
                            .setValues(
                                Onnx.TensorProto.newBuilder()
                                    .setName("fc1.weight")
                                    .setDataType(1)
                                    .addDims(2)
                                    .addAllFloatData(List.of(3f, 4f)))
                            .setIndices(indices)
                            .addDims(5)
                            .addDims(6));
              });
      float[] expected = new float[30];
      expected[1] = 3;
      expected[29] = 4;
      assertEquals(
          Arrays.toString(expected),
          Arrays.toString(OnnxFile.decode(bytes, "m").tensor("fc1.weight").floats()));
    }
  }

  @Test
  void constantsAndSharedWeightsBecomeWeightsOfTheirOwn() {
    byte[] bytes =
        changed(
            m -> {
              Onnx.GraphProto.Builder g = m.getGraphBuilder();
              Onnx.TensorProto bias = g.getInitializer(1);
              g.removeInitializer(1);
              g.addNode(
                  Onnx.NodeProto.newBuilder()
                      .setOpType("Constant")
                      .addOutput("bias")
                      .addAttribute(
                          Onnx.AttributeProto.newBuilder()
                              .setName("value")
                              .setType(Onnx.AttributeProto.AttributeType.TENSOR)
                              .setT(bias)));
              g.addNode(
                  Onnx.NodeProto.newBuilder()
                      .setOpType("Identity")
                      .addInput("bias")
                      .addOutput("fc1.bias"));
            });
    Graph graph = OnnxFile.decode(bytes, "m");
    assertEquals(Networks.mlp(1, 6, 5, 4).tensor("fc1.bias"), graph.tensor("fc1.bias"));
    assertEquals(3, graph.nodes().size());
    assertTrue(!graph.hasWeight("bias"), "what nothing reads any more is dropped");
  }

  private byte[] external(String location, String offset, String length) {
    return changed(
        m -> {
          Onnx.TensorProto.Builder t =
              m.getGraphBuilder()
                  .getInitializerBuilder(1)
                  .clearRawData()
                  .setDataLocation(Onnx.TensorProto.DataLocation.EXTERNAL);
          String[] entries = {"location", location, "offset", offset, "length", length};
          for (int i = 0; i < entries.length; i += 2) {
            if (!entries[i + 1].isEmpty()) {
              t.addExternalData(
                  Onnx.StringStringEntryProto.newBuilder()
                      .setKey(entries[i])
                      .setValue(entries[i + 1]));
            }
          }
        });
  }

  private EspalierException refusedFile(byte[] bytes) throws IOException {
    Path file = folder.resolve("model.onnx");
    Files.write(file, bytes);
    EspalierException e = assertThrows(EspalierException.class, () -> OnnxFile.read(file));
    assertTrue(e.getMessage().contains("weight fc1.bias"), e.getMessage());
    return e;
  }

  @Test
  void externalDataIsReadFromTheModelsFolder() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 7; i++) {
      data.putFloat(i);
    }
    Files.createDirectory(folder.resolve("data"));
    Files.write(folder.resolve("data/weights.bin"), data.array());
    Files.write(folder.resolve("model.onnx"), external("data/weights.bin", "8", "20"));
    assertEquals(
        "[2.0, 3.0, 4.0, 5.0, 6.0]",
        Arrays.toString(OnnxFile.read(folder.resolve("model.onnx")).tensor("fc1.bias").floats()));
  }

  @Test
  void externalDataOutsideTheFolderIsRefused() throws IOException {
    Path inside = Files.createDirectory(folder.resolve("inside"));
    Path secret = folder.resolve("secret");
    Files.write(secret, new byte[100]);
    for (String location :
        new String[] {
          "../secret", "a/../../secret", secret.toString(), "..\\secret", "", "link", "nul\0byte"
        }) {
      if (location.equals("link")) {
        Files.createSymbolicLink(inside.resolve("link"), secret);
      }
      Path file = inside.resolve("model.onnx");
      Files.write(file, external(location, "0", "20"));
      EspalierException e = assertThrows(EspalierException.class, () -> OnnxFile.read(file));
      assertTrue(e.getMessage().contains("weight fc1.bias"), e.getMessage());
    }
  }

  @Test
  void externalDataIsHeldToItsBounds() throws IOException {
    Files.write(folder.resolve("w"), new byte[30]);
    assertTrue(refusedFile(external("w", "11", "20")).getMessage().contains("beyond the end"));
    assertTrue(
        refusedFile(external("w", Long.toString(Long.MAX_VALUE), "20"))
            .getMessage()
            .contains("beyond the end"));
    assertTrue(refusedFile(external("w", "-1", "20")).getMessage().contains("no number"));
    assertTrue(refusedFile(external("w", "x", "20")).getMessage().contains("no number"));
    assertTrue(refusedFile(external("w", "0", "24")).getMessage().contains("disagrees"));
    assertTrue(refusedFile(external("none", "0", "20")).getMessage().contains("missing"));
    Files.createDirectory(folder.resolve("d"));
    assertTrue(refusedFile(external("d", "0", "20")).getMessage().contains("no regular file"));
  }

  @Test
  void externalDataNeedsAFile() {
    assertRefused(external("w", "0", "20"), "weight fc1.bias", "another file");
  }
}
