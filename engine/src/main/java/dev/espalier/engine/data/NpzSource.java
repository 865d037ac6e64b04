package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A NumPy archive with arrays {@code x} and {@code y}, or {@code x_train}, {@code y_train}, {@code
 * x_test} and {@code y_test}.
 *
 * <p>{@code x} has the samples first: [n, features], [n, height, width], [n, channels, height,
 * width] or [n, height, width, channels], where channels are 1, 3 or 4 and which one it is follows
 * from that. {@code y} holds whole numbers from 0, [n] or [n, 1].
 */
public record NpzSource(Path file) implements DataSource {
  private static final int MOST_ENTRIES = 100;

  @Override
  public String fingerprint() {
    return Fingerprint.of("npz", Fingerprint.of(file));
  }

  @Override
  public DataSet load(boolean offline, Progress progress) {
    Map<String, Npy> arrays = read(progress);
    boolean split = arrays.containsKey("x_train");
    String x = split ? "x_train" : "x";
    String y = split ? "y_train" : "y";
    if (!arrays.containsKey(x) || !arrays.containsKey(y)) {
      throw EspalierException.program(
          "the archive lacks the array `" + (arrays.containsKey(x) ? y : x) + "`",
          file.toString(),
          "it holds: " + (arrays.isEmpty() ? "nothing" : String.join(", ", arrays.keySet())),
          "save it with numpy.savez(file, x=…, y=…), or x_train, y_train, x_test, y_test");
    }
    boolean test = split && (arrays.containsKey("x_test") || arrays.containsKey("y_test"));
    if (test && !(arrays.containsKey("x_test") && arrays.containsKey("y_test"))) {
      throw EspalierException.program(
          "the archive lacks the array `"
              + (arrays.containsKey("x_test") ? "y_test" : "x_test")
              + "`",
          file.toString(),
          "its partner is there",
          "save both");
    }
    Samples train = samples(arrays, x, y);
    Samples tested = test ? samples(arrays, "x_test", "y_test") : null;
    if (tested != null
        && (!java.util.Arrays.equals(train.shape(), tested.shape())
            || train.pixels() != tested.pixels())) {
      throw EspalierException.program(
          "training and test samples differ",
          where("x_test"),
          "x_train has samples of "
              + arrays.get("x_train").describe()
              + ", x_test of "
              + arrays.get("x_test").describe(),
          "save them with one shape and one type");
    }
    Labels.Names names =
        Labels.numbered(
            List.of(where(y), where("y_test")),
            List.of(train.labels(), tested == null ? new int[0] : tested.labels()));
    Split none = train.none();
    return new DataSet(
        Naming.stem(file),
        train.shape(),
        names.classes(),
        train.split(),
        none,
        tested == null ? none : tested.split(),
        new float[] {train.pixels() && train.shape().length == 3 ? 1f / 255 : 1},
        new float[] {0},
        List.of(),
        fingerprint());
  }

  /** Samples with labels. */
  private record Samples(long[] shape, Npy x, byte[] bytes, float[] floats, int[] labels) {
    boolean pixels() {
      return bytes != null;
    }

    Split split() {
      int width = Shapes.width(shape);
      return pixels()
          ? Split.ofPixels(width, bytes, labels)
          : Split.ofValues(width, floats, labels);
    }

    Split none() {
      int width = Shapes.width(shape);
      return pixels()
          ? Split.ofPixels(width, new byte[0], new int[0])
          : Split.ofValues(width, new float[0], new int[0]);
    }
  }

