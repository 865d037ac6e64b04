package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Word;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Well-known data sets by name. Each is looked for in the folder {@code ESPALIER_DATA} first; else,
 * but for {@link Digits}, it is fetched from DJL's repository into the cache.
 */
public sealed interface BuiltIn extends DataSource {
  /** All of them. */
  static List<BuiltIn> all() {
    return List.of(new Mnist(), new FashionMnist(), new Cifar10(), new Digits());
  }

  /** What the language calls it. */
  default String title() {
    return getClass().getAnnotation(Word.class).name();
  }

  /**
   * Whether files of it are in the folder {@code ESPALIER_DATA} or were downloaded before; whether
   * they are whole, only loading tells.
   */
  boolean atHand();

  /** Handwritten digits, 60,000 and 10,000 of 28×28 gray pixels. */
  @Word(
      name = "mnist",
      kind = Kind.DATA,
      doc = "handwritten digits, 60,000 + 10,000 images of 28×28 gray pixels",
      source = "LeCun, Bottou, Bengio, Haffner 1998, Proceedings of the IEEE 86")
  record Mnist() implements BuiltIn {
    @Override
    public boolean atHand() {
      return local().isPresent() || fetched("mnist");
    }

    @Override
    public Optional<Samples> samples() {
      return Optional.of(Samples.images(1, 28, 10));
    }

    @Override
    public String fingerprint() {
      return fingerprintOf("mnist", local());
    }

    @Override
    public DataSet load(boolean offline, Progress progress) {
      return idx("mnist", "mnist", local(), List.of(), fingerprint(), offline, progress);
    }

    private static Optional<DataSource> local() {
      return localIdx("mnist");
    }
  }

  /** Clothes, 60,000 and 10,000 of 28×28 gray pixels. */
  @Word(
      name = "fashion-mnist",
      kind = Kind.DATA,
      doc = "pieces of clothing, 60,000 + 10,000 images of 28×28 gray pixels",
      source = "Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747")
  record FashionMnist() implements BuiltIn {
    private static final List<String> CLASSES =
        List.of(
            "T-shirt/top",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "ankle boot");

    @Override
    public boolean atHand() {
      return local().isPresent() || fetched("fashmnist");
    }

    @Override
    public Optional<Samples> samples() {
      return Optional.of(Samples.images(1, 28, 10));
    }

    @Override
    public String fingerprint() {
      return fingerprintOf("fashion-mnist", local());
    }

    @Override
    public DataSet load(boolean offline, Progress progress) {
      return idx("fashion-mnist", "fashmnist", local(), CLASSES, fingerprint(), offline, progress);
    }

    private static Optional<DataSource> local() {
      return localIdx("fashion-mnist");
    }
  }

  /** Small photographs of ten kinds of things, 50,000 and 10,000 of 32×32 RGB pixels. */
  @Word(
      name = "cifar10",
      kind = Kind.DATA,
      doc = "small photographs, 50,000 + 10,000 images of 32×32 RGB pixels",
      source = "Krizhevsky 2009, Learning multiple layers of features from tiny images")
  record Cifar10() implements BuiltIn {
    @Override
    public boolean atHand() {
      return local().isPresent() || fetched("cifar10");
    }

    @Override
    public Optional<Samples> samples() {
      return Optional.of(Samples.images(3, 32, 10));
    }

    @Override
    public String fingerprint() {
      return fingerprintOf("cifar10", local());
    }

    @Override
    public DataSet load(boolean offline, Progress progress) {
      Optional<DataSource> local = local();
      if (local.isPresent()) {
        return named("cifar10", local.get().load(offline, progress), List.of(), fingerprint());
      }
      Map<String, Path> files =
          BasicDataset.standard()
              .files(
                  "cifar10",
                  offline,
                  missing("cifar10", "cifar10.zip (train/CLASS/IMAGE and test/CLASS/IMAGE)"),
                  progress);
      return Cifar10Records.load(
          wanted(files, "data_batch.bin"), wanted(files, "test_batch.bin"), fingerprint());
    }

