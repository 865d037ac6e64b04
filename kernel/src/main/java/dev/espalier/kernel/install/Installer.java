package dev.espalier.kernel.install;

import com.google.gson.GsonBuilder;
import dev.espalier.engine.EngineVersion;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.WholeFile;
import dev.espalier.kernel.jupyter.KernelMain;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * Writes the kernelspec: {@code kernel.json} with absolute paths of this Java and this jar, logos,
 * and a class archive that makes the start quick.
 */
public final class Installer {
  /** What Jupyter calls the kernel. */
  public static final String NAME = "espalier";

  private static final int OLDEST_JAVA = 17;
  private static final int JAVA_SECONDS = 20;
  private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private final Machine machine;

  Installer(Machine machine) {
    this.machine = machine;
  }

  /**
   * Installs the kernel that this code is part of.
   *
   * @throws EspalierException when Java is too old or refuses an option, when the jar or its
   *     libraries are missing, when another kernel has that name, or when the folder cannot be
   *     written
   */
  public static Installed install(InstallOptions options) {
    return new Installer(Machine.here()).install(options, code(), java());
  }

  Installed install(InstallOptions options, Path jar, Path java) {
    List<String> notes = new ArrayList<>();
    checkJava(Runtime.version().feature(), java, notes);
    checkJar(jar);
    options.settings().check(machine, notes);
    checkStarts(java, options.settings());
    Path dataFolder = options.place().dataFolder(machine);
    Path folder = kernelspec(dataFolder, options.name());
    checkFree(folder, options.name());
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
    Map<String, byte[]> files = files(dataFolder, folder);
    // First, so that what a killed installation leaves can be removed.
    WholeFile.write(folder.resolve(InstalledFiles.NAME), InstalledFiles.of(files).content());
    Optional<Path> archive =
        options.archive()
            ? ClassArchive.make(folder, jar, java, options.settings(), notes)
            : Optional.empty();
    files.forEach((name, content) -> WholeFile.write(dataFolder.resolve(name), content));
    // Last, since Jupyter lists a kernel by this file.
    WholeFile.write(
        folder.resolve("kernel.json"),
        kernelJson(options, command(jar, java, options.settings(), archive), jar)
            .getBytes(StandardCharsets.UTF_8));
    removeOldArchives(folder, archive);
    return new Installed(folder, archive.isPresent(), notes);
  }

  /** A kernel that runs on an old archive keeps it where the system cannot remove it yet. */
  private static void removeOldArchives(Path folder, Optional<Path> current) {
    try {
      for (Path archive : ClassArchive.in(folder)) {
        if (!current.equals(Optional.of(archive))) {
          Files.deleteIfExists(archive);
        }
      }
    } catch (IOException e) {
      // The next installation, or uninstalling, finds it again.
      return;
    }
  }

  // --- what is written ---

  /**
   * The folder that Jupyter reads.
   *
   * @throws EspalierException (program) when no kernel can have that name
   */
  public static Path kernelspec(Path dataFolder, String name) {
    if (!NAMES.matcher(name).matches()) {
      throw EspalierException.program(
          "`" + name + "` cannot be the name of a kernel",
          "--name",
          "Jupyter's names have letters of English, digits, dots, hyphens and underscores",
          "as in --name espalier-4g; --display-name may be any text");
    }
    return dataFolder.resolve("kernels").resolve(name.toLowerCase(Locale.ROOT));
  }

  /** The folder of what makes JupyterLab and Notebook 7 colour cells. */
  static Path extension(Path dataFolder) {
    return dataFolder.resolve("labextensions").resolve(Highlighter.NAME);
  }

