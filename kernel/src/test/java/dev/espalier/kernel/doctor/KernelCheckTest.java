package dev.espalier.kernel.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCheckTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  @TempDir private Path folder;
  private final List<Finding> findings = new ArrayList<>();

  private Path jar(String libraries) throws IOException {
    Path jar = folder.resolve("espalier.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, libraries);
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
    return jar;
  }

  private Path kernel(String dataFolder, String name, Path java, Path jar) throws IOException {
    Path spec =
        Files.createDirectories(folder.resolve(dataFolder).resolve("kernels").resolve(name));
    Files.writeString(
        spec.resolve("kernel.json"),
        """
        {"argv": ["%s", "-cp", "%s", "dev.espalier.kernel.jupyter.KernelMain", "{connection_file}"]}
        """
            .formatted(java, jar));
    return spec;
  }

  private void examine(Path spec) {
    new KernelCheck("espalier install --name mine", findings::add)
        .installed(spec, folder.resolve("classes"));
  }

  private void assertFound(Finding.State state, String text) {
    assertTrue(
        findings.stream()
            .anyMatch(
                f ->
                    f.state() == state
                        && f.text().contains(text)
                        && (state == Finding.State.OK || !f.fix().isEmpty())),
        state + " " + text + " in " + findings);
  }

  @Test
  void whatAKernelNamesAndIsGoneIsFound() throws IOException {
    examine(kernel("d", "espalier", Path.of("/gone/java"), Path.of("/gone/espalier.jar")));
    assertFound(Finding.State.WRONG, "the Java it names is gone: /gone/java");
    assertFound(Finding.State.WRONG, "the jar it names is gone: /gone/espalier.jar");
  }

  @Test
  void missingLibrariesAreFound() throws IOException {
    examine(kernel("d", "espalier", JAVA, jar("lib/a.jar lib/b.jar")));
    assertFound(Finding.State.WRONG, "2 libraries are missing beside its jar, lib/a.jar first");
  }

  @Test
  void aKernelWithoutAnArchiveIsWhole() throws IOException {
    examine(kernel("d", "espalier", JAVA, jar("")));
    assertFound(Finding.State.NOTE, "no class archive");
    assertEquals(
        0, findings.stream().filter(f -> f.state() == Finding.State.WRONG).count(), "" + findings);
  }

  @Test
  void brokenAndForeignKernelsAreNamedAsWhatTheyAre() throws IOException {
    Path broken = Files.createDirectories(folder.resolve("kernels/broken"));
    for (String json : List.of("{", "[]", "{}", "{\"argv\": 3}", "{\"argv\": [{}]}", "")) {
      findings.clear();
      Files.writeString(broken.resolve("kernel.json"), json);
      examine(broken);
      assertFound(Finding.State.WRONG, "kernel.json is broken");
    }
    findings.clear();
    Files.writeString(broken.resolve("kernel.json"), "{\"argv\": [\"python\"]}");
    examine(broken);
    assertFound(Finding.State.WRONG, "a kernel that is not Espalier");
  }

  @Test
  void otherInstallationsAreFoundWithWhatHidesWhat() throws IOException {
    Path jar = jar("");
    Path first = kernel("first", "espalier", JAVA, jar);
    Path meant = kernel("second", "espalier", JAVA, jar);
    kernel("second", "espalier-4g", JAVA, Path.of("/gone.jar"));
    new KernelCheck("espalier install", findings::add)
        .elsewhere(meant, List.of(folder.resolve("first"), folder.resolve("second")));
    assertFound(Finding.State.NOTE, "Jupyter looks into " + first + " first");
    assertFound(Finding.State.NOTE, "espalier-4g names a Java or jar that is gone");
    assertFound(Finding.State.OK, "there is one more: " + first);
  }
}
