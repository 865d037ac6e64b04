package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One array in NumPy's format (NEP 1, versions 1 to 3): numbers only. Arrays of Python objects are
 * refused, because reading them would run what the file says.
 */
final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST_HEADER = 1 << 16;
  private static final Pattern DESCRIPTION = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\sL]*)\\)");
  private static final Pattern TYPE = Pattern.compile("([<>|=])([biuf])([1248])");

  private final int[] shape;
  private final char kind;
  private final int size;
  private final ByteBuffer data;

  private Npy(int[] shape, char kind, int size, ByteBuffer data) {
    this.shape = shape;
    this.kind = kind;
    this.size = size;
    this.data = data;
  }

  int[] shape() {
    return shape;
  }

  /** Whether the values are unsigned bytes. */
  boolean isBytes() {
    return kind == 'u' && size == 1;
  }

  /** The shape in words. */
  String describe() {
    return Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining("×", "", ""))
        + " "
        + switch (kind) {
          case 'b' -> "bool";
          case 'u' -> "uint" + 8 * size;
          case 'i' -> "int" + 8 * size;
          default -> "float" + 8 * size;
        };
  }

  /** The values in row-major order; only when {@link #isBytes()}. */
  byte[] bytes() {
    return data.array();
  }

  /**
   * The values in row-major order.
   *
   * @throws EspalierException when one is not finite
   */
  float[] floats(String where) {
    float[] out = new float[data.capacity() / size];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) value(i);
      if (Float.isNaN(out[i]) || Float.isInfinite(out[i])) {
        throw EspalierException.program(
            "a value is not finite",
            where + ", " + place(i),
            "it is " + value(i) + "; a network cannot learn from it",
            "replace it, or leave the sample out");
      }
    }
    return out;
  }

  /**
   * The values as labels.
   *
   * @throws EspalierException when one has a fraction or does not fit
   */
  int[] wholeNumbers(String where) {
    int[] out = new int[data.capacity() / size];
    for (int i = 0; i < out.length; i++) {
      double v = value(i);
      if (v != Math.rint(v) || Math.abs(v) > Integer.MAX_VALUE) {
        throw EspalierException.program(
            "the label " + v + " is no class",
            where + ", " + place(i),
            "labels are whole numbers from 0; other numbers would be regression",
            "save the classes as integers");
      }
      out[i] = (int) v;
    }
    return out;
  }

  private double value(int i) {
    int at = i * size;
    return switch (kind) {
      case 'f' ->
          switch (size) {
            case 2 -> half(data.getShort(at));
            case 4 -> data.getFloat(at);
            default -> data.getDouble(at);
          };
      case 'i' ->
          switch (size) {
            case 1 -> data.get(at);
            case 2 -> data.getShort(at);
            case 4 -> data.getInt(at);
            default -> data.getLong(at);
          };
      default ->
          switch (size) {
            case 1 -> data.get(at) & 0xff;
            case 2 -> data.getShort(at) & 0xffff;
            case 4 -> data.getInt(at) & 0xffffffffL;
            // Above 2^63 the sign is wrong, and no label or feature is that large.
            default -> {
              long v = data.getLong(at);
              yield v >= 0 ? v : v + 0x1p64;
            }
          };
    };
  }

  /** IEEE 754 binary16. */
  private static double half(short bits) {
    int exponent = bits >>> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        exponent == 0
            ? fraction * 0x1p-24
            : exponent == 31
                ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                : (1024 + fraction) * Math.scalb(1.0, exponent - 25);
    return bits < 0 ? -magnitude : magnitude;
  }

  private String place(int i) {
    int per = 1;
    for (int d = 1; d < shape.length; d++) {
      per *= shape[d];
    }
    return "sample " + (i / per + 1);
  }

  /**
   * Reads an array.
   *
   * @param where for messages: the file and the array's name
   * @throws EspalierException when it is damaged, or holds something other than numbers
   */
  static Npy read(InputStream in, String where) throws IOException {
    try {
      byte[] start = DataFile.readExactly(in, 8);
      if (!Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
        throw damaged(where, "it does not start with NumPy's mark");
      }
      int version = start[6];
      if (version < 1 || version > 3) {
        throw damaged(where, "its format version is " + version + "; 1 to 3 are known");
      }
      int length =
          version == 1
              ? Short.toUnsignedInt(little(in, 2).getShort())
              : Math.max(-1, little(in, 4).getInt());
      if (length < 0 || length > LONGEST_HEADER) {
        throw damaged(where, "its header says that it is " + length + " bytes long");
      }
      String header = new String(DataFile.readExactly(in, length), StandardCharsets.UTF_8);
      return body(in, header, where);
    } catch (EOFException e) {
      throw EspalierException.program(
          "the array ends too early",
          where,
          "it is cut short, or its header promises more than it holds",
          "save it again",
          e);
    }
  }

  private static Npy body(InputStream in, String header, String where) throws IOException {
    Matcher description = DESCRIPTION.matcher(header);
    Matcher order = ORDER.matcher(header);
    Matcher sizes = SHAPE.matcher(header);
    if (header.contains("'descr': [") || !description.find()) {
      throw EspalierException.program(
          "the array has several fields in a value",
          where,
          "only arrays of plain numbers are read",
          "save each field as an array of its own");
    }
    String descr = description.group(1);
    if (descr.contains("O")) {
      throw EspalierException.program(
          "the array holds Python objects",
          where,
          "reading them would run code from the file (pickle), so they are refused",
          "convert it: numpy.asarray(x, dtype=numpy.float32)");
    }
    Matcher type = TYPE.matcher(descr);
    if (!type.matches() || (type.group(2).equals("f") && type.group(3).equals("1"))) {
      throw EspalierException.program(
          "the array's type `" + descr + "` is not read",
          where,
          "bool, int8 to int64, uint8 to uint64 and float16 to float64 are",
          "convert it: x.astype(numpy.float32)");
    }
    if (!order.find() || !sizes.find()) {
      throw damaged(where, "its header is not understood");
    }
    int[] shape = shape(sizes.group(1), where);
    int size = Integer.parseInt(type.group(3));
    long total = size;
    for (int s : shape) {
      total = s == 0 ? 0 : Limits.times(total, s, where);
    }
    byte[] bytes = DataFile.readExactly(in, Limits.arrayLength(total, where));
    if (!DataFile.atEnd(in)) {
      throw damaged(where, "it holds more than its shape says");
    }
    if (order.group(1).equals("True") && shape.length > 1 && total > 0) {
      bytes = rowMajor(bytes, shape, size);
    }
    boolean big = type.group(1).equals(">");
    return new Npy(
        shape,
        type.group(2).charAt(0),
        size,
        ByteBuffer.wrap(bytes).order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN));
  }

  private static int[] shape(String written, String where) {
    String[] parts =
        Arrays.stream(written.replace("L", "").split(","))
            .map(String::strip)
            .filter(p -> !p.isEmpty())
            .toArray(String[]::new);
    if (parts.length > 8) {
      throw damaged(where, "it has " + parts.length + " dimensions");
    }
    int[] shape = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      if (!parts[i].matches("\\d{1,10}") || Long.parseLong(parts[i]) > Limits.ARRAY) {
        throw damaged(where, String.format(Locale.ROOT, "a dimension is `%s`", parts[i]));
      }
      shape[i] = Integer.parseInt(parts[i]);
    }
    return shape;
  }

  /** From first index fastest to last index fastest. */
  private static byte[] rowMajor(byte[] bytes, int[] shape, int size) {
    int[] stride = new int[shape.length];
    int step = size;
    for (int d = 0; d < shape.length; d++) {
      stride[d] = step;
      step *= shape[d];
    }
    byte[] out = new byte[bytes.length];
    int[] index = new int[shape.length];
    int from = 0;
    for (int to = 0; to < out.length; to += size) {
      System.arraycopy(bytes, from, out, to, size);
      for (int d = shape.length - 1; d >= 0; d--) {
        from += stride[d];
        if (++index[d] < shape[d]) {
          break;
        }
        from -= stride[d] * shape[d];
        index[d] = 0;
      }
    }
    return out;
  }

  private static ByteBuffer little(InputStream in, int count) throws IOException {
    return ByteBuffer.wrap(DataFile.readExactly(in, count)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static EspalierException damaged(String where, String why) {
    return EspalierException.program("this is no NumPy array, or it is damaged", where, why, "");
  }
}
