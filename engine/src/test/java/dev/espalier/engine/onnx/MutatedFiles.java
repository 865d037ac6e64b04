package dev.espalier.engine.onnx;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Randomness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import onnx.Onnx;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.Descriptors.FieldDescriptor;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;
import org.nd4j.shade.protobuf.Message;

/**
 * Damages small model files in every way it knows and reads them, in a process of its own; see
 * {@link MutatedFilesTest}. Prints how many were read and refused, or what else happened.
 */
final class MutatedFiles {
  private final SplittableRandom random;
  private final Path folder;

  private MutatedFiles(long seed, Path folder) {
    this.random = Randomness.of(seed, "mutations");
    this.folder = folder;
  }

  /** Arguments: how many files, the seed, an empty folder. */
  public static void main(String[] arguments) throws IOException {
    int count = Integer.parseInt(arguments[0]);
    MutatedFiles files = new MutatedFiles(Long.parseLong(arguments[1]), Path.of(arguments[2]));
    List<byte[]> seeds = seeds();
    int read = 0;
    long slowest = 0;
    for (int round = 0; round < count; round++) {
      byte[] seed = seeds.get(round % seeds.size());
      byte[] bytes = files.random.nextBoolean() ? files.flipped(seed) : files.rewritten(seed);
      long begin = System.nanoTime();
      try {
        read += files.isRead(bytes, seed == seeds.get(seeds.size() - 1)) ? 1 : 0;
      } catch (RuntimeException | Error e) {
        Files.write(Path.of(arguments[2], "failed.onnx"), bytes);
        System.out.println("round " + round + " of seed " + round % seeds.size());
        e.printStackTrace(System.out);
        System.exit(1);
      }
      slowest = Math.max(slowest, (System.nanoTime() - begin) / 1_000_000);
    }
    System.out.println("read " + read + " refused " + (count - read) + " slowest " + slowest);
  }

  /** Models in the forms that exporters give them; the last keeps its weights in a file. */
  private static List<byte[]> seeds() {
    Foreign foreign = new Foreign();
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(OnnxFile.encode(Networks.mlp(1, 6, 5, 4)));
    seeds.add(OnnxFile.encode(Networks.lenet5(1).withMetadata("a", "b")));
    seeds.add(OnnxFile.encode(Networks.resnet(1, 1, 2)));
    seeds.add(foreign.changing(11).build().toByteArray());
    seeds.add(foreign.changing(18).build().toByteArray());
    seeds.add(foreign.training(17, false).build().toByteArray());
    seeds.add(foreign.functions().build().toByteArray());
    seeds.add(foreign.branching(1).build().toByteArray());
    seeds.add(foreign.open(-1, 3, 9, 9).build().toByteArray());
    seeds.add(external());
    return seeds;
  }

  private static byte[] external() {
    Onnx.ModelProto.Builder model = parsed(OnnxFile.encode(Networks.mlp(1, 6, 5, 4)));
    long offset = 0;
    for (Onnx.TensorProto.Builder t : model.getGraphBuilder().getInitializerBuilderList()) {
      int length = t.getRawData().size();
      t.clearRawData().setDataLocation(Onnx.TensorProto.DataLocation.EXTERNAL);
      for (var entry :
          List.of(
              Map.entry("location", "weights.bin"),
              Map.entry("offset", Long.toString(offset)),
              Map.entry("length", Integer.toString(length)))) {
        t.addExternalData(
            Onnx.StringStringEntryProto.newBuilder()
                .setKey(entry.getKey())
                .setValue(entry.getValue()));
      }
      offset += length;
    }
    return model.build().toByteArray();
  }

  private static Onnx.ModelProto.Builder parsed(byte[] bytes) {
    try {
      return Onnx.ModelProto.parseFrom(bytes).toBuilder();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private boolean isRead(byte[] bytes, boolean withFile) throws IOException {
    try {
      if (withFile) {
        byte[] weights = new byte[random.nextInt(4) == 0 ? random.nextInt(300) : 59 * 4];
        Files.write(folder.resolve("weights.bin"), weights);
        Path file = folder.resolve("mutated.onnx");
        Files.write(file, bytes);
        OnnxFile.encode(OnnxFile.read(file));
      } else {
        OnnxFile.encode(OnnxFile.decode(bytes, "mutated.onnx"));
      }
      return true;
    } catch (EspalierException e) {
      boolean named = e.getMessage().contains("mutated.onnx");
      if (!named || e.blame() != EspalierException.Blame.PROGRAM) {
        throw new AssertionError("no message as it should be", e);
      }
      return false;
    }
  }

  // ---- bytes

  private byte[] flipped(byte[] seed) {
    byte[] bytes = seed.clone();
    for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 16; changes--) {
      // The structure stands at the begin and the end; the weights' values lie between.
      int at =
          random.nextBoolean()
              ? random.nextInt(Math.min(bytes.length, 2500))
              : bytes.length - 1 - random.nextInt(Math.min(bytes.length, 600));
      switch (random.nextInt(7)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> {
          // A length of many bytes: ten are the longest varint.
          int end = Math.min(bytes.length, at + 1 + random.nextInt(10));
          Arrays.fill(bytes, at, end, (byte) 0xff);
        }
        case 3 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        case 4 -> {
          int length = Math.min(1 + random.nextInt(40), bytes.length - at);
          int from = random.nextInt(bytes.length - length + 1);
          System.arraycopy(seed, Math.min(from, seed.length - length), bytes, at, length);
        }
        case 5 -> {
          int end = Math.min(bytes.length, at + 1 + random.nextInt(60));
          byte[] shorter = Arrays.copyOf(bytes, bytes.length - (end - at));
          System.arraycopy(bytes, end, shorter, at, bytes.length - end);
          bytes = shorter;
        }
        default -> {
          byte[] longer = new byte[bytes.length + 8];
          System.arraycopy(bytes, 0, longer, 0, at);
          for (int k = 0; k < 8; k++) {
            longer[at + k] = (byte) random.nextInt(256);
          }
          System.arraycopy(bytes, at, longer, at + 8, bytes.length - at);
          bytes = longer;
        }
      }
    }
    return bytes;
  }

  // ---- fields

  private static final long[] ODD = {
    0, 1, -1, 2, 3, 10, 11, 16, 255, 1 << 20, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
  };

  /** A well-formed file that says something else. */
  private byte[] rewritten(byte[] seed) {
    Onnx.ModelProto.Builder model = parsed(seed);
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      change(model, 0);
    }
    return model.build().toByteArray();
  }

