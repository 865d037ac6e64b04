package dev.espalier.engine.data;

import dev.espalier.engine.Progress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Where a data set comes from. Implementations are records of plain values. */
public interface DataSource {
  /**
   * What identifies the content, for keys: settings for generated data, SHA-256 of the files for
   * files. Equal fingerprints mean equal data.
   *
   * @throws dev.espalier.engine.EspalierException when a file is missing or unreadable
   */
  String fingerprint();

  /**
   * Reads or makes the data, before split, take, normalize and augment.
   *
   * @param offline whether downloading is forbidden
   * @throws dev.espalier.engine.EspalierException naming the file and line of what is wrong
   */
  DataSet load(boolean offline, Progress progress);

  /** Whether the samples have quantities as answers, not classes. */
  default boolean isRegression() {
    return false;
  }

  /** What the samples look like, where that is known without reading anything. */
  default Optional<Samples> samples() {
    return Optional.empty();
  }

  /** How many training samples there are before any split, where that is known without reading. */
  default OptionalLong trainingSamples() {
    return OptionalLong.empty();
  }

  /**
   * What samples look like.
   *
   * @param shape of one: [channels, height, width] or [features]
   */
  record Samples(List<Long> shape, int classes) {
    public Samples {
      shape = List.copyOf(shape);
    }

    /** Images of so many channels, rows and columns. */
    public static Samples images(long channels, long side, int classes) {
      return new Samples(List.of(channels, side, side), classes);
    }
  }
}
