package dev.espalier.kernel.install;

import java.nio.file.Path;
import java.util.List;

/**
 * What an installation did.
 *
 * @param kernelspec the folder that Jupyter reads
 * @param archived whether there is a class archive
 * @param notes what the user should know, a sentence each
 */
public record Installed(Path kernelspec, boolean archived, List<String> notes) {
  public Installed {
    notes = List.copyOf(notes);
  }
}
