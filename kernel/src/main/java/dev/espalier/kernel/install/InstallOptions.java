package dev.espalier.kernel.install;

import java.util.Optional;

/**
 * Where and how to install.
 *
 * @param name what Jupyter calls the kernel, and the name of its folder
 * @param displayName what people read; empty for one made of the name
 * @param archive whether to write a class archive, which halves the time until the kernel answers
 */
public record InstallOptions(
    Place place, String name, Optional<String> displayName, Settings settings, boolean archive) {
  /** Into the user's folder, with a class archive. */
  public static InstallOptions user() {
    return new InstallOptions(
        Place.user(), Installer.NAME, Optional.empty(), Settings.usual(), true);
  }
}
