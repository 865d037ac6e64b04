package dev.espalier.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuiltInTest {
  @TempDir Path folder;

  @BeforeEach
  void pointToOwnFolders() {
    System.setProperty("espalier.data", folder.resolve("data").toString());
    System.setProperty("espalier.cache", folder.resolve("cache").toString());
  }

  @AfterEach
  void pointBack() {
    System.clearProperty("espalier.data");
    System.clearProperty("espalier.cache");
  }

  /** The folder of real data sets, or a skipped test that says what it misses. */
  private static Path realData(String wanted) {
    String set = System.getenv("ESPALIER_DATA");
    Optional<Path> found = Optional.empty();
    if (set != null && !set.isBlank()) {
      found = Optional.of(Path.of(set));
    } else {
      for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
        if (Files.isDirectory(at.resolve("shared/data"))) {
          found = Optional.of(at.resolve("shared/data"));
          break;
        }
      }
    }
    Path data = found.map(f -> f.resolve(wanted)).orElse(Path.of("absent"));
    Assumptions.assumeTrue(
        Files.exists(data), "needs real data: set ESPALIER_DATA to a folder that holds " + wanted);
    System.setProperty("espalier.data", found.orElseThrow().toString());
    return data;
  }

  private void localMnist(int classes) throws IOException {
    Path home = Files.createDirectories(folder.resolve("data/mnist"));
    byte[] labels = new byte[classes];
    for (int i = 0; i < classes; i++) {
      labels[i] = (byte) i;
    }
    for (String part : new String[] {"train", "t10k"}) {
      Files.write(
          home.resolve(part + "-images-idx3-ubyte.gz"),
          IdxSourceTest.gzip(IdxSourceTest.idx(new byte[classes * 4], classes, 2, 2)));
      Files.write(
          home.resolve(part + "-labels-idx1-ubyte.gz"),
          IdxSourceTest.gzip(IdxSourceTest.idx(labels, classes)));
    }
  }

  @Test
  void localFilesComeFirst() throws IOException {
    localMnist(10);
    DataSet data = new BuiltIn.Mnist().load(true, Progress.NONE);
    assertEquals("mnist", data.name());
    assertEquals(10, data.train().size());
    assertEquals(data.fingerprint(), new BuiltIn.Mnist().fingerprint());
  }

  @Test
  void theFingerprintIsKnownBeforeTheDownload() throws IOException {
    String published = new BuiltIn.Mnist().fingerprint();
    assertNotEquals(published, new BuiltIn.FashionMnist().fingerprint());
    localMnist(10);
    assertNotEquals(published, new BuiltIn.Mnist().fingerprint());
  }

  @Test
  void offlineSaysWhereToPutWhichFiles() {
    EspalierException e =
        assertThrows(EspalierException.class, () -> new BuiltIn.Mnist().load(true, Progress.NONE));
    Refusal.check(e, "`mnist` is not here, and downloading is off", folder.toString());
    assertTrue(e.fix().contains("ESPALIER_DATA"), e.fix());
    assertTrue(e.fix().contains("mnist/ with train-images-idx3-ubyte.gz"), e.fix());
    EspalierException cifar =
        assertThrows(
            EspalierException.class, () -> new BuiltIn.Cifar10().load(true, Progress.NONE));
    assertTrue(cifar.fix().contains("cifar10.zip"), cifar.fix());
    EspalierException digits =
        assertThrows(
            EspalierException.class, () -> new BuiltIn.Digits().load(false, Progress.NONE));
    assertTrue(digits.fix().contains("digits/"), digits.fix());
  }

  @Test
  void allAreWords() {
    for (String name : new String[] {"mnist", "fashion-mnist", "cifar10", "digits", "glyphs"}) {
      var entry = Catalog.standard().find(Kind.DATA, name).orElseThrow();
      assertTrue(entry.make(Map.of()) instanceof DataSource);
    }
    for (String name : new String[] {"idx", "csv", "npz", "images"}) {
      var entry = Catalog.standard().find(Kind.FORMAT, name).orElseThrow();
      assertTrue(entry.make(Map.of()) instanceof FileFormat);
    }
  }

  @Test
  void readsCifar10Records() throws IOException {
    Path train = folder.resolve("data_batch.bin.gz");
    Path test = folder.resolve("test_batch.bin");
    byte[] records = new byte[3 * 3073];
    records[0] = 3;
    records[1] = 77;
    records[3073] = 9;
    records[2 * 3073 - 1] = 5;
    Files.write(train, IdxSourceTest.gzip(records));
    Files.write(test, records);
    DataSet data = BuiltIn.Cifar10Records.load(train, test, "f");
    assertArrayEquals(new int[] {3, 9, 0}, data.train().labels());
    assertArrayEquals(new long[] {3, 32, 32}, data.shape());
    assertEquals(77, data.train().pixels()[0]);
    assertEquals(5, data.test().pixels()[2 * 3072 - 1]);
    Files.write(test, java.util.Arrays.copyOf(records, 4000));
    EspalierException cut =
        assertThrows(EspalierException.class, () -> BuiltIn.Cifar10Records.load(train, test, "f"));
    Refusal.check(cut, "ends too early", "test_batch.bin");
    records[3073] = 10;
    Files.write(test, records);
    EspalierException label =
        assertThrows(EspalierException.class, () -> BuiltIn.Cifar10Records.load(train, test, "f"));
    Refusal.check(label, "the label 10 is out of range", "record 2");
  }

  @Test
  void realMnist() {
    realData("mnist");
    DataSet data = new BuiltIn.Mnist().load(true, Progress.NONE);
    assertEquals(60_000, data.train().size());
    assertEquals(10_000, data.test().size());
    assertArrayEquals(new long[] {1, 28, 28}, data.shape());
    assertEquals(5, data.train().labels()[0]);
    assertEquals(7, data.test().labels()[0]);
    double sum = 0;
    for (byte pixel : data.train().pixels()) {
      sum += pixel & 0xff;
    }
    // The mean that everybody normalizes MNIST by.
    assertEquals(0.1307, sum / data.train().pixels().length / 255, 1e-4);
  }

  @Test
  void realCifar10() {
    realData("cifar10.zip");
    DataSet data = new BuiltIn.Cifar10().load(true, Progress.NONE);
    assertEquals(50_000, data.train().size());
    assertEquals(10_000, data.test().size());
    assertArrayEquals(new long[] {3, 32, 32}, data.shape());
    assertEquals("airplane", data.classes().get(0));
    assertEquals("truck", data.classes().get(9));
    int area = 32 * 32;
    double[] mean = new double[3];
    for (int i = 0; i < data.train().pixels().length; i++) {
      mean[i / area % 3] += data.train().pixels()[i] & 0xff;
    }
    // The channel means that everybody normalizes CIFAR-10 by; JPEG moves them a little.
    double n = 50_000.0 * area * 255;
    assertEquals(0.4914, mean[0] / n, 2e-3);
    assertEquals(0.4822, mean[1] / n, 2e-3);
    assertEquals(0.4465, mean[2] / n, 2e-3);
  }

  @Test
  void realDigits() {
    realData("digits/digits.csv.gz");
    DataSet data = new BuiltIn.Digits().load(true, Progress.NONE);
    assertEquals(1797, data.train().size());
    assertEquals(10, data.classCount());
    assertArrayEquals(new long[] {1, 8, 8}, data.shape());
  }
}
