package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The images of a folder, or of a zip archive, with their parts and classes. */
final class ImageTree implements AutoCloseable {
  /** The most bytes one image file may have. */
  static final int LARGEST_FILE = 64 << 20;

  private static final int MOST_FILES = 5_000_000;
  private static final int DEEPEST = 8;
  private static final long MOST_BYTES = 64L << 30;
  private static final int SMALL = 1 << 20;

  /** Where an image belongs. */
  enum Part {
    TRAIN,
    VALIDATION,
    TEST
  }

  /**
   * An image file.
   *
   * @param name path below the root, with {@code /}
   * @param label its class
   */
  record Item(String name, Part part, String label) {}

  private final Path root;
  private final ZipFile zip;
  private final List<Item> items;
  private final List<String> classes;

  private ImageTree(Path root, ZipFile zip, List<String> names) {
    this.root = root;
    this.zip = zip;
    List<Item> found = sorted(names);
    Set<String> trained = new TreeSet<>();
    found.stream().filter(i -> i.part() == Part.TRAIN).forEach(i -> trained.add(i.label()));
    for (Item item : found) {
      if (!trained.contains(item.label())) {
        throw EspalierException.program(
            "the class `" + item.label() + "` has no training images",
            root + ", " + item.name(),
            "the classes of training are: " + brief(trained),
            "add training images, or remove the folder");
      }
    }
    if (trained.size() > Limits.CLASSES) {
      throw EspalierException.program(
          "there are " + trained.size() + " class folders",
          root.toString(),
          "at most " + Limits.CLASSES + " classes are read",
          "is every folder a class?");
    }
    if (trained.size() < 2) {
      throw Labels.onlyOneClass(root.toString());
    }
    Comparator<String> order =
        trained.stream().allMatch(c -> c.matches("\\d{1,9}"))
            ? Comparator.comparingInt(Integer::parseInt)
            : Comparator.naturalOrder();
    this.classes = trained.stream().sorted(order.thenComparing(Comparator.naturalOrder())).toList();
    this.items =
        found.stream()
            .sorted(
                Comparator.comparing(Item::part)
                    .thenComparing(Item::label, order)
                    .thenComparing(Item::name))
            .toList();
  }

  /**
   * Lists a folder or a zip archive.
   *
   * @throws EspalierException when it is missing, damaged, hostile, or not laid out as folders of
   *     classes
   */
  static ImageTree open(Path root) {
    if (Files.isDirectory(root)) {
      return new ImageTree(root, null, inFolder(root));
    }
    DataFile.requireFile(root);
    ZipFile zip = null;
    try {
      zip = new ZipFile(root.toFile());
      ImageTree tree = new ImageTree(root, zip, inZip(root, zip));
      zip = null;
      return tree;
    } catch (ZipException e) {
      throw EspalierException.program(
          "this is no zip archive, or it is damaged",
          root.toString(),
          String.valueOf(e.getMessage()),
          "name a folder of class folders, or a zip of it",
          e);
    } catch (IOException e) {
      throw DataFile.unreadable(root, e);
    } finally {
      if (zip != null) {
        closeQuietly(zip);
      }
    }
  }

  /** All images: training, validation, test; by class, then by name. */
  List<Item> items() {
    return items;
  }

  /** The classes, in the order of their labels. */
  List<String> classes() {
    return classes;
  }

  /** For messages. */
  String where(Item item) {
    return zip == null ? root.resolve(item.name()).toString() : root + ", entry " + item.name();
  }

  /**
   * The bytes of an image file. Safe from several threads.
   *
   * @throws EspalierException when it cannot be read or is larger than {@link #LARGEST_FILE}
   */
  byte[] bytes(Item item) {
    try (InputStream in =
        zip == null
            ? Files.newInputStream(root.resolve(item.name()))
            : zip.getInputStream(zip.getEntry(item.name()))) {
      byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
      if (bytes.length > LARGEST_FILE) {
        throw tooLarge(where(item));
      }
      return bytes;
    } catch (IOException e) {
      throw EspalierException.program(
          "the image cannot be read",
          where(item),
          String.valueOf(e.getMessage()),
          zip == null ? "check the file" : "make the archive again",
          e);
    }
  }

  @Override
  public void close() {
    if (zip != null) {
      closeQuietly(zip);
    }
  }

  private static void closeQuietly(ZipFile zip) {
    try {
      zip.close();
    } catch (IOException e) {
      // It was only read: nothing can be lost.
    }
  }

