package dev.espalier.kernel.jupyter;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;

/** A kernel as a process of its own, and a front end that talks to it. */
final class KernelProcess implements AutoCloseable {
  /** How a kernel is started: as Jupyter reads it from {@code kernel.json}. */
  record Spec(List<String> command, Map<String, String> environment) {
    /** What is installed in a folder. */
    static Spec installed(Path kernelspec) throws IOException {
      JsonObject json = Client.parse(Files.readString(kernelspec.resolve("kernel.json")));
      List<String> command = new ArrayList<>();
      json.getAsJsonArray("argv").forEach(e -> command.add(e.getAsString()));
      Map<String, String> environment = new HashMap<>();
      for (Map.Entry<String, JsonElement> e : Json.object(json, "env").entrySet()) {
        environment.put(e.getKey(), e.getValue().getAsString());
      }
      return new Spec(command, environment);
    }

    /** The classes under test, with the flags that the installer writes. */
    static Spec underTest(String... javaOptions) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(
          List.of("-XX:+UseSerialGC", "-Djava.awt.headless=true", "-Dfile.encoding=UTF-8"));
      command.addAll(List.of(javaOptions));
      command.add("-cp");
      command.add(
          System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
      command.add(KernelMain.class.getName());
      command.add("{connection_file}");
      return new Spec(command, Map.of("MALLOC_ARENA_MAX", "1"));
    }

    /** As another, with an environment variable more. */
    Spec with(String name, String value) {
      Map<String, String> more = new HashMap<>(environment);
      more.put(name, value);
      return new Spec(command, more);
    }
  }

  private final Path connectionFile;
  private final Path log;
  private final Process process;
  private final KernelConnectionProperties properties;
  private final Client client;

  private KernelProcess(
      Path connectionFile, Path log, Process process, KernelConnectionProperties properties)
      throws Exception {
    this.connectionFile = connectionFile;
    this.log = log;
    this.process = process;
    this.properties = properties;
    this.client = new Client(properties);
  }

  /**
   * Starts a kernel; it may not answer yet.
   *
   * @param folder takes the connection file and the log
   */
  static KernelProcess start(Spec spec, Path folder) throws Exception {
    KernelConnectionProperties properties = Client.freePorts();
    Path file = Files.createTempFile(folder, "connection", ".json");
    Files.writeString(file, properties.toJsonString());
    Path log = Files.createTempFile(folder, "kernel", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
            spec.command().stream()
                .map(word -> word.replace("{connection_file}", file.toString()))
                .toList());
    builder.environment().putAll(spec.environment());
    builder.environment().putIfAbsent("ESPALIER_STORE", folder.resolve("store").toString());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new KernelProcess(file, log, builder.start(), properties);
  }

  Client client() {
    return client;
  }

  Process process() {
    return process;
  }

  KernelConnectionProperties properties() {
    return properties;
  }

  /** What the process itself wrote. */
  String log() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  /** A number that Linux keeps of the process, such as {@code VmRSS} (kB) or {@code Threads}. */
  long status(String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith(field + ":")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("no " + field);
  }

  @Override
  public void close() throws Exception {
    if (process.isAlive()) {
      client.send(client.control, "shutdown_request", Json.of("restart", false));
      process.waitFor(5, TimeUnit.SECONDS);
    }
    process.destroyForcibly();
    client.close();
    Files.deleteIfExists(connectionFile);
    Files.deleteIfExists(log);
  }
}
