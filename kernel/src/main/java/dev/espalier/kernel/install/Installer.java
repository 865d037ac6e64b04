package dev.espalier.kernel.install;

import com.google.gson.GsonBuilder;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.WholeFile;
import dev.espalier.kernel.jupyter.KernelMain;
import dev.espalier.kernel.jupyter.Rehearsal;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * Writes the kernelspec: {@code kernel.json} with absolute paths of this Java and this jar, logos,
 * and a class archive that makes the start quick.
 */
public final class Installer {
  /** What Jupyter calls the kernel. */
  public static final String NAME = "espalier";

  private static final int OLDEST_JAVA = 17;
  private static final String ARCHIVE = "espalier.jsa";
  private static final long REHEARSAL_SECONDS = 90;

  private final Map<String, String> environment;
  private final Path home;
  private final String system;

  Installer(Map<String, String> environment, Path home, String system) {
    this.environment = environment;
    this.home = home;
    this.system = system.toLowerCase(Locale.ROOT);
  }

  /**
   * Installs the kernel that this code is part of.
   *
   * @throws EspalierException when Java is too old, the jar or its libraries are missing, or the
   *     folder cannot be written
   */
  public static Installed install(InstallOptions options) {
    Installer installer =
        new Installer(
            System.getenv(),
            Path.of(System.getProperty("user.home")),
            System.getProperty("os.name"));
    return installer.install(options, jar(), java());
  }

