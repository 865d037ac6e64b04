package dev.espalier.engine.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import onnx.Onnx;
import org.nd4j.shade.protobuf.ByteString;

/** ONNX files written field by field, as other programs write them. */
final class Protos {
  static final int FLOAT = 1;
  static final int INT64 = 7;
  static final int BOOL = 9;
  static final int HALF = 10;
  static final int DOUBLE = 11;
  static final int BFLOAT = 16;

  private Protos() {}

  static Onnx.ModelProto.Builder model(int opset) {
    return Onnx.ModelProto.newBuilder()
        .setIrVersion(opset < 15 ? 7 : 8)
        .addOpsetImport(Onnx.OperatorSetIdProto.newBuilder().setVersion(opset))
        .setGraph(Onnx.GraphProto.newBuilder().setName("foreign"));
  }

  static Onnx.NodeProto node(
      String operator,
      List<String> inputs,
      List<String> outputs,
      Onnx.AttributeProto... attributes) {
    return Onnx.NodeProto.newBuilder()
        .setOpType(operator)
        .setName("the_" + outputs.get(0))
        .addAllInput(inputs)
        .addAllOutput(outputs)
        .addAllAttribute(Arrays.asList(attributes))
        .build();
  }

  static Onnx.AttributeProto ints(String name, long... values) {
    Onnx.AttributeProto.Builder a =
        Onnx.AttributeProto.newBuilder()
            .setName(name)
            .setType(Onnx.AttributeProto.AttributeType.INTS);
    Arrays.stream(values).forEach(a::addInts);
    return a.build();
  }

  static Onnx.AttributeProto integer(String name, long value) {
    return Onnx.AttributeProto.newBuilder()
        .setName(name)
        .setType(Onnx.AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static Onnx.AttributeProto real(String name, float value) {
    return Onnx.AttributeProto.newBuilder()
        .setName(name)
        .setType(Onnx.AttributeProto.AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  static Onnx.AttributeProto graph(String name, Onnx.GraphProto.Builder graph) {
    return Onnx.AttributeProto.newBuilder()
        .setName(name)
        .setType(Onnx.AttributeProto.AttributeType.GRAPH)
        .setG(graph.setName(name))
        .build();
  }

  /** Dimensions below 0 are open. */
  static Onnx.ValueInfoProto value(String name, int type, long... shape) {
    Onnx.TensorShapeProto.Builder dims = Onnx.TensorShapeProto.newBuilder();
    for (int i = 0; i < shape.length; i++) {
      dims.addDim(
          shape[i] < 0
              ? Onnx.TensorShapeProto.Dimension.newBuilder().setDimParam("d" + i)
              : Onnx.TensorShapeProto.Dimension.newBuilder().setDimValue(shape[i]));
    }
    return Onnx.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            Onnx.TypeProto.newBuilder()
                .setTensorType(Onnx.TypeProto.Tensor.newBuilder().setElemType(type).setShape(dims)))
        .build();
  }

  static Onnx.TensorProto whole(String name, long... values) {
    Onnx.TensorProto.Builder t =
        Onnx.TensorProto.newBuilder().setName(name).setDataType(INT64).addDims(values.length);
    Arrays.stream(values).forEach(t::addInt64Data);
    return t.build();
  }

  static Onnx.TensorProto number(String name, float value) {
    return Onnx.TensorProto.newBuilder()
        .setName(name)
        .setDataType(FLOAT)
        .addFloatData(value)
        .build();
  }

  /** Values that float16 and bfloat16 hold exactly: multiples of 1/64 below 2. */
  static float[] exact(SplittableRandom random, int count) {
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = (random.nextInt(255) - 127) / 64f;
    }
    return out;
  }

  /** Such values as a weight of the given floating type. */
  static Onnx.TensorProto weight(String name, int type, SplittableRandom random, long... shape) {
    int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    ByteBuffer raw = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : exact(random, count)) {
      switch (type) {
        case FLOAT -> raw.putFloat(v);
        case DOUBLE -> raw.putDouble(v);
        case BFLOAT -> raw.putShort((short) (Float.floatToIntBits(v) >>> 16));
        default -> raw.putShort(half(v));
      }
    }
    Onnx.TensorProto.Builder t = Onnx.TensorProto.newBuilder().setName(name).setDataType(type);
    Arrays.stream(shape).forEach(t::addDims);
    return t.setRawData(ByteString.copyFrom(raw.array(), 0, raw.position())).build();
  }

  private static short half(float value) {
    int bits = Float.floatToIntBits(value);
    if ((bits & 0x7fffffff) == 0) {
      return (short) (bits >>> 16);
    }
    int exponent = ((bits >>> 23) & 0xff) - 112;
    return (short) (((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 0x3ff));
  }
}
