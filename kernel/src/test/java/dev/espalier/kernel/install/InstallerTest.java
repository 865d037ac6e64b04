package dev.espalier.kernel.install;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.espalier.engine.EspalierException;
import dev.espalier.kernel.jupyter.KernelMain;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallerTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  @TempDir private Path folder;

  private Path jar(String... libraries) throws IOException {
    Path jar = folder.resolve("espalier.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", libraries));
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
    return jar;
  }

  private Installer installer(Map<String, String> environment) {
    return new Installer(machine(environment, "Linux"));
  }

  private Machine machine(Map<String, String> environment, String system) {
    return new Machine(environment, folder.resolve("home"), system, 8L << 30, 4);
  }

  private static InstallOptions quick(Optional<Path> prefix, List<String> javaOptions) {
    return quick(
        prefix,
        new Settings(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            javaOptions));
  }

  private static InstallOptions quick(Optional<Path> prefix, Settings settings) {
    return new InstallOptions(
        new Place(prefix, false), "espalier", Optional.empty(), settings, false);
  }

  private static Settings heapAndThreads(String heap, Integer threads) {
    return new Settings(
        Optional.ofNullable(heap),
        Optional.ofNullable(threads),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        List.of());
  }

  @Test
  void writesAKernelspecWithAbsolutePaths() throws IOException {
    Files.createDirectories(folder.resolve("lib"));
    Files.writeString(folder.resolve("lib/one.jar"), "");
    Path jar = jar("lib/one.jar");
    Installed installed =
        installer(Map.of())
            .install(quick(Optional.of(folder.resolve("prefix")), List.of("-Xmx2g")), jar, JAVA);
    assertEquals(folder.resolve("prefix/share/jupyter/kernels/espalier"), installed.kernelspec());
    assertTrue(Files.isRegularFile(installed.kernelspec().resolve("kernel.js")));
    Path extension = folder.resolve("prefix/share/jupyter/labextensions").resolve(Highlighter.NAME);
    for (String file : Highlighter.extension().keySet()) {
      assertEquals(
          Highlighter.extension().get(file), Files.readString(extension.resolve(file)), file);
    }
    JsonObject spec =
        JsonParser.parseString(Files.readString(installed.kernelspec().resolve("kernel.json")))
            .getAsJsonObject();
    assertEquals("Espalier", spec.get("display_name").getAsString());
    assertEquals("message", spec.get("interrupt_mode").getAsString());
    assertEquals("5.5", spec.get("kernel_protocol_version").getAsString());
    assertEquals("1", spec.getAsJsonObject("env").get("MALLOC_ARENA_MAX").getAsString());
    List<String> command = new ArrayList<>();
    JsonArray argv = spec.getAsJsonArray("argv");
    argv.forEach(e -> command.add(e.getAsString()));
    assertEquals(JAVA.toString(), command.get(0));
    assertTrue(command.contains("-Xmx2g"), command.toString());
    assertEquals(jar.toString(), command.get(command.indexOf("-cp") + 1));
    assertEquals(
        List.of(KernelMain.class.getName(), "{connection_file}"),
        command.subList(command.size() - 2, command.size()));
    assertTrue(Files.readString(installed.kernelspec().resolve("logo-svg.svg")).startsWith("<svg"));
    byte[] png = Files.readAllBytes(installed.kernelspec().resolve("logo-64x64.png"));
    assertArrayEquals(new byte[] {(byte) 0x89, 'P', 'N', 'G'}, java.util.Arrays.copyOf(png, 4));
  }

  @Test
  void installingTwiceReplaces() throws IOException {
    Path jar = jar();
    InstallOptions options = quick(Optional.of(folder), List.of());
    Path spec = installer(Map.of()).install(options, jar, JAVA).kernelspec();
    Files.writeString(spec.resolve("kernel.json"), "garbage");
    installer(Map.of()).install(options, jar, JAVA);
    assertTrue(Files.readString(spec.resolve("kernel.json")).startsWith("{"));
  }

  @Test
  void findsJupytersFolder() {
    Place user = Place.user();
    assertEquals(
        Path.of("/data"), user.dataFolder(machine(Map.of("JUPYTER_DATA_DIR", "/data"), "Linux")));
    assertEquals(
        Path.of("/xdg/jupyter"),
        user.dataFolder(machine(Map.of("XDG_DATA_HOME", "/xdg"), "Linux")));
    assertEquals(
        folder.resolve("home/.local/share/jupyter"), user.dataFolder(machine(Map.of(), "Linux")));
    assertEquals(
        folder.resolve("home/Library/Jupyter"), user.dataFolder(machine(Map.of(), "Mac OS X")));
    assertEquals(
        folder.resolve("roaming/jupyter"),
        user.dataFolder(
            machine(Map.of("APPDATA", folder.resolve("roaming").toString()), "Windows 11")));
    assertEquals(
        folder.resolve("home/AppData/Roaming/jupyter"),
        user.dataFolder(machine(Map.of(), "Windows 11")));
    assertEquals(
        Path.of("/venv/share/jupyter"),
        new Place(Optional.empty(), true)
            .dataFolder(machine(Map.of("VIRTUAL_ENV", "/venv"), "Linux")));
  }

  @Test
  void refusesTwoPrefixes() {
    Place both = new Place(Optional.of(folder), true);
    assertThrows(EspalierException.class, () -> both.dataFolder(machine(Map.of(), "Linux")));
  }

  @Test
  void optionsBecomeVariablesAndOptionsOfJava() throws IOException {
    Settings settings =
        new Settings(
            Optional.of("1GB"),
            Optional.of(2),
            Optional.of(folder.resolve("my steps")),
            Optional.of(folder.resolve("cache")),
            Optional.of(folder.resolve("data")),
            true,
            List.of("-Xss2m"));
    InstallOptions options =
        new InstallOptions(
            new Place(Optional.of(folder.resolve("p")), false),
            "espalier-1g",
            Optional.of("Espalier, 1 GB"),
            settings,
            false);
    Installed installed = installer(Map.of()).install(options, jar(), JAVA);
    assertEquals("espalier-1g", installed.kernelspec().getFileName().toString());
    assertTrue(installed.notes().get(0).contains("--data"), installed.notes().toString());
    KernelSpec spec = KernelSpec.read(installed.kernelspec()).orElseThrow();
    assertTrue(spec.command().containsAll(List.of("-Xmx1g", "-Xss2m")), spec.toString());
    assertEquals(
        Map.of(
            "MALLOC_ARENA_MAX",
            "1",
            "ORT_DISABLE_TELEMETRY",
            "1",
            "ESPALIER_THREADS",
            "2",
            "ESPALIER_OFFLINE",
            "yes",
            "ESPALIER_STORE",
            folder.resolve("my steps").toString(),
            "ESPALIER_CACHE",
            folder.resolve("cache").toString(),
            "ESPALIER_DATA",
            folder.resolve("data").toString()),
        spec.environment());
    assertTrue(
        Files.readString(installed.kernelspec().resolve("kernel.json"))
            .contains("\"display_name\": \"Espalier, 1 GB\""));
  }

  private String refused(Settings settings) throws IOException {
    Path jar = jar();
    EspalierException refused =
        assertThrows(
            EspalierException.class,
            () ->
                installer(Map.of())
                    .install(quick(Optional.of(folder.resolve("never")), settings), jar, JAVA));
    assertEquals(EspalierException.Blame.PROGRAM, refused.blame());
    assertTrue(Files.notExists(folder.resolve("never")), "something was written");
    return refused.getMessage();
  }

  @Test
  void optionsThatCannotBeMeantAreRefusedBeforeAnythingIsWritten() throws IOException {
    assertTrue(refused(heapAndThreads(null, 0)).contains("--threads takes a number from 1"));
    assertTrue(refused(heapAndThreads("lots", null)).contains("`lots` is no size"));
    assertTrue(refused(heapAndThreads("4", null)).contains("write --heap 4g"));
    assertTrue(refused(heapAndThreads("20m", null)).contains("too small"));
    for (String option : List.of("-cp", "-jar", "--help", "Xss2m", "-Xshare:off", "-version")) {
      Settings settings = quick(Optional.empty(), List.of(option)).settings();
      assertTrue(refused(settings).contains("`" + option + "`"), option);
    }
    // Java's own words for what only Java knows.
    String unknown = refused(quick(Optional.empty(), List.of("-XX:+NoSuchOption")).settings());
    assertTrue(unknown.contains("NoSuchOption") && unknown.contains("does not start"), unknown);
    Settings twice =
        new Settings(
            Optional.of("1g"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            List.of("-Xmx2g"));
    assertTrue(refused(twice).contains("given twice"));
  }

  @Test
  void aHeapAndThreadsBeyondTheMachineAreOnlyWarnedOf() throws IOException {
    Installed installed =
        installer(Map.of())
            .install(quick(Optional.of(folder), heapAndThreads("40g", 9)), jar(), JAVA);
    assertEquals(2, installed.notes().size(), installed.notes().toString());
    assertTrue(installed.notes().get(0).contains("8192 MB"), installed.notes().get(0));
    assertTrue(installed.notes().get(1).contains("4 processors"), installed.notes().get(1));
  }

  @Test
  void namesThatLeadOutOfTheFolderAreRefused() {
    for (String name : List.of("../up", "a/b", "", "..", "a b", "é")) {
      assertThrows(EspalierException.class, () -> Installer.kernelspec(folder, name), name);
    }
  }

  @Test
  void anotherKernelAndALinkAreLeftAlone() throws IOException {
    Path kernels = Files.createDirectories(folder.resolve("share/jupyter/kernels/espalier"));
    Files.writeString(kernels.resolve("kernel.json"), "{\"argv\": [\"python\"]}");
    Path jar = jar();
    InstallOptions options = quick(Optional.of(folder), List.of());
    EspalierException refused =
        assertThrows(
            EspalierException.class, () -> installer(Map.of()).install(options, jar, JAVA));
    assertTrue(refused.getMessage().contains("another kernel"), refused.getMessage());
    assertEquals("{\"argv\": [\"python\"]}", Files.readString(kernels.resolve("kernel.json")));

    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    Path other = Files.createDirectories(folder.resolve("p/share/jupyter/kernels"));
    Files.createSymbolicLink(other.resolve("espalier"), elsewhere);
    assertThrows(
        EspalierException.class,
        () ->
            installer(Map.of())
                .install(quick(Optional.of(folder.resolve("p")), List.of()), jar, JAVA));
    try (var files = Files.list(elsewhere)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void refusesAnOldJava() {
    EspalierException refused =
        assertThrows(
            EspalierException.class, () -> Installer.checkJava(11, JAVA, new ArrayList<>()));
    assertTrue(refused.getMessage().contains("version 11"), refused.getMessage());
    assertTrue(refused.getMessage().contains("Java 17"), refused.getMessage());
  }

  @Test
  void refusesAJarWithoutItsLibraries() throws IOException {
    Path jar = jar("lib/gone.jar", "lib/gone-too.jar");
    EspalierException refused =
        assertThrows(EspalierException.class, () -> Installer.checkJar(jar));
    assertTrue(refused.getMessage().contains("2 libraries"), refused.getMessage());
    assertTrue(refused.getMessage().contains("lib/gone.jar"), refused.getMessage());
  }

  @Test
  void refusesAFolderOfClasses() {
    EspalierException refused =
        assertThrows(EspalierException.class, () -> Installer.checkJar(folder));
    assertTrue(refused.fix().contains("mvn"), refused.getMessage());
  }

  @Test
  void saysWhenTheFolderCannotBeMade() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    EspalierException refused =
        assertThrows(
            EspalierException.class,
            () -> installer(Map.of()).install(quick(Optional.of(file), List.of()), jar(), JAVA));
    assertTrue(refused.getMessage().contains("--prefix"), refused.getMessage());
  }
}
