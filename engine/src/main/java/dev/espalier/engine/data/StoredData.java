package dev.espalier.engine.data;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.espalier.engine.EspalierException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A data set as a file, bit for bit: a line that names the format, a header in JSON with its length
 * before it, the three splits (samples, then answers; numbers big-endian), and the CRC-32 of all
 * that.
 */
public final class StoredData {
  private static final String MAGIC = "espalier data 1\n";
  private static final int LONGEST_HEADER = 16 << 20;
  private static final int PIECE = 1 << 16;
  private static final Gson JSON = new Gson();

  private StoredData() {}

  /** Gson fills the fields. */
  private record Header(
      String name,
      long[] shape,
      List<String> classes,
      List<String> targets,
      float[] scale,
      float[] offset,
      List<Change> augmentations,
      String fingerprint,
      List<Part> splits) {}

  private record Change(String kind, int pixels) {}

  private record Part(int width, int size, boolean pixels) {}

  /** Writes it. */
  public static void write(DataSet data, OutputStream to) throws IOException {
    CheckedOutputStream checked =
        new CheckedOutputStream(new BufferedOutputStream(to), new CRC32());
    DataOutputStream out = new DataOutputStream(checked);
    List<Split> splits = List.of(data.train(), data.validation(), data.test());
    Header header =
        new Header(
            data.name(),
            data.shape(),
            data.task() instanceof Task.Classification c ? c.classes() : null,
            data.task() instanceof Task.Regression r ? r.targets() : null,
            data.scale(),
            data.offset(),
            data.augmentations().stream().map(StoredData::change).toList(),
            data.fingerprint(),
            splits.stream().map(s -> new Part(s.width(), s.size(), s.isPixels())).toList());
    byte[] json = JSON.toJson(header).getBytes(StandardCharsets.UTF_8);
    out.write(MAGIC.getBytes(StandardCharsets.US_ASCII));
    out.writeInt(json.length);
    out.write(json);
    for (Split split : splits) {
      if (split.isPixels()) {
        out.write(split.pixels());
      } else {
        for (float v : split.values()) {
          out.writeInt(Float.floatToRawIntBits(v));
        }
      }
      if (split.hasTargets()) {
        for (float v : split.targets()) {
          out.writeInt(Float.floatToRawIntBits(v));
        }
      } else {
        for (int v : split.labels()) {
          out.writeInt(v);
        }
      }
    }
    out.writeLong(checked.getChecksum().getValue());
    out.flush();
  }

  private static Change change(Augmentation augmentation) {
    if (augmentation instanceof Augmentation.Shift shift) {
      return new Change("shift", shift.pixels());
    }
    return augmentation instanceof Augmentation.Crop crop
        ? new Change("crop", crop.padding())
        : new Change("flip", 0);
  }

  /**
   * Reads it.
   *
   * @param where names the file in messages
   * @param bytes that the file has: nothing larger is asked for
   * @throws EspalierException (run) when it is damaged
   */
  public static DataSet read(InputStream from, long bytes, String where) throws IOException {
    CheckedInputStream checked = new CheckedInputStream(new BufferedInputStream(from), new CRC32());
    DataInputStream in = new DataInputStream(checked);
    byte[] magic = in.readNBytes(MAGIC.length());
    int length = in.readInt();
    if (!MAGIC.equals(new String(magic, StandardCharsets.US_ASCII))
        || length < 2
        || length > Math.min(LONGEST_HEADER, bytes)) {
      throw damaged(where, "it does not begin as such a file does", null);
    }
    try {
      Header header =
          JSON.fromJson(new String(in.readNBytes(length), StandardCharsets.UTF_8), Header.class);
      if (header == null || header.splits() == null || header.splits().size() != 3) {
        throw damaged(where, "its header is not whole", null);
      }
      long left = bytes;
      List<Split> splits = new ArrayList<>();
      for (Part part : header.splits()) {
        left -= 4L * part.size();
        splits.add(split(part, header, left, in));
        left -= (part.pixels() ? 1L : 4L) * part.width() * part.size();
      }
      long sum = checked.getChecksum().getValue();
      if (in.readLong() != sum) {
        throw damaged(where, "its checksum is another", null);
      }
      return new DataSet(
          header.name(),
          header.shape(),
          header.classes() != null
              ? new Task.Classification(header.classes())
              : new Task.Regression(header.targets()),
          splits.get(0),
          splits.get(1),
          splits.get(2),
          header.scale(),
          header.offset(),
          header.augmentations().stream().map(StoredData::augmentation).toList(),
          header.fingerprint());
    } catch (JsonParseException
        | IllegalArgumentException
        | NullPointerException
        | ArithmeticException e) {
      throw damaged(where, String.valueOf(e.getMessage()), e);
    }
  }

  private static Augmentation augmentation(Change change) {
    return switch (change.kind()) {
      case "shift" -> new Augmentation.Shift(change.pixels());
      case "crop" -> new Augmentation.Crop(change.pixels());
      case "flip" -> new Augmentation.Flip();
      default -> throw new IllegalArgumentException("no augmentation " + change.kind());
    };
  }

  private static Split split(Part part, Header header, long left, DataInputStream in)
      throws IOException {
    int columns = header.classes() != null ? 1 : header.targets().size();
    if (part.size() < 0 || part.width() < 0) {
      throw new IllegalArgumentException("a split of " + part.size() + " samples");
    }
    long values = Math.multiplyExact((long) part.width(), part.size());
    long answers = Math.multiplyExact((long) columns, part.size());
    if (values > (part.pixels() ? left : left / 4) || answers > left || values > Limits.ARRAY) {
      throw new IllegalArgumentException("it is shorter than its header says");
    }
    byte[] pixels = part.pixels() ? in.readNBytes((int) values) : null;
    float[] floats = part.pixels() ? null : floats((int) values, in);
    if (header.classes() != null) {
      int[] labels = new int[part.size()];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = in.readInt();
        if (labels[i] < 0 || labels[i] >= header.classes().size()) {
          throw new IllegalArgumentException("there is no class " + labels[i]);
        }
      }
      return part.pixels()
          ? Split.ofPixels(part.width(), pixels, labels)
          : Split.ofValues(part.width(), floats, labels);
    }
    return Split.ofTargets(part.width(), floats, columns, floats((int) answers, in));
  }

  private static float[] floats(int count, DataInputStream in) throws IOException {
    float[] out = new float[count];
    byte[] piece = new byte[4 * PIECE];
    for (int at = 0; at < count; ) {
      int some = Math.min(PIECE, count - at);
      in.readFully(piece, 0, 4 * some);
      java.nio.ByteBuffer.wrap(piece, 0, 4 * some).asFloatBuffer().get(out, at, some);
      at += some;
    }
    return out;
  }

  private static EspalierException damaged(String where, String why, Exception cause) {
    return EspalierException.run(
        "the stored data is damaged", where, why, "remove the file, and run again", cause);
  }
}
