package dev.espalier.engine.onnx;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import onnx.Onnx;

/**
 * Turns ONNX tensors into {@link Tensor}s: floating types into float32, integer types into
 * themselves. The number of values is checked against the bytes at hand before it is allocated.
 */
final class Tensors {
  /** TensorProto.DataType.BFLOAT16, which {@link DataType} lacks: it is read as float32. */
  private static final int BFLOAT16 = 16;

  /** Values that sparse tensors of one file may unfold to: 256 MB. */
  private static final long MAX_UNFOLDED = 1L << 26;

  private final ExternalData external;
  private long unfolded;

  Tensors(ExternalData external) {
    this.external = external;
  }

  /** The type as it is in memory: FLOAT for each floating type. */
  static DataType type(int onnxCode, String where) {
    return switch (onnxCode) {
      case 1, 10, 11, BFLOAT16 -> DataType.FLOAT;
      case 2 -> DataType.UINT8;
      case 3 -> DataType.INT8;
      case 6 -> DataType.INT32;
      case 7 -> DataType.INT64;
      case 9 -> DataType.BOOL;
      default ->
          throw EspalierException.program(
              "the element type " + typeName(onnxCode) + " is not supported",
              where,
              "these are: float, float16, bfloat16, double, int8, uint8, int32, int64, bool",
              "export the model in float32");
    };
  }

