package dev.espalier.engine.onnx;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeSet;
import onnx.Onnx;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/** Turns graphs into ONNX protobuf. */
final class Writer {
  /** What the open dimension of inputs and outputs is called in files. */
  private static final String BATCH = "batch";

  private Writer() {}

  static byte[] bytes(Graph graph) {
    long values = 0;
    for (Map.Entry<String, Weight> weight : graph.weights().entrySet()) {
      if (weight.getValue() instanceof Weight.Value v) {
        values += (long) v.tensor().size() * v.tensor().type().bytes();
      } else {
        throw EspalierException.program(
            "`" + graph.name() + "` is a blueprint; there is no model to write",
            "weight " + weight.getKey(),
            "its weights have no values until it is trained",
            "train it, or distill into it, first");
      }
    }
    if (values > Integer.MAX_VALUE - (64L << 20)) {
      throw EspalierException.program(
          "`" + graph.name() + "` is too large for one ONNX file",
          "",
          "its weights take " + values + " bytes; a file holds at most 2 GB",
          "prune its channels or quantize it first");
    }
    Onnx.ModelProto.Builder model =
        Onnx.ModelProto.newBuilder()
            .setIrVersion(irVersion(graph.opset()))
            .setProducerName("espalier")
            .setGraph(graph(graph));
    model.addOpsetImport(
        Onnx.OperatorSetIdProto.newBuilder().setDomain("").setVersion(graph.opset()));
    TreeSet<String> domains = new TreeSet<>();
    graph.nodes().forEach(n -> domains.add(n.domain()));
    domains.remove("");
    for (String domain : domains) {
      model.addOpsetImport(Onnx.OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1));
    }
    graph
        .metadata()
        .forEach(
            (key, value) ->
                model.addMetadataProps(
                    Onnx.StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return model.build().toByteArray();
  }

  /** The IR version that came with an opset; see onnx/docs/Versioning.md. */
  private static long irVersion(int opset) {
    if (opset <= 14) {
      return 7;
    }
    if (opset <= 18) {
      return 8;
    }
    return opset <= 20 ? 9 : 10;
  }

  private static Onnx.GraphProto graph(Graph graph) {
    Onnx.GraphProto.Builder proto = Onnx.GraphProto.newBuilder();
    // An empty name is refused by the ONNX checker.
    proto.setName(graph.name().isEmpty() ? "model" : graph.name());
    for (Node node : graph.nodes()) {
      proto.addNode(node(node));
    }
    graph
        .weights()
        .forEach(
            (name, weight) ->
                proto.addInitializer(tensor(((Weight.Value) weight).tensor()).setName(name)));
    graph.inputs().forEach(i -> proto.addInput(value(i)));
    graph.outputs().forEach(o -> proto.addOutput(value(o)));
    return proto.build();
  }

  private static Onnx.NodeProto node(Node node) {
    Onnx.NodeProto.Builder proto =
        Onnx.NodeProto.newBuilder()
            .setName(node.name())
            .setOpType(node.operator())
            .setDomain(node.domain())
            .addAllInput(node.inputs())
            .addAllOutput(node.outputs());
    node.attributes().forEach((name, value) -> proto.addAttribute(attribute(name, value)));
    return proto.build();
  }

  private static Onnx.AttributeProto attribute(String name, Attribute value) {
    Onnx.AttributeProto.Builder proto = Onnx.AttributeProto.newBuilder().setName(name);
    if (value instanceof Attribute.Int a) {
      proto.setType(Onnx.AttributeProto.AttributeType.INT).setI(a.value());
    } else if (value instanceof Attribute.Real a) {
      proto.setType(Onnx.AttributeProto.AttributeType.FLOAT).setF(a.value());
    } else if (value instanceof Attribute.Text a) {
      proto
          .setType(Onnx.AttributeProto.AttributeType.STRING)
          .setS(ByteString.copyFromUtf8(a.value()));
    } else if (value instanceof Attribute.Ints a) {
      proto.setType(Onnx.AttributeProto.AttributeType.INTS).addAllInts(a.values());
    } else if (value instanceof Attribute.Reals a) {
      proto.setType(Onnx.AttributeProto.AttributeType.FLOATS).addAllFloats(a.values());
    } else if (value instanceof Attribute.Texts a) {
      proto.setType(Onnx.AttributeProto.AttributeType.STRINGS);
      a.values().forEach(text -> proto.addStrings(ByteString.copyFromUtf8(text)));
    } else if (value instanceof Attribute.Value a) {
      proto.setType(Onnx.AttributeProto.AttributeType.TENSOR).setT(tensor(a.tensor()));
    }
    return proto.build();
  }

  private static Onnx.TensorProto.Builder tensor(Tensor tensor) {
    Onnx.TensorProto.Builder proto =
        Onnx.TensorProto.newBuilder().setDataType(tensor.type().onnxCode());
    for (long d : tensor.shape()) {
      proto.addDims(d);
    }
    ByteBuffer raw =
        ByteBuffer.allocate(Math.multiplyExact(tensor.size(), tensor.type().bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    if (tensor.isFloating()) {
      if (tensor.type() != DataType.FLOAT) {
        throw new IllegalArgumentException("a " + tensor.type() + " tensor cannot be written");
      }
      raw.asFloatBuffer().put(tensor.floats());
    } else {
      long[] values = tensor.longs();
      switch (tensor.type()) {
        case INT64 -> raw.asLongBuffer().put(values);
        case INT32 -> {
          for (long v : values) {
            raw.putInt((int) v);
          }
        }
        case INT8, UINT8, BOOL -> {
          for (long v : values) {
            raw.put((byte) v);
          }
        }
        default ->
            throw new IllegalArgumentException("a " + tensor.type() + " tensor cannot be written");
      }
    }
    return proto.setRawData(UnsafeByteOperations.unsafeWrap(raw.array()));
  }

  private static Onnx.ValueInfoProto value(ValueInfo value) {
    Onnx.TensorShapeProto.Builder shape = Onnx.TensorShapeProto.newBuilder();
    for (long d : value.shape()) {
      shape.addDim(
          d == ValueInfo.DYNAMIC
              ? Onnx.TensorShapeProto.Dimension.newBuilder().setDimParam(BATCH)
              : Onnx.TensorShapeProto.Dimension.newBuilder().setDimValue(d));
    }
    return Onnx.ValueInfoProto.newBuilder()
        .setName(value.name())
        .setType(
            Onnx.TypeProto.newBuilder()
                .setTensorType(
                    Onnx.TypeProto.Tensor.newBuilder()
                        .setElemType(value.type().onnxCode())
                        .setShape(shape)))
        .build();
  }
}