  private static List<String> inFolder(Path root) {
    List<String> names = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(root, DEEPEST, FileVisitOption.FOLLOW_LINKS)) {
      Path real = root.toRealPath();
      for (Path file : (Iterable<Path>) walk::iterator) {
        // The folder that the user names may itself be a link.
        if (!file.equals(root) && Files.isSymbolicLink(file)) {
          Path target = file.toRealPath();
          if (!target.startsWith(real)) {
            throw EspalierException.program(
                "a link leaves the folder",
                file.toString(),
                "it points to " + target,
                "copy the images into the folder");
          }
        }
        if (Files.isDirectory(file)) {
          continue;
        }
        names.add(root.relativize(file).toString().replace('\\', '/'));
        if (names.size() > MOST_FILES) {
          throw tooMany(root);
        }
      }
    } catch (IOException e) {
      throw DataFile.unreadable(root, e);
    } catch (java.io.UncheckedIOException e) {
      throw DataFile.unreadable(root, e.getCause());
    }
    return names;
  }

  private static List<String> inZip(Path file, ZipFile zip) throws IOException {
    if (zip.size() > MOST_FILES) {
      throw tooMany(file);
    }
    List<String> names = new ArrayList<>();
    long packed = 0;
    long unpacked = 0;
    for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
      ZipEntry entry = all.nextElement();
      String name = entry.getName();
      String where = file + ", entry " + name;
      if (name.startsWith("/")
          || name.contains("\\")
          || name.contains("\0")
          || name.matches("[A-Za-z]:.*")
          || Arrays.asList(name.split("/")).contains("..")) {
        throw EspalierException.program(
            "an entry leaves the archive's folder",
            where,
            "such names are made to overwrite files elsewhere",
            "do not trust this archive; nothing was read");
      }
      if (entry.isDirectory()) {
        continue;
      }
      if (entry.getSize() > LARGEST_FILE) {
        throw tooLarge(where);
      }
      packed += entry.getCompressedSize();
      unpacked += entry.getSize();
      if ((entry.getSize() > SMALL
              && entry.getSize() / BoundedInflation.HIGHEST_RATIO
                  > Math.max(1, entry.getCompressedSize()))
          || unpacked > MOST_BYTES
          || packed > Files.size(file)) {
        throw BoundedInflation.refused(where);
      }
      names.add(name);
    }
    if (Set.copyOf(names).size() != names.size()) {
      Set<String> seen = new java.util.HashSet<>();
      String twice = names.stream().filter(n -> !seen.add(n)).findFirst().orElseThrow();
      throw EspalierException.program(
          "the archive holds an entry twice",
          file + ", entry " + twice,
          "it is not clear which one counts",
          "make the archive again");
    }
    return names;
  }

  /** Parts and classes from the paths. */
  private List<Item> sorted(List<String> names) {
    List<String[]> paths = new ArrayList<>();
    for (String name : names) {
      if (!isClutter(name)) {
        paths.add(name.split("/"));
      }
    }
    int depth = wrapping(paths);
    boolean parts = paths.stream().anyMatch(p -> p.length == depth + 3 && part(p[depth]) != null);
    List<Item> found = new ArrayList<>();
    for (String[] p : paths) {
      String name = String.join("/", p);
      int classAt = parts ? depth + 1 : depth;
      if (p.length <= classAt + 1) {
        if (p.length <= depth + 1 && !isImage(name)) {
          // A README or a list beside the class folders.
          continue;
        }
        throw EspalierException.program(
            "the file lies in no class folder",
            root + ", " + name,
            "each image lies in a folder named by its class"
                + (parts ? ", below train, validation or test" : ""),
            "move it into the folder of its class, or remove it");
      }
      Part part = parts ? part(p[depth]) : Part.TRAIN;
      if (part == null) {
        throw EspalierException.program(
            "the folder `" + p[depth] + "` is no part",
            root + ", " + name,
            "there are folders named train or test beside it",
            "name it train, validation or test, or remove it");
      }
      if (p.length > classAt + 2) {
        throw EspalierException.program(
            "there is a folder within a class folder",
            root + ", " + name,
            "images lie directly in the folder of their class",
            "move the images up");
      }
      found.add(new Item(name, part, p[classAt]));
    }
    if (found.stream().noneMatch(i -> i.part() == Part.TRAIN)) {
      throw EspalierException.program(
          "there are no training images",
          root.toString(),
          parts
              ? "the folder train is missing or empty"
              : "there must be a folder of images for each class",
          "name a folder that holds class folders, or train and test with class folders in them");
    }
    return found;
  }

  /** How many folders enclose everything, as archives of a folder have it. */
  private static int wrapping(List<String[]> paths) {
    int depth = 0;
    while (!paths.isEmpty()) {
      int at = depth;
      String name = paths.get(0)[at];
      boolean wraps =
          part(name) == null
              && paths.stream().allMatch(p -> p.length > at + 2 && p[at].equals(name));
      if (!wraps) {
        return depth;
      }
      depth++;
    }
    return depth;
  }

  private static Part part(String folder) {
    return switch (folder.toLowerCase(Locale.ROOT)) {
      case "train", "training" -> Part.TRAIN;
      case "validation", "valid", "val", "dev" -> Part.VALIDATION;
      case "test", "testing" -> Part.TEST;
      default -> null;
    };
  }

  /** What file managers leave behind. */
  private static boolean isClutter(String name) {
    return Arrays.stream(name.split("/"))
        .anyMatch(
            p ->
                p.startsWith(".")
                    || p.equals("__MACOSX")
                    || p.equals("Thumbs.db")
                    || p.equals("desktop.ini"));
  }

  private static boolean isImage(String name) {
    return name.toLowerCase(Locale.ROOT).matches(".*\\.(png|jpe?g|gif|bmp)");
  }

  private static String brief(Set<String> names) {
    List<String> some = names.stream().limit(10).toList();
    return String.join(", ", some) + (names.size() > 10 ? ", …" : "");
  }

  private static EspalierException tooLarge(String where) {
    return EspalierException.program(
        "the image file is too large",
        where,
        "at most " + (LARGEST_FILE >> 20) + " MiB are read",
        "make it smaller");
  }

  private static EspalierException tooMany(Path root) {
    return EspalierException.program(
        "there are too many files", root.toString(), "at most " + MOST_FILES + " are read", "");
  }
}