  private static String typeName(int code) {
    Onnx.TensorProto.DataType type = Onnx.TensorProto.DataType.forNumber(code);
    return type == null ? "number " + code : type.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static int bytesPerValue(int code) {
    return switch (code) {
      case 2, 3, 9 -> 1;
      case 10, BFLOAT16 -> 2;
      case 7, 11 -> 8;
      default -> 4;
    };
  }

  Tensor dense(Onnx.TensorProto proto, String where) {
    DataType type = type(proto.getDataType(), where);
    long[] shape = shape(proto.getDimsList(), where);
    long count = count(shape, where);
    if (proto.hasSegment()) {
      throw EspalierException.program(
          "a tensor stored in segments is not supported", where, "", "export the model again");
    }
    if (proto.getDataLocation() == Onnx.TensorProto.DataLocation.EXTERNAL) {
      long bytes = bytes(count, proto.getDataType(), where);
      ExternalData.Part part = external.part(proto.getExternalDataList(), bytes, where);
      Numbers numbers = new Numbers(type, proto.getDataType(), (int) count);
      part.read(numbers::take);
      return numbers.tensor(shape);
    }
    if (!proto.getRawData().isEmpty()) {
      long bytes = bytes(count, proto.getDataType(), where);
      if (bytes != proto.getRawData().size()) {
        throw disagrees(shape, bytes + " bytes", proto.getRawData().size() + " bytes", where);
      }
      Numbers numbers = new Numbers(type, proto.getDataType(), (int) count);
      numbers.take(proto.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
      return numbers.tensor(shape);
    }
    return fromFields(proto, type, shape, count, where);
  }

  /**
   * A sparse tensor, unfolded. Indices are flat, or one row of coordinates a value
   * (SparseTensorProto in onnx.proto).
   */
  Tensor sparse(Onnx.SparseTensorProto proto, String where) {
    long[] shape = shape(proto.getDimsList(), where);
    long count = count(shape, where);
    Tensor values = dense(proto.getValues(), where);
    Tensor indices = dense(proto.getIndices(), where);
    if (indices.type() != DataType.INT64) {
      throw EspalierException.program(
          "the indices of a sparse weight must be int64",
          where,
          "they are " + indices.type(),
          "export the model again");
    }
    boolean flat = indices.rank() == 1;
    int rank = shape.length;
    long wanted = flat ? values.size() : (long) values.size() * rank;
    if (values.rank() != 1
        || indices.rank() < 1
        || indices.rank() > 2
        || indices.size() != wanted
        || (!flat && indices.dim(1) != rank)) {
      throw EspalierException.program(
          "a sparse weight has not one index for each value",
          where,
          "values " + values + ", indices " + indices,
          "export the model again");
    }
    unfolded += count;
    if (unfolded > MAX_UNFOLDED) {
      throw EspalierException.program(
          "the file's sparse weights are too large when unfolded",
          where,
          "shape " + Arrays.toString(shape) + "; at most " + MAX_UNFOLDED + " values in all",
          "export the model with dense weights");
    }
    float[] floats = values.isFloating() ? new float[(int) count] : null;
    long[] longs = values.isFloating() ? null : new long[(int) count];
    for (int i = 0; i < values.size(); i++) {
      long index = 0;
      for (int axis = 0; axis < (flat ? 1 : rank); axis++) {
        long part = indices.longs()[flat ? i : i * rank + axis];
        long bound = flat ? count : shape[axis];
        if (part < 0 || part >= bound) {
          throw EspalierException.program(
              "an index of a sparse weight is out of range",
              where,
              "index " + part + ", bound " + bound,
              "export the model again");
        }
        index = flat ? part : index * shape[axis] + part;
      }
      if (floats != null) {
        floats[(int) index] = values.floats()[i];
      } else {
        longs[(int) index] = values.longs()[i];
      }
    }
    return floats != null
        ? Tensor.ofFloats(shape, floats)
        : Tensor.ofIntegers(values.type(), shape, longs);
  }

  private static long[] shape(List<Long> dims, String where) {
    if (dims.size() > 16) {
      throw EspalierException.program(
          "a tensor with " + dims.size() + " dimensions is not supported",
          where,
          "at most 16 are",
          "export the model again");
    }
    long[] shape = new long[dims.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = dims.get(i);
      if (shape[i] < 0) {
        throw EspalierException.program(
            "a tensor has a negative dimension", where, "shape " + dims, "export the model again");
      }
    }
    return shape;
  }

  private static long count(long[] shape, String where) {
    long count = 1;
    for (long d : shape) {
      // Both factors stay below 2^31, so the product cannot overflow.
      count = d > Integer.MAX_VALUE ? Long.MAX_VALUE : count * d;
      if (count > Integer.MAX_VALUE - 8) {
        throw EspalierException.program(
            "a tensor is too large",
            where,
            "shape " + Arrays.toString(shape) + "; at most 2^31 values are supported",
            "use a smaller model");
      }
    }
    return count;
  }

  private static long bytes(long count, int code, String where) {
    long bytes = count * bytesPerValue(code);
    if (bytes > Integer.MAX_VALUE - 8) {
      throw EspalierException.program(
          "a tensor is too large", where, bytes + " bytes; at most 2 GB", "use a smaller model");
    }
    return bytes;
  }

  private static EspalierException disagrees(
      long[] shape, String needed, String found, String where) {
    return EspalierException.program(
        "a tensor's size disagrees with its shape",
        where,
        "shape " + Arrays.toString(shape) + " needs " + needed + "; the file has " + found,
        "the file is damaged: export the model again");
  }

  /** Numbers on their way from bytes into the one array that a {@link Tensor} is made of. */
  private static final class Numbers {
    private final DataType type;
    private final int code;
    private final float[] floats;
    private final long[] longs;
    private int at;

    Numbers(DataType type, int code, int count) {
      this.type = type;
      this.code = code;
      this.floats = type == DataType.FLOAT ? new float[count] : null;
      this.longs = type == DataType.FLOAT ? null : new long[count];
    }

    Tensor tensor(long... shape) {
      return floats != null
          ? Tensor.ofFloats(shape, floats)
          : Tensor.ofIntegers(type, shape, longs);
    }

    /** Takes whole elements, little-endian, from a buffer's position to its limit. */
    void take(ByteBuffer raw) {
      int count = raw.remaining() / bytesPerValue(code);
      int end = at + count;
      if (code == 1) {
        raw.asFloatBuffer().get(floats, at, count);
        at = end;
      } else if (code == 7) {
        raw.asLongBuffer().get(longs, at, count);
        at = end;
      } else if (floats != null) {
        while (at < end) {
          floats[at++] =
              switch (code) {
                case 11 -> (float) raw.getDouble();
                case BFLOAT16 -> Float.intBitsToFloat(raw.getShort() << 16);
                default -> fromHalf(raw.getShort());
              };
        }
      } else {
        while (at < end) {
          longs[at++] =
              switch (type) {
                case INT32 -> raw.getInt();
                case INT8 -> raw.get();
                case BOOL -> raw.get() != 0 ? 1 : 0;
                default -> raw.get() & 0xff;
              };
        }
      }
    }
  }

  private static Tensor fromFields(
      Onnx.TensorProto proto, DataType type, long[] shape, long count, String where) {
    int code = proto.getDataType();
    int found =
        switch (code) {
          case 1 -> proto.getFloatDataCount();
          case 11 -> proto.getDoubleDataCount();
          case 7 -> proto.getInt64DataCount();
          default -> proto.getInt32DataCount();
        };
    if (found != count) {
      throw disagrees(shape, count + " values", Integer.toString(found), where);
    }
    if (type == DataType.FLOAT) {
      float[] floats = new float[found];
      for (int i = 0; i < found; i++) {
        floats[i] =
            switch (code) {
              case 1 -> proto.getFloatData(i);
              case 11 -> (float) proto.getDoubleData(i);
              case BFLOAT16 -> Float.intBitsToFloat(proto.getInt32Data(i) << 16);
              default -> fromHalf((short) proto.getInt32Data(i));
            };
      }
      return Tensor.ofFloats(shape, floats);
    }
    long[] longs = new long[found];
    for (int i = 0; i < found; i++) {
      long value = code == 7 ? proto.getInt64Data(i) : proto.getInt32Data(i);
      OptionalInt bits = bits(type);
      boolean fits =
          switch (type) {
            case UINT8 -> value >= 0 && value <= 255;
            case BOOL -> value == 0 || value == 1;
            default ->
                bits.isEmpty()
                    || (value >= -(1L << (bits.getAsInt() - 1))
                        && value < (1L << (bits.getAsInt() - 1)));
          };
      if (!fits) {
        throw EspalierException.program(
            "a value is out of its type's range",
            where,
            value + " is no " + type,
            "the file is damaged: export the model again");
      }
      longs[i] = value;
    }
    return Tensor.ofIntegers(type, shape, longs);
  }

  private static OptionalInt bits(DataType type) {
    return type == DataType.INT64 ? OptionalInt.empty() : OptionalInt.of(8 * type.bytes());
  }

  /** IEEE 754 binary16 to binary32; Java 17 has no such method. */
  static float fromHalf(short half) {
    int bits = half & 0xffff;
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 0x1f;
    int mantissa = bits & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (mantissa << 13));
    }
    if (exponent == 0) {
      // Subnormal: mantissa · 2^-24, exact in float32.
      float value = mantissa * 0x1p-24f;
      return sign == 0 ? value : -value;
    }
    return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (mantissa << 13));
  }
}
