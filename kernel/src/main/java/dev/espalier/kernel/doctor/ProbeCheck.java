package dev.espalier.kernel.doctor;

import dev.espalier.kernel.install.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Starts {@link Probe} for each thing that may crash, with what the kernel is started with. */
final class ProbeCheck {
  private static final int SECONDS = 120;

  private final Path java;
  private final Path jar;
  private final Map<String, String> variables;
  private final Consumer<Finding> found;

  ProbeCheck(Path java, Path jar, Map<String, String> variables, Consumer<Finding> found) {
    this.java = java;
    this.jar = jar;
    this.variables = variables;
    this.found = found;
  }

  void look() {
    for (Probe.Part part : Probe.Part.values()) {
      look(part);
    }
  }

  private void look(Probe.Part part) {
    // Started from a folder of classes, the libraries are on the class path only.
    String path = Files.isRegularFile(jar) ? jar.toString() : System.getProperty("java.class.path");
    try {
      Child.Ended ended =
          Child.run(
              List.of(
                  java.toString(),
                  "-XX:+UseSerialGC",
                  "-Xshare:auto",
                  "-cp",
                  path,
                  Probe.class.getName(),
                  part.name()),
              variables,
              SECONDS);
      List<Finding> told = Probe.read(part, ended.out());
      told.forEach(found);
      if (!ended.well() || told.isEmpty()) {
        found.accept(
            Finding.wrong(
                part.area(),
                part.what() + ": the process that tried it " + ended.how() + firstLine(ended.err()),
                part.fix()));
      }
    } catch (IOException e) {
      found.accept(
          Finding.wrong(part.area(), part.what() + " cannot be tried: " + e.getMessage(), ""));
    }
  }

  private static String firstLine(String text) {
    return text.lines().filter(l -> !l.isBlank()).findFirst().map(l -> ": " + l).orElse("");
  }
}
