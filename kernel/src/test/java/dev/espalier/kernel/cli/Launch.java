package dev.espalier.kernel.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts the command line as users do: as a process of its own, with its output in a pipe. */
final class Launch {
  private final List<String> javaOptions = new ArrayList<>(List.of("-Xmx1g"));
  private final List<String> arguments;
  private final Path folder;

  Launch(Path folder, String... arguments) {
    this.folder = folder;
    this.arguments = List.of(arguments);
  }

  /** How it ended and what it wrote. */
  record Ended(int exit, String out, String err) {
    String all() {
      return out + err;
    }
  }

  Launch java(String option) {
    javaOptions.add(option);
    return this;
  }

  Process start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(javaOptions);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("dev.espalier.kernel.cli.Main");
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    // What a person's terminal has; a pipe must stay plain all the same.
    environment.put("TERM", "xterm-256color");
    environment.put("LANG", "C");
    environment.remove("LC_ALL");
    environment.remove("NO_COLOR");
    environment.put("ESPALIER_STORE", folder.resolve("store").toString());
    builder.redirectOutput(folder.resolve("stdout.txt").toFile());
    builder.redirectError(folder.resolve("stderr.txt").toFile());
    return builder.start();
  }

  Ended run() throws Exception {
    return end(start());
  }

  Ended end(Process process) throws Exception {
    process.getOutputStream().close();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("did not end: " + arguments);
    }
    return new Ended(
        process.exitValue(),
        Files.readString(folder.resolve("stdout.txt"), StandardCharsets.UTF_8),
        Files.readString(folder.resolve("stderr.txt"), StandardCharsets.UTF_8));
  }
}
