package dev.espalier.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpzSourceTest {
  @TempDir Path folder;

  /** A file that NumPy wrote. */
  private NpzSource numpy(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = NpzSourceTest.class.getResourceAsStream(name)) {
      Files.copy(in, file);
    }
    return new NpzSource(file);
  }

  /** An array file with any header and body. */
  private static byte[] npy(String header, byte[] body) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(text.length & 0xff);
    out.write(text.length >> 8);
    out.writeBytes(text);
    out.writeBytes(body);
    return out.toByteArray();
  }

  private static byte[] bytes(String shape, int... values) {
    byte[] body = new byte[values.length];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) values[i];
    }
    return npy("{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }\n", body);
  }

  private NpzSource zip(Map<String, byte[]> entries) throws IOException {
    Path file = folder.resolve("made.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return new NpzSource(file);
  }

  private NpzSource xy(byte[] x, byte[] y) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("x.npy", x);
    entries.put("y.npy", y);
    return zip(entries);
  }

  private static final byte[] LABELS = bytes("(2,)", 0, 1);

  @Test
  void readsImagesOfBytes() throws IOException {
    DataSet data = numpy("uint8-int64.npz").load(true, Progress.NONE);
    assertArrayEquals(new long[] {1, 2, 2}, data.shape());
    assertEquals(12, data.train().size());
    assertTrue(data.train().isPixels());
    float[] sample = new float[4];
    data.read(data.train(), 2, sample, 0);
    assertArrayEquals(new float[] {8 / 255f, 9 / 255f, 10 / 255f, 11 / 255f}, sample, 1e-7f);
    assertArrayEquals(new int[] {0, 1, 2, 0}, Arrays.copyOf(data.train().labels(), 4));
  }

  @Test
  void readsFeaturesInColumnOrder() throws IOException {
    DataSet data = numpy("fortran-float64.npz").load(true, Progress.NONE);
    assertArrayEquals(new long[] {5}, data.shape());
    float[] sample = new float[5];
    data.read(data.train(), 3, sample, 0);
    for (int j = 0; j < 5; j++) {
      assertEquals((15 + j) / 7.0 - 3, sample[j], 1e-6);
    }
  }

  @Test
  void readsHalfPrecisionBigEndianWithTestPart() throws IOException {
    DataSet data = numpy("half-big-endian.npz").load(true, Progress.NONE);
    assertEquals(8, data.train().size());
    assertEquals(4, data.test().size());
    float[] sample = new float[5];
    data.read(data.test(), 0, sample, 0);
    for (int j = 0; j < 5; j++) {
      // Half precision keeps 11 bits.
      assertEquals((40 + j) / 7.0 - 3, sample[j], 2e-3);
    }
    assertArrayEquals(new int[] {2, 0, 1, 2}, data.test().labels());
  }

  @Test
  void putsChannelsFirst() throws IOException {
    DataSet data = numpy("channels-last.npz").load(true, Progress.NONE);
    assertArrayEquals(new long[] {3, 2, 2}, data.shape());
    byte[] first = Arrays.copyOf(data.train().pixels(), 12);
    assertArrayEquals(new byte[] {0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11}, first);
  }

  @Test
  void refusesPythonObjectsWithoutReadingThem() throws IOException {
    var e = Refusal.of(numpy("objects.npz"), "holds Python objects", "array x");
    assertTrue(e.why().contains("pickle"), e.why());
  }

  @Test
  void refusesOtherTypes() throws IOException {
    Refusal.of(numpy("structured.npz"), "several fields", "array x");
    Refusal.of(numpy("complex.npz"), "type `<c8` is not read", "array x");
  }

  @Test
  void refusesValuesThatAreNotFinite() throws IOException {
    Refusal.of(numpy("not-finite.npz"), "not finite", "array x, sample 5");
  }

  @Test
  void refusesLabelsThatAreNoClasses() throws IOException {
    Refusal.of(numpy("regression.npz"), "the label 0.5 is no class", "array y, sample 1");
    var e = Refusal.of(numpy("one-hot.npz"), "the array `y` has shape 12×3", "one-hot.npz");
    assertTrue(e.fix().contains("argmax"), e.fix());
    byte[] negative =
        npy("{'descr': '|i1', 'fortran_order': False, 'shape': (2,), }", new byte[] {0, -1});
    Refusal.of(xy(bytes("(2, 1)", 1, 2), negative), "the label -1", "array y, sample 2");
    Refusal.of(xy(bytes("(2, 1)", 1, 2), bytes("(2,)", 0, 2)), "label 1", "array y");
  }

  @Test
  void refusesMissingArrays() throws IOException {
    var e = Refusal.of(zip(Map.of("x.npy", bytes("(2, 1)", 1, 2))), "lacks the array `y`", "made");
    assertEquals("it holds: x", e.why());
    Map<String, byte[]> half = new LinkedHashMap<>();
    half.put("x_train.npy", bytes("(2, 1)", 1, 2));
    half.put("y_train.npy", LABELS);
    half.put("x_test.npy", bytes("(2, 1)", 1, 2));
    Refusal.of(zip(half), "lacks the array `y_test`", "made");
  }

  @Test
  void refusesCountsThatDisagree() throws IOException {
    Refusal.of(xy(bytes("(3, 1)", 1, 2, 3), LABELS), "differ in number", "made");
  }

  @Test
  void refusesShapesThatAreNoSamples() throws IOException {
    Refusal.of(xy(bytes("(2,)", 1, 2), LABELS), "the array `x` has shape 2", "made");
    Refusal.of(xy(bytes("(2, 2, 1, 2)", new int[8]), LABELS), "has shape 2×2×1×2", "made");
  }

  @Test
  void refusesATruncatedArrayAndATruncatedArchive() throws IOException {
    Refusal.of(xy(bytes("(4, 1)", 1, 2), LABELS), "ends too early", "array x");
    byte[] whole = Files.readAllBytes(numpy("uint8-int64.npz").file());
    for (int length : new int[] {0, 1, 10, whole.length / 2, whole.length - 1}) {
      Path cut = Files.write(folder.resolve("cut.npz"), Arrays.copyOf(whole, length));
      Refusal.of(new NpzSource(cut), "no npz file, or it is damaged", "cut.npz");
    }
  }

  @Test
  void refusesTrailingBytesAndSizesBeyondMemory() throws IOException {
    Refusal.of(xy(bytes("(1, 1)", 1, 2), LABELS), "damaged", "array x");
    Refusal.of(xy(bytes("(2000000000, 50)", 1), LABELS), "too large", "array x");
    Refusal.of(xy(bytes("(99999999999999, 5)", 1), LABELS), "damaged", "array x");
    Refusal.of(xy(bytes("(2000000000, 1)", 1), LABELS), "ends too early", "array x");
  }

  @Test
  void refusesFilesThatAreNoArrays() throws IOException {
    Refusal.of(
        xy("hello, this is text".getBytes(StandardCharsets.UTF_8), LABELS),
        "no NumPy array",
        "array x");
    Refusal.of(xy(npy("rubbish", new byte[0]), LABELS), "several fields", "array x");
    Path text = Files.writeString(folder.resolve("text.npz"), "hello");
    Refusal.of(new NpzSource(text), "no npz file", "text.npz");
    Refusal.of(new NpzSource(folder.resolve("gone.npz")), "no such file", "gone.npz");
  }

  @Test
  void otherArraysAreNotEvenOpened() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("extra.npy", "not an array".getBytes(StandardCharsets.UTF_8));
    entries.put("x.npy", bytes("(2, 1)", 1, 2));
    entries.put("y.npy", LABELS);
    assertEquals(2, zip(entries).load(true, Progress.NONE).train().size());
    assertFalse(zip(entries).fingerprint().isEmpty());
  }

  @Test
  void refusesAnArchiveThatUnpacksToFarMoreThanItHolds() throws IOException {
    byte[] zeros =
        npy(
            "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 100000000), }",
            new byte[200_000_000]);
    Refusal.of(xy(zeros, LABELS), "far more than it can rightly hold", "array x");
  }
}