    private static Optional<DataSource> local() {
      return inDataFolder("cifar10.zip")
          .or(() -> inDataFolder("cifar10"))
          .map(p -> new ImagesSource(p, 32, 32, FileFormat.Colors.RGB));
    }
  }

  /**
   * Small handwritten digits, 1,797 of 8×8 pixels with 17 grays; only from {@code ESPALIER_DATA}.
   */
  @Word(
      name = "digits",
      kind = Kind.DATA,
      doc = "small handwritten digits, 1,797 images of 8×8 pixels; only from ESPALIER_DATA",
      source = "Alpaydin, Kaynak 1998, Optical Recognition of Handwritten Digits, UCI")
  record Digits() implements BuiltIn {
    private static final int SIDE = 8;
    private static final int BRIGHTEST = 16;

    @Override
    public boolean atHand() {
      return inDataFolder("digits").isPresent();
    }

    @Override
    public Optional<Samples> samples() {
      return Optional.of(Samples.images(1, SIDE, 10));
    }

    @Override
    public String fingerprint() {
      return Fingerprint.of("digits", source().fingerprint());
    }

    @Override
    public DataSet load(boolean offline, Progress progress) {
      DataSource source = source();
      DataSet table = source.load(offline, progress);
      if (table.width() != SIDE * SIDE) {
        throw EspalierException.program(
            "this is not the digits data set",
            inDataFolder("digits/digits.csv.gz").map(Path::toString).orElse("digits"),
            "it has " + table.width() + " columns beside the label, not " + SIDE * SIDE,
            "name the file itself: from csv \"…\"");
      }
      return new DataSet(
          "digits",
          new long[] {1, SIDE, SIDE},
          table.classes(),
          table.train(),
          table.validation(),
          table.test(),
          new float[] {1f / BRIGHTEST},
          new float[] {0},
          List.of(),
          fingerprint());
    }

    private static DataSource source() {
      return inDataFolder("digits/digits.csv.gz")
          .or(() -> inDataFolder("digits/digits.csv"))
          .map(p -> new CsvSource(p, "last"))
          .orElseThrow(
              () ->
                  EspalierException.program(
                      "`digits` is not here, and it cannot be downloaded",
                      dataFolder().map(Path::toString).orElse("ESPALIER_DATA is not set"),
                      "looked for digits/digits.csv.gz (64 pixels and the label in a line)",
                      "set ESPALIER_DATA to the folder that holds digits/; or use glyphs or"
                          + " mnist"));
    }
  }

  /** The folder that {@code ESPALIER_DATA} (or the system property espalier.data) names. */
  private static Optional<Path> dataFolder() {
    return Optional.ofNullable(BasicDataset.setting("espalier.data", "ESPALIER_DATA"))
        .map(Path::of);
  }

  private static boolean fetched(String artifact) {
    return Files.exists(BasicDataset.cacheFolder().resolve(artifact));
  }

  private static Optional<Path> inDataFolder(String name) {
    return dataFolder().map(f -> f.resolve(name)).filter(Files::exists);
  }

  private static Optional<DataSource> localIdx(String name) {
    return inDataFolder(name).map(folder -> new IdxSource(List.of(folder)));
  }

  /**
   * What is published never changes, so it needs no hash; what lies in a folder may be anything.
   */
  private static String fingerprintOf(String name, Optional<DataSource> local) {
    return local
        .map(source -> Fingerprint.of(name, source.fingerprint()))
        .orElseGet(() -> Fingerprint.of(name, "basicdataset 1.0"));
  }