  /** Everything but {@code kernel.json} and the archive, by its path below the data folder. */
  private static Map<String, byte[]> files(Path dataFolder, Path folder) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    put(files, dataFolder, folder.resolve("logo-svg.svg"), text(Logo.svg()));
    put(files, dataFolder, folder.resolve("logo-32x32.png"), Logo.png(32));
    put(files, dataFolder, folder.resolve("logo-64x64.png"), Logo.png(64));
    put(files, dataFolder, folder.resolve("kernel.js"), text(Highlighter.kernelScript()));
    Highlighter.extension()
        .forEach(
            (name, content) ->
                put(files, dataFolder, extension(dataFolder).resolve(name), text(content)));
    return files;
  }

  private static void put(Map<String, byte[]> files, Path dataFolder, Path file, byte[] content) {
    files.put(dataFolder.relativize(file).toString().replace('\\', '/'), content);
  }

  private static byte[] text(String content) {
    return content.getBytes(StandardCharsets.UTF_8);
  }

  /** The files of installations that kept no list, without knowledge of what was in them. */
  static Map<String, String> ofOlderInstallations(Path dataFolder, Path folder) {
    Map<String, String> files = new LinkedHashMap<>();
    files(dataFolder, folder).keySet().forEach(name -> files.put(name, ""));
    return files;
  }

  /** Whether a folder is one that an installation wrote, or began to write. */
  static boolean ours(Path folder) {
    if (InstalledFiles.read(folder).isPresent()) {
      return true;
    }
    try {
      return KernelSpec.read(folder).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  private static void checkFree(Path folder, String name) {
    if (Files.isSymbolicLink(folder)) {
      throw EspalierException.program(
          "the kernel's folder is a link",
          folder.toString(),
          "an installation writes into folders of its own only",
          "remove the link, or choose another name: --name espalier-2");
    }
    if (Files.exists(folder.resolve("kernel.json"), LinkOption.NOFOLLOW_LINKS) && !ours(folder)) {
      throw EspalierException.program(
          "another kernel has the name `" + name + "`",
          folder.toString(),
          "its kernel.json does not start Espalier",
          "choose another name: --name espalier-2");
    }
  }

  // --- what is installed ---

  /** The Java that runs this. */
  public static Path java() {
    String name = File.separatorChar == '\\' ? "java.exe" : "java";
    return Path.of(System.getProperty("java.home"), "bin", name).toAbsolutePath();
  }

  /** The jar that this is part of, or the folder of classes. */
  public static Path code() {
    try {
      URI place = KernelMain.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(place).toAbsolutePath();
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw EspalierException.run("the kernel's own jar cannot be found", "", e.toString(), "", e);
    }
  }

  /** Java itself says best which options it takes. */
  private static void checkStarts(Path java, Settings settings) {
    if (settings.heap().isEmpty() && settings.javaOptions().isEmpty()) {
      return;
    }
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.addAll(settings.flags());
    command.add("-version");
    try {
      Child.Ended ended = Child.run(command, Map.of(), JAVA_SECONDS);
      if (!ended.well()) {
        throw EspalierException.program(
            "Java does not start with these options",
            String.join(" ", settings.flags()),
            (ended.err() + ended.out())
                .lines()
                .filter(line -> !line.startsWith("Error: Could not create"))
                .findFirst()
                .orElse("it " + ended.how()),
            "change --heap or --java-option");
      }
    } catch (IOException e) {
      throw EspalierException.run("Java cannot be started", java.toString(), e.toString(), "", e);
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
    List<String> missing = missingLibraries(jar);
    if (!missing.isEmpty()) {
      throw EspalierException.program(
          missing.size() + " libraries are missing beside the jar, " + missing.get(0) + " first",
          jar.resolveSibling("lib").toString(),
          "the jar needs the folder lib that was built with it",
          "keep the two together, or build again with `mvn -DskipTests package`");
    }
  }

  /**
   * The libraries that a jar names and that are not beside it.
   *
   * @throws EspalierException (program) when the jar cannot be read
   */
  public static List<String> missingLibraries(Path jar) {
    List<String> missing = new ArrayList<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      String path =
          file.getManifest() == null
              ? null
              : file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      for (String entry : path == null ? new String[0] : path.trim().split(" +")) {
        if (!entry.isEmpty() && !Files.exists(jar.resolveSibling(entry))) {
          missing.add(entry);
        }
      }
    } catch (IOException | InvalidPathException e) {
      throw EspalierException.program(
          "the kernel's jar cannot be read", jar.toString(), e.toString(), "build it again", e);
    }
    return missing;
  }

  // --- how it starts ---

  private static List<String> command(
      Path jar, Path java, Settings settings, Optional<Path> archive) {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    // After a rebuild of the jar the archive no longer fits; Java then starts without it.
    archive.ifPresent(file -> command.addAll(ClassArchive.use(file)));
    command.addAll(settings.flags());
    command.add("-cp");
    command.add(jar.toString());
    command.add(KernelMain.class.getName());
    command.add("{connection_file}");
    return command;
  }

  private static String kernelJson(InstallOptions options, List<String> command, Path jar) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("argv", command);
    json.put(
        "display_name",
        options
            .displayName()
            .orElse(
                options.name().equals(NAME) ? "Espalier" : "Espalier (" + options.name() + ")"));
    json.put("language", NAME);
    // A signal would end the JVM.
    json.put("interrupt_mode", "message");
    json.put("kernel_protocol_version", KernelMain.PROTOCOL);
    json.put("env", options.settings().variables());
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("debugger", false);
    try {
      metadata.put(
          "espalier", Map.of("version", EngineVersion.CURRENT, "jar", KernelSpec.stamp(jar)));
    } catch (IOException e) {
      throw WholeFile.failure(jar, e);
    }
    json.put("metadata", metadata);
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json) + "\n";
  }
}