  private void change(Message.Builder message, int depth) {
    List<FieldDescriptor> set = List.copyOf(message.getAllFields().keySet());
    if (set.isEmpty()) {
      return;
    }
    FieldDescriptor field = set.get(random.nextInt(set.size()));
    boolean message0 = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    // Deep in the tree is where the graph's meaning lies.
    if (message0 && (depth < 1 || random.nextInt(5) > 0)) {
      if (field.isRepeated()) {
        int index = random.nextInt(message.getRepeatedFieldCount(field));
        Message.Builder inner = ((Message) message.getRepeatedField(field, index)).toBuilder();
        change(inner, depth + 1);
        message.setRepeatedField(field, index, inner.build());
      } else {
        Message.Builder inner = ((Message) message.getField(field)).toBuilder();
        change(inner, depth + 1);
        message.setField(field, inner.build());
      }
      return;
    }
    if (field.isRepeated()) {
      list(message, field);
    } else if (random.nextInt(3) == 0) {
      message.clearField(field);
    } else if (!message0) {
      message.setField(field, other(field, message.getField(field), message));
    }
  }

  private void list(Message.Builder message, FieldDescriptor field) {
    int size = message.getRepeatedFieldCount(field);
    int a = random.nextInt(size);
    int b = random.nextInt(size);
    Object first = message.getRepeatedField(field, a);
    switch (random.nextInt(4)) {
      case 0 -> {
        message.setRepeatedField(field, a, message.getRepeatedField(field, b));
        message.setRepeatedField(field, b, first);
      }
      case 1 -> message.addRepeatedField(field, first);
      case 2 -> {
        List<Object> rest = new ArrayList<>((List<?>) message.getField(field));
        rest.remove(a);
        message.setField(field, rest);
      }
      default -> {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
          message.setRepeatedField(field, a, message.getRepeatedField(field, b));
        } else {
          message.setRepeatedField(field, a, other(field, first, message));
        }
      }
    }
  }

  private Object other(FieldDescriptor field, Object now, Message.Builder message) {
    long odd = ODD[random.nextInt(ODD.length)];
    return switch (field.getJavaType()) {
      case INT -> (int) odd;
      case LONG -> random.nextBoolean() ? odd : (Long) now + (random.nextBoolean() ? 1 : -1);
      case FLOAT -> random.nextBoolean() ? Float.NaN : (float) odd;
      case DOUBLE -> (double) odd;
      case BOOLEAN -> !(Boolean) now;
      case STRING -> text((String) now, message);
      case BYTE_STRING -> {
        ByteString bytes = (ByteString) now;
        yield random.nextBoolean() && !bytes.isEmpty()
            ? bytes.substring(random.nextInt(bytes.size()))
            : bytes.concat(ByteString.copyFrom(new byte[1 + random.nextInt(9)]));
      }
      case ENUM ->
          field
              .getEnumType()
              .getValues()
              .get(random.nextInt(field.getEnumType().getValues().size()));
      case MESSAGE -> now;
    };
  }

  private String text(String now, Message.Builder message) {
    String[] words = {
      "",
      "x",
      "y",
      "../weights.bin",
      "/etc/hostname",
      "If",
      "Loop",
      "Reshape",
      "Expand",
      "Gather",
      "ConstantOfShape",
      "Range",
      "Tile",
      "Pad",
      "Slice",
      "Concat",
      "Transpose",
      "Add",
      "input",
      "fc1.weight",
      "fc1.out",
      "18446744073709551616",
      "-1",
      "\0",
      "é"
    };
    List<Object> near = new ArrayList<>();
    message
        .getAllFields()
        .values()
        .forEach(v -> near.addAll(v instanceof List<?> l ? l : List.of(v)));
    near.removeIf(v -> !(v instanceof String));
    return random.nextBoolean() && !near.isEmpty()
        ? (String) near.get(random.nextInt(near.size()))
        : random.nextInt(6) == 0 ? now + now : words[random.nextInt(words.length)];
  }
}