  Installed install(InstallOptions options, Path jar, Path java) {
    List<String> notes = new ArrayList<>();
    checkJava(Runtime.version().feature(), java, notes);
    checkJar(jar);
    Path folder = dataFolder(options).resolve("kernels").resolve(NAME);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw EspalierException.run(
          "the kernel cannot be installed there",
          folder.toString(),
          e.toString(),
          "choose a folder that you may write to: --prefix FOLDER",
          e);
    }
    boolean archived = options.archive() && archive(folder, jar, java, options, notes);
    List<String> command = command(folder, jar, java, options, archived);
    write(folder.resolve("logo-svg.svg"), Logo.svg().getBytes(StandardCharsets.UTF_8));
    write(folder.resolve("logo-32x32.png"), Logo.png(32));
    write(folder.resolve("logo-64x64.png"), Logo.png(64));
    text(folder.resolve("kernel.js"), Highlighter.kernelScript());
    Path extension = dataFolder(options).resolve("labextensions").resolve(Highlighter.NAME);
    Highlighter.extension().forEach((name, content) -> text(extension.resolve(name), content));
    // Last, since Jupyter lists a kernel by this file.
    write(folder.resolve("kernel.json"), kernelJson(command).getBytes(StandardCharsets.UTF_8));
    return new Installed(folder, archived, notes);
  }

  private static void text(Path file, String content) {
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw EspalierException.run(
          "the highlighter cannot be installed there",
          file.getParent().toString(),
          e.toString(),
          "choose a folder that you may write to: --prefix FOLDER",
          e);
    }
    write(file, content.getBytes(StandardCharsets.UTF_8));
  }

  private static void write(Path file, byte[] content) {
    WholeFile.write(file, content);
  }

  // --- what is installed ---

  private static Path java() {
    String name = File.separatorChar == '\\' ? "java.exe" : "java";
    return Path.of(System.getProperty("java.home"), "bin", name).toAbsolutePath();
  }

  private static Path jar() {
    try {
      URI place = KernelMain.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(place).toAbsolutePath();
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw EspalierException.run("the kernel's own jar cannot be found", "", e.toString(), "", e);
    }
  }

  static void checkJava(int version, Path java, List<String> notes) {
    if (version < OLDEST_JAVA) {
      throw EspalierException.program(
          "this Java is too old: version " + version,
          java.toString(),
          "the kernel needs Java " + OLDEST_JAVA + " or newer",
          "install a newer JDK and call its java");
    }
    if (!Files.isRegularFile(java)) {
      throw EspalierException.program(
          "there is no java where this Java says it lives", java.toString(), "", "reinstall it");
    }
    if (ModuleLayer.boot().findModule("jdk.jshell").isEmpty()) {
      notes.add(
          "This Java has no module jdk.jshell: Espalier cells work, %%java cells do not. Install"
              + " from a full JDK to have both.");
    }
  }

  static void checkJar(Path jar) {
    if (!Files.isRegularFile(jar)) {
      throw EspalierException.program(
          "the kernel is installed from its jar, and this is none",
          jar.toString(),
          "it was started from a folder of classes",
          "build it with `mvn -DskipTests package`, then run `java -jar kernel/target/espalier.jar"
              + " install`");
    }
    List<String> missing = new ArrayList<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      String path =
          file.getManifest() == null
              ? null
              : file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      for (String entry : path == null ? new String[0] : path.trim().split(" +")) {
        if (!Files.exists(jar.resolveSibling(entry))) {
          missing.add(entry);
        }
      }
    } catch (IOException | InvalidPathException e) {
      throw EspalierException.program(
          "the kernel's jar cannot be read", jar.toString(), e.toString(), "build it again", e);
    }
    if (!missing.isEmpty()) {
      throw EspalierException.program(
          missing.size() + " libraries are missing beside the jar, " + missing.get(0) + " first",
          jar.resolveSibling("lib").toString(),
          "the jar needs the folder lib that was built with it",
          "keep the two together, or build again with `mvn -DskipTests package`");
    }
  }

  // --- where ---

  /** The {@code share/jupyter} folder, or what takes its place for a user. */
  Path dataFolder(InstallOptions options) {
    if (options.prefix().isPresent() && options.sysPrefix()) {
      throw EspalierException.program(
          "a prefix is given twice", "", "--prefix and --sys-prefix exclude each other", "use one");
    }
    if (options.prefix().isPresent()) {
      return options.prefix().get().toAbsolutePath().resolve("share").resolve("jupyter");
    }
    if (options.sysPrefix()) {
      return sysPrefix().resolve("share").resolve("jupyter");
    }
    Optional<String> named = variable("JUPYTER_DATA_DIR");
    if (named.isPresent()) {
      return Path.of(named.get()).toAbsolutePath();
    }
    if (system.contains("mac")) {
      return home.resolve("Library").resolve("Jupyter");
    }
    if (system.contains("windows")) {
      return variable("APPDATA")
          .map(Path::of)
          .orElse(home.resolve("AppData").resolve("Roaming"))
          .resolve("jupyter");
    }
    return variable("XDG_DATA_HOME")
        .map(Path::of)
        .orElse(home.resolve(".local").resolve("share"))
        .resolve("jupyter");
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(v -> !v.isBlank());
  }

  /** The environment that is switched on, else the prefix of the Python on the path. */
  private Path sysPrefix() {
    Optional<String> active = variable("VIRTUAL_ENV").or(() -> variable("CONDA_PREFIX"));
    if (active.isPresent()) {
      return Path.of(active.get()).toAbsolutePath();
    }
    for (String python : List.of("python3", "python")) {
      try {
        Process process =
            new ProcessBuilder(python, "-c", "import sys; print(sys.prefix)")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String answer =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() == 0 && !answer.isEmpty()) {
          return Path.of(answer).toAbsolutePath();
        }
      } catch (IOException e) {
        // There is no such program; the other name may do.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    throw EspalierException.program(
        "there is no Python whose prefix could be used",
        "--sys-prefix",
        "neither VIRTUAL_ENV nor CONDA_PREFIX is set, and no python3 is on the path",
        "name the folder: --prefix FOLDER");
  }

  // --- how it starts ---

  private static List<String> flags(InstallOptions options) {
    List<String> flags = new ArrayList<>();
    // A quarter of the start of the default collector, and less memory beside the native engines.
    flags.add("-XX:+UseSerialGC");
    flags.add("-Djava.awt.headless=true");
    flags.add("-Dfile.encoding=UTF-8");
    flags.addAll(options.javaOptions());
    return flags;
  }

  private static List<String> command(
      Path folder, Path jar, Path java, InstallOptions options, boolean archived) {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    if (archived) {
      // After a rebuild of the jar the archive no longer fits; auto starts without it, silently.
      command.add("-Xshare:auto");
      command.add("-XX:SharedArchiveFile=" + folder.resolve(ARCHIVE));
      command.add("-Xlog:disable");
      command.add("-Xlog:all=error:stderr");
    }
    command.addAll(flags(options));
    command.add("-cp");
    command.add(jar.toString());
    command.add(KernelMain.class.getName());
    command.add("{connection_file}");
    return command;
  }

  private static String kernelJson(List<String> command) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("argv", command);
    json.put("display_name", "Espalier");
    json.put("language", NAME);
    // A signal would end the JVM.
    json.put("interrupt_mode", "message");
    // More than one arena fragments the memory of training, and makes its speed a matter of luck.
    json.put("env", Map.of("MALLOC_ARENA_MAX", "1"));
    json.put("metadata", Map.of("debugger", false));
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json) + "\n";
  }

  /** Runs the kernel once and keeps the classes it loaded; without them it starts all the same. */
  private static boolean archive(
      Path folder, Path jar, Path java, InstallOptions options, List<String> notes) {
    Path archive = folder.resolve(ARCHIVE);
    try {
      Path made = Files.createTempFile(folder, ARCHIVE, ".new");
      try {
        Files.delete(made);
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.add("-XX:ArchiveClassesAtExit=" + made);
        command.add("-Xlog:disable");
        command.addAll(flags(options));
        command.add("-cp");
        command.add(jar.toString());
        command.add(Rehearsal.class.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(REHEARSAL_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          notes.add(
              "No class archive: the rehearsal took too long. The kernel starts more slowly.");
          return false;
        }
        if (process.exitValue() != 0 || !Files.isRegularFile(made)) {
          notes.add(
              "No class archive: the rehearsal ended with code "
                  + process.exitValue()
                  + ". The kernel starts more slowly.");
          return false;
        }
        Files.move(
            made, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return true;
      } finally {
        Files.deleteIfExists(made);
      }
    } catch (IOException e) {
      notes.add("No class archive: " + e.getMessage() + ". The kernel starts more slowly.");
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
