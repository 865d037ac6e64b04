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
    return new Installer(environment, folder.resolve("home"), "Linux");
  }

  private static InstallOptions quick(Optional<Path> prefix, List<String> javaOptions) {
    return new InstallOptions(prefix, false, javaOptions, false);
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
    InstallOptions user = InstallOptions.user();
    assertEquals(Path.of("/data"), installer(Map.of("JUPYTER_DATA_DIR", "/data")).dataFolder(user));
    assertEquals(
        Path.of("/xdg/jupyter"), installer(Map.of("XDG_DATA_HOME", "/xdg")).dataFolder(user));
    assertEquals(folder.resolve("home/.local/share/jupyter"), installer(Map.of()).dataFolder(user));
    assertEquals(
        folder.resolve("home/Library/Jupyter"),
        new Installer(Map.of(), folder.resolve("home"), "Mac OS X").dataFolder(user));
    assertEquals(
        Path.of("/venv/share/jupyter"),
        installer(Map.of("VIRTUAL_ENV", "/venv"))
            .dataFolder(new InstallOptions(Optional.empty(), true, List.of(), false)));
  }

  @Test
  void refusesTwoPrefixes() {
    InstallOptions both = new InstallOptions(Optional.of(folder), true, List.of(), false);
    assertThrows(EspalierException.class, () -> installer(Map.of()).dataFolder(both));
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
