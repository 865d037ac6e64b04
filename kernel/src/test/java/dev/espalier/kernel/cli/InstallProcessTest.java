package dev.espalier.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.espalier.kernel.install.KernelSpec;
import dev.espalier.kernel.jupyter.TrialStart;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code install}, {@code doctor} and {@code uninstall} of the runnable jar, as users call them.
 */
@DisabledOnOs(OS.WINDOWS)
class InstallProcessTest {
  private static Path jar;

  @TempDir private Path folder;
  private Path home;
  private Path bin;

  @BeforeAll
  static void build() throws Exception {
    jar = JarOfTests.in(Path.of("target", "jar-of-tests").toAbsolutePath());
  }

  @BeforeEach
  void anEmptyHome() throws Exception {
    home = Files.createDirectories(folder.resolve("home of Jörg"));
    bin = Files.createDirectories(folder.resolve("bin"));
  }

  private record Ended(int exit, String out) {}

  private Ended espalier(String... arguments) throws Exception {
    return espalier(jar, arguments);
  }

  private Ended espalier(Path jar, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Duser.home=" + home, "-XX:TieredStopAtLevel=1", "-jar"));
    command.add(jar.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.matches("(JUPYTER|XDG|ESPALIER|CONDA).*"));
    environment.remove("VIRTUAL_ENV");
    environment.put("PATH", bin.toString());
    // As Jupyter takes the user's folder.
    environment.put("HOME", home.toString());
    environment.put("LC_ALL", "C.UTF-8");
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    process.getOutputStream().close();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "did not end");
    // Java itself may warn there, as of memory; a refusal is told there too.
    String told = process.exitValue() > 1 ? Files.readString(err, StandardCharsets.UTF_8) : "";
    return new Ended(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8) + told);
  }

  /** A Jupyter that answers as the real one does. */
  private void jupyter(String kernels) throws Exception {
    Path file = bin.resolve("jupyter");
    Files.writeString(
        file,
        "#!/bin/sh\ncase \"$1\" in\n--version) echo 'jupyterlab       : 4.6.4';;\nkernelspec) echo"
            + " '{\"kernelspecs\": {"
            + kernels
            + "}}';;\n*) exit 1;;\nesac\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path spec() {
    return home.resolve(".local/share/jupyter/kernels/espalier");
  }

  @Test
  void aKernelIsInstalledExaminedBrokenMendedAndRemoved() throws Exception {
    Ended nothing = espalier("doctor");
    assertEquals(1, nothing.exit(), nothing.out());
    assertTrue(nothing.out().contains("✗ wrong kernel   Espalier is not installed"), nothing.out());
    assertTrue(nothing.out().contains("to mend it: run `java -jar"), nothing.out());
    assertTrue(nothing.out().contains("no program `jupyter`"), nothing.out());

    Ended installed =
        espalier(
            "install",
            "--heap",
            "512m",
            "--threads",
            "1",
            "--offline",
            "--store",
            folder.resolve("steps").toString());
    assertEquals(0, installed.exit(), installed.out());
    assertTrue(installed.out().contains("installed in " + spec()), installed.out());
    Path first = KernelSpec.read(spec()).orElseThrow().archive().orElseThrow();
    assertTrue(Files.isRegularFile(first), "no archive");

    jupyter("\"espalier\": {\"resource_dir\": \"" + spec() + "\"}");
    Ended well = espalier("doctor", "--json");
    assertEquals(0, well.exit(), well.out());
    JsonObject page = JsonParser.parseString(well.out()).getAsJsonObject();
    assertTrue(page.get("ok").getAsBoolean(), well.out());
    String texts = texts(page);
    for (String expected :
        List.of(
            "its class archive fits",
            "jupyterlab 4.6.4",
            "lists the kernel",
            "heap may have 512m",
            "PyTorch ",
            "ONNX Runtime ",
            "no steps are stored yet in " + folder.resolve("steps"),
            "glyphs are drawn",
            "the kernel started and answered in ")) {
      assertTrue(texts.contains(expected), expected + "\nin\n" + texts);
    }

    // A build changes the jar's time; Java then leaves the archive out without a word.
    Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis() + 5000));
    jupyter("\"espalier\": {\"resource_dir\": \"/somewhere/else\"}");
    Ended rebuilt = espalier("doctor");
    assertEquals(1, rebuilt.exit(), rebuilt.out());
    assertTrue(rebuilt.out().contains("! note  kernel   its jar was built again"), rebuilt.out());
    assertTrue(rebuilt.out().contains("class archive does not fit any more"), rebuilt.out());
    assertTrue(rebuilt.out().contains("takes `espalier` from /somewhere/else"), rebuilt.out());
    assertTrue(rebuilt.out().contains("✗ wrong jupyter  no Jupyter lists"), rebuilt.out());

    assertEquals(0, espalier("install").exit());
    Path second = KernelSpec.read(spec()).orElseThrow().archive().orElseThrow();
    assertTrue(Files.exists(second) && Files.notExists(first), "old and new archive");

    Ended removed = espalier("uninstall");
    assertEquals(0, removed.exit(), removed.out());
    assertTrue(Files.notExists(spec()), removed.out());
    Ended again = espalier("uninstall");
    assertEquals(2, again.exit(), again.out());
    assertTrue(again.out().contains("there is no kernel `espalier`"), again.out());
  }

  private static String texts(JsonObject page) {
    StringBuilder texts = new StringBuilder();
    for (JsonElement finding : page.getAsJsonArray("findings")) {
      texts.append(finding.getAsJsonObject().get("text").getAsString()).append('\n');
    }
    return texts.toString();
  }

  /** Older Javas share no classes of such a jar; the kernel starts all the same. */
  @Test
  void aJarWhosePathHasBlanksAndOtherLettersIsInstalled() throws Exception {
    Path other = Files.createDirectories(folder.resolve("a place with blanks, é"));
    Path copy = Files.copy(jar, other.resolve("espalier.jar"));
    Files.createSymbolicLink(other.resolve("lib"), jar.resolveSibling("lib"));
    Ended installed = espalier(copy, "install", "--name", "blanks");
    assertEquals(0, installed.exit(), installed.out());
    Path place = spec().resolveSibling("blanks");
    KernelSpec spec = KernelSpec.read(place).orElseThrow();
    assertEquals(copy, spec.jar().orElseThrow());
    boolean told = installed.out().contains("path has blanks or letters beyond ASCII");
    assertEquals(!told, spec.archive().isPresent(), installed.out());
    TrialStart.of(spec.command(), spec.environment(), Duration.ofSeconds(30));
  }

  @Test
  void aWrongOptionIsToldOnOneScreen() throws Exception {
    Ended refused = espalier("install", "--threads", "0");
    assertEquals(2, refused.exit(), refused.out());
    assertTrue(refused.out().contains("--threads takes a number from 1 to 1024"), refused.out());
    assertTrue(Files.notExists(spec()), "something was written");
  }
}
