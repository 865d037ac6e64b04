package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * IDX files, the format of MNIST (LeCun, Cortes, Burges), plain or gzip: big-endian magic {@code 0
 * 0 8 d}, then d sizes, then unsigned bytes. Images have 3 dimensions (gray) or 4 (channels first),
 * labels 1.
 *
 * @param files images and labels, of training alone or of training and then test; or one folder
 *     that holds files with {@code images} or {@code labels} in their names, and {@code train},
 *     {@code t10k} or {@code test}
 */
public record IdxSource(List<Path> files) implements DataSource {
  private static final int UNSIGNED_BYTES = 8;

  public IdxSource {
    files = List.copyOf(files);
  }

  @Override
  public String fingerprint() {
    List<String> parts = new ArrayList<>(List.of("idx"));
    for (Path file : resolved()) {
      parts.add(Fingerprint.of(file));
    }
    return Fingerprint.of(parts.toArray(String[]::new));
  }

  @Override
  public DataSet load(boolean offline, Progress progress) {
    List<Path> all = resolved();
    Block images = read(all.get(0));
    Block labels = read(all.get(1));
    progress.check();
    int trainImages = images.isLabels() ? 1 : 0;
    Pair train = pair(all.get(trainImages), images, all.get(1 - trainImages), labels);
    Pair test = null;
    if (all.size() == 4) {
      Block third = read(all.get(2));
      Block fourth = read(all.get(3));
      int testImages = third.isLabels() ? 3 : 2;
      test = pair(all.get(testImages), third, all.get(5 - testImages), fourth);
      if (!java.util.Arrays.equals(train.shape(), test.shape())) {
        throw EspalierException.program(
            "training and test images differ in shape",
            all.get(testImages).toString(),
            "training has " + Shapes.words(train.shape()) + ", test " + Shapes.words(test.shape()),
            "name files of one data set");
      }
    }
    int width = Shapes.width(train.shape());
    Labels.Names names =
        Labels.numbered(
            List.of(train.where(), test == null ? "" : test.where()),
            List.of(train.labels(), test == null ? new int[0] : test.labels()));
    return new DataSet(
        Naming.stem(all.get(trainImages)),
        train.shape(),
        names.classes(),
        Split.ofPixels(width, train.pixels(), names.labels().get(0)),
        Split.ofPixels(width, new byte[0], new int[0]),
        test == null
            ? Split.ofPixels(width, new byte[0], new int[0])
            : Split.ofPixels(width, test.pixels(), names.labels().get(1)),
        new float[] {1f / 255},
        new float[] {0},
        List.of(),
        fingerprint());
  }

  /** What one file holds. */
  private record Block(int[] sizes, byte[] bytes) {
    boolean isLabels() {
      return sizes.length == 1;
    }
  }

  private record Pair(long[] shape, byte[] pixels, int[] labels, String where) {}

  private static Pair pair(Path imageFile, Block a, Path labelFile, Block b) {
    Block images = a.isLabels() ? b : a;
    Block labels = a.isLabels() ? a : b;
    if (images.isLabels() || !labels.isLabels()) {
      throw EspalierException.program(
          images.isLabels() ? "both files hold labels" : "both files hold images",
          imageFile + " and " + labelFile,
          "an image file has 3 or 4 dimensions, a label file 1",
          "name one file of images and one of labels");
    }
    if (images.sizes()[0] != labels.sizes()[0]) {
      throw EspalierException.program(
          "images and labels differ in number",
          labelFile.toString(),
          images.sizes()[0] + " images, " + labels.sizes()[0] + " labels",
          "name files that belong together");
    }
    int[] s = images.sizes();
    long[] shape = s.length == 3 ? new long[] {1, s[1], s[2]} : new long[] {s[1], s[2], s[3]};
    int[] classes = new int[labels.bytes().length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = labels.bytes()[i] & 0xff;
    }
    return new Pair(shape, images.bytes(), classes, labelFile.toString());
  }