  private Samples samples(Map<String, Npy> arrays, String xName, String yName) {
    Npy x = arrays.get(xName);
    Npy y = arrays.get(yName);
    int[] s = x.shape();
    long[] shape;
    boolean channelsLast = false;
    if (s.length == 2) {
      shape = new long[] {s[1]};
    } else if (s.length == 3) {
      shape = new long[] {1, s[1], s[2]};
    } else if (s.length == 4 && isChannels(s[1])) {
      shape = new long[] {s[1], s[2], s[3]};
    } else if (s.length == 4 && isChannels(s[3])) {
      shape = new long[] {s[3], s[1], s[2]};
      channelsLast = true;
    } else {
      throw EspalierException.program(
          "the array `" + xName + "` has shape " + x.describe(),
          file.toString(),
          "samples are [n, features], [n, height, width], [n, channels, height, width] or [n,"
              + " height, width, channels], with 1, 3 or 4 channels",
          "reshape it");
    }
    boolean yShape = y.shape().length == 1 || (y.shape().length == 2 && y.shape()[1] == 1);
    if (!yShape) {
      throw EspalierException.program(
          "the array `" + yName + "` has shape " + y.describe(),
          file.toString(),
          "labels are one whole number a sample",
          "one-hot labels: save y.argmax(1)");
    }
    if (s[0] != y.shape()[0]) {
      throw EspalierException.program(
          "samples and labels differ in number",
          file.toString(),
          xName + " has " + s[0] + ", " + yName + " has " + y.shape()[0],
          "save arrays that belong together");
    }
    if (s[0] == 0) {
      throw EspalierException.program(
          "the array `" + xName + "` is empty", file.toString(), "", "");
    }
    int[] labels = y.wholeNumbers(where(yName));
    if (x.isBytes()) {
      byte[] bytes = x.bytes();
      return new Samples(
          shape, x, channelsLast ? channelsFirst(bytes, shape) : bytes, null, labels);
    }
    float[] floats = x.floats(where(xName));
    return new Samples(
        shape, x, null, channelsLast ? channelsFirst(floats, shape) : floats, labels);
  }

  private static boolean isChannels(int size) {
    return size == 1 || size == 3 || size == 4;
  }

  private static byte[] channelsFirst(byte[] values, long[] shape) {
    int channels = (int) shape[0];
    int area = (int) (shape[1] * shape[2]);
    byte[] out = new byte[values.length];
    for (int at = 0; at < values.length; at += channels * area) {
      for (int p = 0; p < area; p++) {
        for (int c = 0; c < channels; c++) {
          out[at + c * area + p] = values[at + p * channels + c];
        }
      }
    }
    return out;
  }

  private static float[] channelsFirst(float[] values, long[] shape) {
    int channels = (int) shape[0];
    int area = (int) (shape[1] * shape[2]);
    float[] out = new float[values.length];
    for (int at = 0; at < values.length; at += channels * area) {
      for (int p = 0; p < area; p++) {
        for (int c = 0; c < channels; c++) {
          out[at + c * area + p] = values[at + p * channels + c];
        }
      }
    }
    return out;
  }

  private String where(String array) {
    return file + ", array " + array;
  }

  /** The arrays with the names that are looked for; others are not read. */
  private Map<String, Npy> read(Progress progress) {
    DataFile.requireFile(file);
    Map<String, Npy> arrays = new LinkedHashMap<>();
    List<String> wanted = List.of("x", "y", "x_train", "y_train", "x_test", "y_test");
    try (ZipFile zip = new ZipFile(file.toFile())) {
      if (zip.size() > MOST_ENTRIES) {
        throw EspalierException.program(
            "the archive holds " + zip.size() + " arrays",
            file.toString(),
            "at most " + MOST_ENTRIES + " are read",
            "save only x and y");
      }
      for (ZipEntry entry : List.copyOf(new ArrayList<>(zip.stream().toList()))) {
        progress.check();
        String name = entry.getName();
        if (!name.endsWith(".npy") || !wanted.contains(name.substring(0, name.length() - 4))) {
          continue;
        }
        String array = name.substring(0, name.length() - 4);
        try (var in =
            new BoundedInflation(
                zip.getInputStream(entry), entry.getCompressedSize(), where(array))) {
          arrays.put(array, Npy.read(in, where(array)));
        }
      }
      return arrays;
    } catch (ZipException e) {
      throw EspalierException.program(
          "this is no npz file, or it is damaged",
          file.toString(),
          "an npz file is a zip archive: " + e.getMessage(),
          "save it again with numpy.savez",
          e);
    } catch (IOException e) {
      throw DataFile.unreadable(file, e);
    }
  }
}
