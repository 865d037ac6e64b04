package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A form of data files with its settings: {@code data cells from csv "cells.csv" with label
 * "kind"}.
 */
public sealed interface FileFormat {
  /**
   * The source that reads these files; nothing is opened yet.
   *
   * @param files as the program names them, resolved
   * @throws EspalierException when their number is wrong
   */
  DataSource source(List<Path> files);

  /** IDX, the format of MNIST. */
  @Word(
      name = "idx",
      kind = Kind.FORMAT,
      doc = "files of images and labels as MNIST has them, plain or .gz, or their folder",
      source = "http://yann.lecun.com/exdb/mnist")
  record Idx() implements FileFormat {
    @Override
    public DataSource source(List<Path> files) {
      return new IdxSource(files);
    }
  }

  /** Comma-separated values. */
  @Word(
      name = "csv",
      kind = Kind.FORMAT,
      doc = "a table with one sample a line, plain or .gz",
      source = "RFC 4180")
  record Csv(
      @Setting(
              doc = "the column of the class: its name in the header, its number from 1, or last",
              preset = "last")
          String label,
      @Setting(
              doc =
                  "the columns of the quantities to predict, by name or number, with commas"
                      + " between; none is a classification by `label`",
              preset = "none")
          String target)
      implements FileFormat {
    @Override
    public DataSource source(List<Path> files) {
      if (!target.isEmpty() && !label.equals("last")) {
        throw EspalierException.program(
            "csv takes a `label` or a `target`, not both",
            "label " + label + ", target " + target,
            "a label is a class, a target a quantity",
            "leave one of them out");
      }
      return new CsvSource(one("csv", files), label, target);
    }
  }

  /** NumPy's archives. */
  @Word(
      name = "npz",
      kind = Kind.FORMAT,
      doc = "a NumPy archive with x and y, or x_train, y_train, x_test and y_test",
      source = "NEP 1")
  record Npz() implements FileFormat {
    @Override
    public DataSource source(List<Path> files) {
      return new NpzSource(one("npz", files));
    }
  }

  /** Folders of images, one a class. */
  @Word(
      name = "images",
      kind = Kind.FORMAT,
      doc =
          "a folder (or a zip of it) with a folder of images for each class, perhaps below train"
              + " and test")
  record Images(
      @Setting(
              doc = "width of all images; 0 takes that of the first",
              preset = "0",
              min = 0,
              max = 4096,
              unit = "pixels")
          int width,
      @Setting(
              doc = "height of all images; 0 takes that of the first",
              preset = "0",
              min = 0,
              max = 4096,
              unit = "pixels")
          int height,
      @Setting(doc = "gray, rgb, or as the first image", preset = "auto") Colors colors)
      implements FileFormat {
    @Override
    public DataSource source(List<Path> files) {
      return new ImagesSource(one("images", files), width, height, colors);
    }
  }

  /** Channels of images. */
  enum Colors {
    /** As the first image has them. */
    AUTO,
    GRAY,
    RGB
  }

  /**
   * The name of the format that a file's name (or what a folder holds) tells, as a word of {@link
   * Kind#FORMAT}.
   */
  static Optional<String> guess(Path file) {
    if (Files.isDirectory(file)) {
      try (Stream<Path> list = Files.list(file)) {
        return Optional.of(list.anyMatch(f -> isIdx(name(f))) ? "idx" : "images");
      } catch (IOException e) {
        throw DataFile.unreadable(file, e);
      }
    }
    String name = name(file);
    if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
      return Optional.of("csv");
    }
    if (name.endsWith(".npz")) {
      return Optional.of("npz");
    }
    if (name.endsWith(".zip")) {
      return Optional.of("images");
    }
    return isIdx(name) ? Optional.of("idx") : Optional.empty();
  }

  private static String name(Path file) {
    return file.getFileName() == null ? "" : file.getFileName().toString().toLowerCase(Locale.ROOT);
  }

  private static boolean isIdx(String name) {
    return name.matches(".*[-.]idx[134]([-.]ubyte)?(\\.gz)?");
  }

  private static Path one(String format, List<Path> files) {
    if (files.size() != 1) {
      throw EspalierException.program(
          format + " takes one file, not " + files.size(),
          String.join(", ", files.stream().map(Path::toString).toList()),
          "",
          "name one file");
    }
    return files.get(0);
  }
}
