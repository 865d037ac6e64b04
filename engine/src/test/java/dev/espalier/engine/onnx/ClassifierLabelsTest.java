package dev.espalier.engine.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.operator.Shapes;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.prune.Pruned;
import dev.espalier.engine.prune.Pruner;
import dev.espalier.engine.train.TrainSettings;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import onnx.Onnx;
import org.junit.jupiter.api.Test;
import org.nd4j.shade.protobuf.ByteString;

/** Classifiers as skl2onnx writes scikit-learn's MLPClassifier behind a StandardScaler. */
class ClassifierLabelsTest {
  private static final String ML = "ai.onnx.ml";
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int WORDS = 8;
  private static final float[] X = {0.5f, -1, 2, 0.1f, 3, 0.2f, -0.4f, 1};

  private static final SplittableRandom RANDOM = new SplittableRandom(11);

  private static Onnx.TensorProto floats(String name, long... shape) {
    Onnx.TensorProto.Builder tensor =
        Onnx.TensorProto.newBuilder().setName(name).setDataType(FLOAT);
    long size = 1;
    for (long d : shape) {
      tensor.addDims(d);
      size *= d;
    }
    for (long i = 0; i < size; i++) {
      tensor.addFloatData((float) (RANDOM.nextDouble() - 0.5));
    }
    return tensor.build();
  }

