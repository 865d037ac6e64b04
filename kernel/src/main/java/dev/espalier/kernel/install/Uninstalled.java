package dev.espalier.kernel.install;

import java.nio.file.Path;
import java.util.List;

/**
 * What was removed.
 *
 * @param kernelspec the folder that Jupyter read
 * @param removed the files
 * @param left what was not removed, and why, a sentence each
 */
public record Uninstalled(Path kernelspec, List<Path> removed, List<String> left) {
  public Uninstalled {
    removed = List.copyOf(removed);
    left = List.copyOf(left);
  }
}