  private static Block read(Path file) {
    return DataFile.read(
        file,
        in -> {
          DataInputStream data = new DataInputStream(in);
          int magic = data.readInt();
          int type = magic >>> 8 & 0xff;
          int dimensions = magic & 0xff;
          if (magic >>> 16 != 0) {
            throw EspalierException.program(
                "this is no IDX file",
                file.toString(),
                String.format(Locale.ROOT, "it starts with %08x; IDX starts with 0000", magic),
                "name an IDX file (plain or .gz)");
          }
          if (type != UNSIGNED_BYTES) {
            throw EspalierException.program(
                "this IDX file holds values that are not bytes",
                file.toString(),
                String.format(Locale.ROOT, "its type is 0x%02x; only 0x08 is read", type),
                "convert it to unsigned bytes, or to npz");
          }
          if (dimensions != 1 && dimensions != 3 && dimensions != 4) {
            throw EspalierException.program(
                "this IDX file has " + dimensions + " dimensions",
                file.toString(),
                "labels have 1, images 3 (gray) or 4 (channels first)",
                "name a file of images or of labels");
          }
          int[] sizes = new int[dimensions];
          long total = 1;
          for (int i = 0; i < dimensions; i++) {
            sizes[i] = data.readInt();
            if (sizes[i] <= 0) {
              throw EspalierException.program(
                  "this IDX file says that dimension " + (i + 1) + " has size " + sizes[i],
                  file.toString(),
                  "a size is at least 1",
                  "get the file again");
            }
            total = Limits.times(total, sizes[i], file.toString());
          }
          byte[] bytes = DataFile.readExactly(in, Limits.arrayLength(total, file.toString()));
          requireEnd(in, file, total);
          return new Block(sizes, bytes);
        });
  }

  private static void requireEnd(java.io.InputStream in, Path file, long total) throws IOException {
    if (!DataFile.atEnd(in)) {
      throw EspalierException.program(
          "the file holds more than its header says",
          file.toString(),
          "the header says " + total + " values, and bytes follow them",
          "get the file again");
    }
  }

  private List<Path> resolved() {
    if (files.size() == 1 && Files.isDirectory(files.get(0))) {
      return inFolder(files.get(0));
    }
    if (files.size() != 2 && files.size() != 4) {
      throw EspalierException.program(
          "idx takes 2 files or 4, not " + files.size(),
          String.join(", ", files.stream().map(Path::toString).toList()),
          "images and labels for training, and the same for test",
          "write: from idx \"train-images\", \"train-labels\"");
    }
    files.forEach(DataFile::requireFile);
    return files;
  }

  /** The two or four files of a folder, training first. */
  static List<Path> inFolder(Path folder) {
    List<Path> found;
    try (Stream<Path> list = Files.list(folder)) {
      found = list.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw DataFile.unreadable(folder, e);
    }
    Path trainImages = one(folder, found, "images", false).orElse(null);
    Path trainLabels = one(folder, found, "labels", false).orElse(null);
    if (trainImages == null || trainLabels == null) {
      throw EspalierException.program(
          "the folder holds no IDX files of images and labels for training",
          folder.toString(),
          "looked for names with `images` or `labels`, and without `test` or `t10k`",
          "name the files one by one");
    }
    Optional<Path> testImages = one(folder, found, "images", true);
    Optional<Path> testLabels = one(folder, found, "labels", true);
    if (testImages.isPresent() != testLabels.isPresent()) {
      throw EspalierException.program(
          "the folder holds test "
              + (testImages.isPresent() ? "images without labels" : "labels without images"),
          folder.toString(),
          "both are needed",
          "add the missing file, or name the files one by one");
    }
    return testImages.isPresent()
        ? List.of(trainImages, trainLabels, testImages.get(), testLabels.get())
        : List.of(trainImages, trainLabels);
  }

  private static Optional<Path> one(Path folder, List<Path> files, String what, boolean test) {
    List<Path> fitting =
        files.stream()
            .filter(
                file -> {
                  String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
                  boolean isTest = name.contains("t10k") || name.contains("test");
                  return name.contains(what) && isTest == test;
                })
            .toList();
    if (fitting.size() > 1) {
      throw EspalierException.program(
          "the folder holds several files of " + (test ? "test " : "training ") + what,
          folder.toString(),
          String.join(", ", fitting.stream().map(f -> f.getFileName().toString()).toList()),
          "name the files one by one");
    }
    return fitting.stream().findFirst();
  }
}