  private static Onnx.NodeProto.Builder node(String type, String output, String... inputs) {
    return Onnx.NodeProto.newBuilder()
        .setName(output)
        .setOpType(type)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private static Onnx.AttributeProto integer(String name, long value) {
    return Onnx.AttributeProto.newBuilder()
        .setName(name)
        .setType(Onnx.AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static Onnx.AttributeProto reals(String name, float... values) {
    Onnx.AttributeProto.Builder out =
        Onnx.AttributeProto.newBuilder()
            .setName(name)
            .setType(Onnx.AttributeProto.AttributeType.FLOATS);
    for (float v : values) {
      out.addFloats(v);
    }
    return out.build();
  }

  private static Onnx.ValueInfoProto value(String name, int type, long... sample) {
    Onnx.TensorShapeProto.Builder shape =
        Onnx.TensorShapeProto.newBuilder()
            .addDim(Onnx.TensorShapeProto.Dimension.newBuilder().setDimParam("n"));
    for (long d : sample) {
      shape.addDim(Onnx.TensorShapeProto.Dimension.newBuilder().setDimValue(d));
    }
    return Onnx.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            Onnx.TypeProto.newBuilder()
                .setTensorType(
                    Onnx.TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
        .build();
  }

  /** Three classes of four features. */
  private static byte[] exported(boolean words) {
    Onnx.TensorProto.Builder classes = Onnx.TensorProto.newBuilder().setName("classes").addDims(3);
    Onnx.AttributeProto.Builder labels = Onnx.AttributeProto.newBuilder();
    if (words) {
      classes.setDataType(WORDS);
      labels.setName("classlabels_strings").setType(Onnx.AttributeProto.AttributeType.STRINGS);
      for (String word : List.of("ash", "elm", "yew")) {
        classes.addStringData(ByteString.copyFromUtf8(word));
        labels.addStrings(ByteString.copyFromUtf8(word));
      }
    } else {
      classes.setDataType(INT64).addAllInt64Data(List.of(10L, 20L, 30L));
      labels
          .setName("classlabels_int64s")
          .setType(Onnx.AttributeProto.AttributeType.INTS)
          .addAllInts(List.of(10L, 20L, 30L));
    }
    Onnx.TypeProto.Builder map =
        Onnx.TypeProto.newBuilder()
            .setMapType(
                Onnx.TypeProto.Map.newBuilder()
                    .setKeyType(words ? WORDS : INT64)
                    .setValueType(
                        Onnx.TypeProto.newBuilder()
                            .setTensorType(Onnx.TypeProto.Tensor.newBuilder().setElemType(FLOAT))));
    Onnx.GraphProto.Builder graph =
        Onnx.GraphProto.newBuilder()
            .setName("mlp")
            .addInput(value("X", FLOAT, 4))
            .addInitializer(classes)
            .addInitializer(floats("w1", 4, 6))
            .addInitializer(floats("b1", 1, 6))
            .addInitializer(floats("w2", 6, 3))
            .addInitializer(floats("b2", 1, 3))
            .addInitializer(
                Onnx.TensorProto.newBuilder()
                    .setName("flat")
                    .setDataType(INT64)
                    .addDims(1)
                    .addInt64Data(-1))
            .addNode(
                node("Scaler", "scaled", "X")
                    .setDomain(ML)
                    .addAttribute(reals("offset", 0.1f, 0.2f, 0.3f, 0.4f))
                    .addAttribute(reals("scale", 2, 0.5f, 1, 1.5f)))
            .addNode(node("MatMul", "m1", "scaled", "w1"))
            .addNode(node("Add", "a1", "m1", "b1"))
            .addNode(node("Relu", "r1", "a1"))
            .addNode(node("MatMul", "m2", "r1", "w2"))
            .addNode(node("Add", "a2", "m2", "b2"))
            .addNode(node("Softmax", "probabilities", "a2").addAttribute(integer("axis", 1)))
            .addNode(node("ArgMax", "best", "probabilities").addAttribute(integer("axis", 1)))
            .addNode(node("ArrayFeatureExtractor", "label", "classes", "best").setDomain(ML))
            .addNode(node("Reshape", "output_label", "label", "flat"))
            .addNode(
                node("ZipMap", "output_probability", "probabilities")
                    .setDomain(ML)
                    .addAttribute(labels))
            .addOutput(value("output_label", words ? WORDS : INT64))
            .addOutput(
                Onnx.ValueInfoProto.newBuilder()
                    .setName("output_probability")
                    .setType(
                        Onnx.TypeProto.newBuilder()
                            .setSequenceType(
                                Onnx.TypeProto.Sequence.newBuilder().setElemType(map))));
    return Onnx.ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(Onnx.OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
        .addOpsetImport(Onnx.OperatorSetIdProto.newBuilder().setDomain(ML).setVersion(1))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static Object run(byte[] model, String output) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model);
        OnnxTensor x =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(X), new long[] {2, 4});
        OrtSession.Result result = session.run(Map.of("X", x))) {
      return result.get(output).orElseThrow().getValue();
    }
  }

  @Test
  void probabilitiesAreTrainedAndLabelsThatAreNumbersStay() throws OrtException {
    byte[] file = exported(false);
    Graph graph = OnnxFile.decode(file, "mlp.onnx");
    assertEquals(
        List.of("output_label", "probabilities"),
        graph.outputs().stream().map(ValueInfo::name).toList());
    assertEquals("probabilities", graph.prediction().name());
    assertEquals(List.of(-1L, 3L), graph.prediction().shape());
    assertArrayEquals(new long[] {5}, Shapes.infer(graph, 5).of("output_label"));
    byte[] again = OnnxFile.encode(graph);
    assertArrayEquals((long[]) run(file, "output_label"), (long[]) run(again, "output_label"));
    Pruned half =
        Pruner.prune(
            graph,
            PruneSpec.channels(0.5),
            TrainSettings.epochs(1),
            Optional.empty(),
            Environment.standard(),
            Progress.NONE);
    byte[] small = OnnxFile.encode(half.graph());
    long[] label = (long[]) run(small, "output_label");
    float[][] probabilities = (float[][]) run(small, "probabilities");
    for (int i = 0; i < 2; i++) {
      int best = 0;
      for (int k = 0; k < 3; k++) {
        best = probabilities[i][k] > probabilities[i][best] ? k : best;
      }
      assertEquals(10L * (best + 1), label[i]);
    }
    assertArrayEquals(new long[] {4, 3}, half.graph().tensor("w1").shape());
  }

  @Test
  void labelsThatAreWordsGo() throws OrtException {
    byte[] file = exported(true);
    assertEquals(2, ((String[]) run(file, "output_label")).length);
    Graph graph = OnnxFile.decode(file, "mlp.onnx");
    assertEquals(List.of("probabilities"), graph.outputs().stream().map(ValueInfo::name).toList());
    assertTrue(graph.nodes().stream().noneMatch(n -> n.operator().equals("ArrayFeatureExtractor")));
    float[][] rows = (float[][]) run(OnnxFile.encode(graph), "probabilities");
    assertEquals(1, rows[0][0] + rows[0][1] + rows[0][2], 1e-5);
  }

  @Test
  void otherClassifiersAreRefusedByName() throws Exception {
    Onnx.ModelProto model = Onnx.ModelProto.parseFrom(exported(false));
    Onnx.GraphProto.Builder graph = model.getGraph().toBuilder();
    graph.setNode(0, node("LinearClassifier", "scaled", "X").setDomain(ML));
    byte[] bytes = model.toBuilder().setGraph(graph).build().toByteArray();
    EspalierException e =
        assertThrows(EspalierException.class, () -> OnnxFile.decode(bytes, "mlp.onnx"));
    assertEquals("the operator ai.onnx.ml.LinearClassifier is not known", e.what());
  }
}
