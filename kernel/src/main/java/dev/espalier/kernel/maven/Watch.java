package dev.espalier.kernel.maven;

/** Hears how downloads go; called from several threads. */
public interface Watch {
  /**
   * Something was read.
   *
   * @param done files that are here
   * @param running files that are on their way
   * @param bytes read so far, over all files
   * @param name the file it was read for
   */
  void downloading(int done, int running, long bytes, String name);

  /** Whether the user asked to stop. */
  boolean stopped();
}
