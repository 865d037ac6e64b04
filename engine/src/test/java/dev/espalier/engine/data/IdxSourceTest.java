package dev.espalier.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxSourceTest {
  @TempDir Path folder;

  /** An IDX file of bytes with these sizes. */
  static byte[] idx(byte[] values, int... sizes) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * sizes.length + values.length);
    buffer.putInt(0x0800 | sizes.length);
    for (int size : sizes) {
      buffer.putInt(size);
    }
    return buffer.put(values).array();
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private static byte[] ramp(int n) {
    byte[] values = new byte[n];
    for (int i = 0; i < n; i++) {
      values[i] = (byte) (250 - i);
    }
    return values;
  }

  private Path images() throws IOException {
    return file("images", idx(ramp(3 * 4), 3, 2, 2));
  }

  private Path labels() throws IOException {
    return file("labels", idx(new byte[] {1, 0, 2}, 3));
  }

  @Test
  void readsImagesAndLabels() throws IOException {
    DataSet data = new IdxSource(List.of(images(), labels())).load(true, Progress.NONE);
    assertArrayEquals(new long[] {1, 2, 2}, data.shape());
    assertArrayEquals(new int[] {1, 0, 2}, data.train().labels());
    assertEquals(List.of("0", "1", "2"), data.classes());
    float[] sample = new float[4];
    data.read(data.train(), 1, sample, 0);
    assertArrayEquals(new float[] {246 / 255f, 245 / 255f, 244 / 255f, 243 / 255f}, sample, 1e-6f);
    assertEquals(0, data.test().size());
  }

  @Test
  void orderOfTheTwoFilesAndPackingDoNotMatter() throws IOException {
    Path packed = file("images.gz", gzip(idx(ramp(12), 3, 2, 2)));
    DataSet plain = new IdxSource(List.of(images(), labels())).load(true, Progress.NONE);
    DataSet swapped = new IdxSource(List.of(labels(), packed)).load(true, Progress.NONE);
    assertArrayEquals(plain.train().pixels(), swapped.train().pixels());
    assertArrayEquals(plain.train().labels(), swapped.train().labels());
  }

  @Test
  void readsAFolderWithTestFiles() throws IOException {
    file("train-images-idx3-ubyte", idx(ramp(12), 3, 2, 2));
    file("train-labels-idx1-ubyte", idx(new byte[] {1, 0, 2}, 3));
    file("t10k-images-idx3-ubyte.gz", gzip(idx(ramp(8), 2, 2, 2)));
    file("t10k-labels-idx1-ubyte.gz", gzip(idx(new byte[] {2, 2}, 2)));
    assertEquals("idx", FileFormat.guess(folder).orElseThrow());
    DataSet data = new IdxSource(List.of(folder)).load(true, Progress.NONE);
    assertEquals(3, data.train().size());
    assertArrayEquals(new int[] {2, 2}, data.test().labels());
  }

  @Test
  void readsColor() throws IOException {
    Path images = file("images", idx(ramp(2 * 12), 2, 3, 2, 2));
    Path labels = file("labels", idx(new byte[] {0, 1}, 2));
    DataSet data = new IdxSource(List.of(images, labels)).load(true, Progress.NONE);
    assertArrayEquals(new long[] {3, 2, 2}, data.shape());
  }

  @Test
  void fingerprintFollowsTheContent() throws IOException {
    IdxSource source = new IdxSource(List.of(images(), labels()));
    String before = source.fingerprint();
    assertEquals(before, source.fingerprint());
    file("labels", idx(new byte[] {1, 0, 1, 2}, 4));
    assertNotEquals(before, source.fingerprint());
  }

  @Test
  void refusesAMissingFile() throws IOException {
    Refusal.of(
        new IdxSource(List.of(images(), folder.resolve("gone"))), "there is no such file", "gone");
  }

  @Test
  void refusesATruncatedFile() throws IOException {
    byte[] whole = idx(ramp(12), 3, 2, 2);
    for (int length : new int[] {0, 3, 10, 16, whole.length - 1}) {
      Path cut = file("images", Arrays.copyOf(whole, length));
      Refusal.of(new IdxSource(List.of(cut, labels())), "ends too early", "images");
    }
  }

  @Test
  void refusesATruncatedGzip() throws IOException {
    byte[] whole = gzip(idx(ramp(12), 3, 2, 2));
    Path cut = file("images.gz", Arrays.copyOf(whole, whole.length - 12));
    Refusal.of(new IdxSource(List.of(cut, labels())), "ends too early", "images.gz");
  }

  @Test
  void refusesADamagedGzip() throws IOException {
    byte[] whole = gzip(idx(ramp(12), 3, 2, 2));
    whole[whole.length - 6] ^= 1; // in the checksum
    Path bad = file("images.gz", whole);
    Refusal.of(new IdxSource(List.of(bad, labels())), "cannot be unpacked", "images.gz");
  }

  @Test
  void refusesAnotherMagic() throws IOException {
    Path text = file("images", "these are no images".getBytes());
    Refusal.of(new IdxSource(List.of(text, labels())), "this is no IDX file", "images");
  }

  @Test
  void refusesValuesThatAreNotBytes() throws IOException {
    byte[] floats = idx(ramp(12), 3, 2, 2);
    floats[2] = 0x0d;
    Refusal.of(new IdxSource(List.of(file("images", floats), labels())), "not bytes", "images");
  }

  @Test
  void refusesCountsThatDisagree() throws IOException {
    Path labels = file("labels", idx(new byte[] {1, 0}, 2));
    var e = Refusal.of(new IdxSource(List.of(images(), labels)), "differ in number", "labels");
    assertEquals("3 images, 2 labels", e.why());
  }

  @Test
  void refusesTwoFilesOfOneKind() throws IOException {
    Refusal.of(new IdxSource(List.of(labels(), labels())), "both files hold labels", "labels");
    Refusal.of(new IdxSource(List.of(images(), images())), "both files hold images", "images");
  }

  @Test
  void refusesLabelsWithGaps() throws IOException {
    Path labels = file("labels", idx(new byte[] {0, 3, 1}, 3));
    Refusal.of(new IdxSource(List.of(images(), labels)), "the label 2", "labels");
  }

  @Test
  void refusesATestLabelThatTrainingLacks() throws IOException {
    Path more = file("more", idx(new byte[] {0, 1, 9}, 3));
    Refusal.of(new IdxSource(List.of(images(), labels(), images(), more)), "the label 3", "labels");
  }

  @Test
  void refusesTestImagesOfAnotherShape() throws IOException {
    Path wide = file("wide", idx(ramp(18), 3, 2, 3));
    var e =
        Refusal.of(
            new IdxSource(List.of(images(), labels(), wide, labels())), "differ in shape", "wide");
    assertTrue(e.why().contains("1×2×3"), e.why());
  }

  @Test
  void refusesSizesBeyondMemoryWithoutAskingForIt() throws IOException {
    byte[] huge = idx(new byte[0], 2_000_000_000, 30_000, 30_000);
    Refusal.of(new IdxSource(List.of(file("images", huge), labels())), "too large", "images");
    byte[] negative = idx(new byte[0], -1, 2, 2);
    Refusal.of(new IdxSource(List.of(file("images", negative), labels())), "size -1", "images");
    // Just below the bound: the file's real length decides, not its promise.
    byte[] promise = idx(new byte[10], 2_000_000_000, 1, 1);
    Refusal.of(new IdxSource(List.of(file("images", promise), labels())), "too early", "images");
  }

  @Test
  void refusesTrailingBytes() throws IOException {
    byte[] longer = Arrays.copyOf(idx(ramp(12), 3, 2, 2), 40);
    Refusal.of(
        new IdxSource(List.of(file("images", longer), labels())), "more than its header", "images");
  }

  @Test
  void refusesAnEmptyFolderAndOddNumbersOfFiles() throws IOException {
    Refusal.of(
        new IdxSource(List.of(Files.createDirectory(folder.resolve("empty")))),
        "holds no IDX files",
        "empty");
    Refusal.of(new IdxSource(List.of(images())), "takes 2 files or 4, not 1", "images");
  }
}
