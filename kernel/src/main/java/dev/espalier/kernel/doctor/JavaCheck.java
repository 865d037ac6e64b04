package dev.espalier.kernel.doctor;

import java.nio.file.Path;
import java.util.function.Consumer;

/** The Java in use. */
final class JavaCheck {
  private static final int OLDEST = 17;

  private final Consumer<Finding> found;

  JavaCheck(Consumer<Finding> found) {
    this.found = found;
  }

  void runningJava(Path java) {
    Runtime.Version version = Runtime.version();
    String text = "Java " + version + " of " + System.getProperty("java.vendor") + ", " + java;
    found.accept(
        version.feature() < OLDEST
            ? Finding.wrong("java", text, "install a JDK of version " + OLDEST + " or newer")
            : Finding.ok("java", text));
    if (ModuleLayer.boot().findModule("jdk.jshell").isPresent()) {
      found.accept(Finding.ok("java", "it has jdk.jshell, which %%java cells need"));
    } else {
      found.accept(
          Finding.note(
              "java",
              "it has no jdk.jshell: Espalier cells work, %%java cells do not",
              "install from a full JDK"));
    }
  }
}