  private static DataSet idx(
      String name,
      String artifact,
      Optional<DataSource> local,
      List<String> classes,
      String fingerprint,
      boolean offline,
      Progress progress) {
    if (local.isPresent()) {
      return named(name, local.get().load(offline, progress), classes, fingerprint);
    }
    Map<String, Path> files =
        BasicDataset.standard()
            .files(
                artifact,
                offline,
                missing(
                    name,
                    name
                        + "/ with train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz,"
                        + " t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz"),
                progress);
    List<Path> order =
        List.of("train_data", "train_labels", "test_data", "test_labels").stream()
            .map(key -> wanted(files, key))
            .toList();
    return named(name, new IdxSource(order).load(offline, progress), classes, fingerprint);
  }

  private static Path wanted(Map<String, Path> files, String key) {
    Path file = files.get(key);
    if (file == null) {
      throw EspalierException.run(
          "the published data set lacks the file `" + key + "`",
          "",
          "its description names: " + String.join(", ", files.keySet()),
          "get the files yourself, and put them where ESPALIER_DATA points");
    }
    return file;
  }

  private static EspalierException missing(String name, String files) {
    return EspalierException.program(
        "`" + name + "` is not here, and downloading is off",
        dataFolder()
            .map(f -> "looked in " + f + " and " + BasicDataset.cacheFolder())
            .orElse("ESPALIER_DATA is not set; looked in " + BasicDataset.cacheFolder()),
        "this run is offline",
        "set ESPALIER_DATA to a folder that holds "
            + files
            + "; or allow downloading; or use glyphs, which needs no file");
  }

  private static DataSet named(
      String name, DataSet data, List<String> classes, String fingerprint) {
    if (!classes.isEmpty() && classes.size() != data.classCount()) {
      throw EspalierException.program(
          "this is not " + name,
          dataFolder().map(Path::toString).orElse(""),
          "it has " + data.classCount() + " classes, not " + classes.size(),
          "name the files themselves: from idx …");
    }
    return new DataSet(
        name,
        data.shape(),
        classes.isEmpty() ? data.classes() : classes,
        data.train(),
        data.validation(),
        data.test(),
        data.scale(),
        data.offset(),
        data.augmentations(),
        fingerprint);
  }

  /** CIFAR-10 in its binary form: records of one label and 3×32×32 bytes, channels first. */
  final class Cifar10Records {
    private static final int SIDE = 32;
    private static final int WIDTH = 3 * SIDE * SIDE;
    private static final List<String> CLASSES =
        List.of(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck");

    private Cifar10Records() {}

    static DataSet load(Path train, Path test, String fingerprint) {
      Split none = Split.ofPixels(WIDTH, new byte[0], new int[0]);
      return new DataSet(
          "cifar10",
          new long[] {3, SIDE, SIDE},
          CLASSES,
          DataFile.read(train, in -> read(in, train)),
          none,
          DataFile.read(test, in -> read(in, test)),
          new float[] {1f / 255},
          new float[] {0},
          List.of(),
          fingerprint);
    }

    private static Split read(InputStream in, Path file) throws IOException {
      byte[] pixels = new byte[WIDTH * 1024];
      int[] labels = new int[1024];
      int n = 0;
      for (int label = in.read(); label >= 0; label = in.read()) {
        if (label >= CLASSES.size()) {
          throw EspalierException.program(
              "the label " + label + " is out of range",
              file + ", record " + (n + 1),
              "CIFAR-10 has the labels 0 to 9",
              "get the file again");
        }
        if (n == labels.length) {
          int grown =
              Limits.arrayLength(Limits.times(2L * n, WIDTH, file.toString()), file.toString());
          labels = Arrays.copyOf(labels, 2 * n);
          pixels = Arrays.copyOf(pixels, grown);
        }
        labels[n] = label;
        byte[] image = DataFile.readExactly(in, WIDTH);
        System.arraycopy(image, 0, pixels, n * WIDTH, WIDTH);
        n++;
      }
      return Split.ofPixels(WIDTH, Arrays.copyOf(pixels, n * WIDTH), Arrays.copyOf(labels, n));
    }
  }
}
