package dev.espalier.engine.data;

import dev.espalier.engine.run.Progress;

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
}
