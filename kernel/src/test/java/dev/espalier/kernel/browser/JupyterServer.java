package dev.espalier.kernel.browser;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** JupyterLab or Notebook with a fresh configuration and the kernel installed from its jar. */
final class JupyterServer implements AutoCloseable {
  private static final String TOKEN = "of-the-test";
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final String address;
  private final Path notebooks;

  private JupyterServer(Process process, String address, Path notebooks) {
    this.process = process;
    this.address = address;
    this.notebooks = notebooks;
  }

  /**
   * Starts a server.
   *
   * @param program {@code jupyter-lab} or {@code jupyter-notebook}
   * @param prefix where the kernel is installed
   */
  static JupyterServer start(Path program, Path prefix, Path folder)
      throws IOException, InterruptedException {
    Path notebooks = Files.createDirectories(folder.resolve("notebooks"));
    Path runtime = Files.createDirectories(folder.resolve("runtime"));
    Path settings = folder.resolve("settings/@jupyterlab/apputils-extension");
    Files.createDirectories(settings);
    // Else the first page asks whether it may fetch news.
    Files.writeString(
        settings.resolve("notification.jupyterlab-settings"),
        "{\"fetchNews\": \"false\", \"checkForUpdates\": false}");
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.add("--no-browser");
    command.add("--allow-root");
    command.add("--ServerApp.ip=127.0.0.1");
    command.add("--ServerApp.port=0");
    command.add("--ServerApp.root_dir=" + notebooks);
    command.add("--IdentityProvider.token=" + TOKEN);
    command.add("--LabApp.extension_manager=readonly");
    command.add("--LabApp.expose_app_in_browser=True");
    command.add("--JupyterNotebookApp.expose_app_in_browser=True");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Path log = folder.resolve("jupyter.log");
    builder.redirectOutput(log.toFile());
    environment(builder.environment(), prefix, folder);
    Process process = builder.start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    Optional<String> address = Optional.empty();
    while (address.isEmpty()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        process.destroyForcibly();
        throw new AssertionError(program + " does not start:\n" + Files.readString(log));
      }
      TimeUnit.MILLISECONDS.sleep(50);
      address = address(runtime);
    }
    return new JupyterServer(process, address.get(), notebooks);
  }

  /** What keeps a Jupyter program away from the user's own files. */
  static void environment(Map<String, String> environment, Path prefix, Path folder) {
    environment.put("JUPYTER_PATH", prefix.resolve("share/jupyter").toString());
    environment.put("JUPYTER_RUNTIME_DIR", folder.resolve("runtime").toString());
    environment.put("JUPYTER_CONFIG_DIR", folder.resolve("config").toString());
    environment.put("JUPYTER_DATA_DIR", folder.resolve("data").toString());
    environment.put("JUPYTERLAB_SETTINGS_DIR", folder.resolve("settings").toString());
    environment.put("JUPYTERLAB_WORKSPACES_DIR", folder.resolve("workspaces").toString());
    environment.put("IPYTHONDIR", folder.resolve("ipython").toString());
    environment.put("ESPALIER_STORE", folder.resolve("store").toString());
  }

  private static Optional<String> address(Path runtime) throws IOException {
    try (Stream<Path> files = Files.list(runtime)) {
      Optional<Path> about =
          files.filter(f -> f.getFileName().toString().matches("jpserver-.*\\.json")).findFirst();
      if (about.isEmpty() || Files.size(about.get()) == 0) {
        return Optional.empty();
      }
      int port =
          JsonParser.parseString(Files.readString(about.get()))
              .getAsJsonObject()
              .get("port")
              .getAsInt();
      return Optional.of("http://127.0.0.1:" + port + "/");
    }
  }

  /** The address of a page of the server. */
  String page(String path) {
    return address + path + (path.contains("?") ? "&" : "?") + "token=" + TOKEN;
  }

  /** The folder that is served. */
  Path notebooks() {
    return notebooks;
  }

  @Override
  public void close() throws InterruptedException {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    process.destroy();
    if (!process.waitFor(15, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
