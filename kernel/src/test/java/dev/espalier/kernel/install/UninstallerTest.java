package dev.espalier.kernel.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UninstallerTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  @TempDir private Path folder;

  private Machine machine;
  private Path jar;
  private Place place;
  private Path dataFolder;

  @BeforeEach
  void prepare() throws IOException {
    machine = new Machine(Map.of(), folder.resolve("home"), "Linux", 8L << 30, 4);
    jar = folder.resolve("espalier.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
    place = new Place(Optional.of(folder.resolve("prefix")), false);
    dataFolder = place.dataFolder(machine);
  }

  private Path install(String name) {
    return new Installer(machine)
        .install(
            new InstallOptions(place, name, Optional.empty(), Settings.usual(), false), jar, JAVA)
        .kernelspec();
  }

  private Uninstalled uninstall(String name) {
    return Uninstaller.uninstall(place, name, machine);
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(dataFolder)) {
      return all.filter(Files::isRegularFile)
          .map(file -> dataFolder.relativize(file).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void nothingOfAnInstallationRemains() throws IOException {
    Path spec = install("espalier");
    Files.writeString(spec.resolve("espalier-0a.jsa"), "an archive");
    Files.writeString(spec.resolve("espalier.jsa0a.new"), "half of one");
    int before = files().size();
    Uninstalled done = uninstall("espalier");
    assertEquals(List.of(), done.left());
    assertEquals(before, done.removed().size());
    assertEquals(Set.of(), files());
    assertTrue(Files.notExists(spec), "the folder remains");
    assertTrue(Files.notExists(Installer.extension(dataFolder)), "the highlighter remains");
    assertTrue(Files.isDirectory(dataFolder.resolve("kernels")), "Jupyter's folder is not ours");
  }

  @Test
  void whatTheUserPutThereOrChangedStaysAndIsNamed() throws IOException {
    Path spec = install("espalier");
    Files.writeString(spec.resolve("notes.txt"), "mine");
    Files.writeString(spec.resolve("logo-svg.svg"), "<svg>my own</svg>");
    List<String> left = uninstall("espalier").left();
    assertEquals(Set.of("kernels/espalier/notes.txt", "kernels/espalier/logo-svg.svg"), files());
    assertEquals(2, left.size(), left.toString());
    assertTrue(left.get(0).contains("logo-svg.svg: it was changed"), left.toString());
    assertTrue(left.get(1).contains("not written by the installation: notes.txt"), left.get(1));
  }

  @Test
  void theHighlighterStaysWhileAnotherKernelNeedsIt() throws IOException {
    install("espalier");
    install("espalier-4g");
    List<String> left = uninstall("espalier").left();
    assertEquals(1, left.size(), left.toString());
    assertTrue(left.get(0).contains("espalier-4g needs it too"), left.get(0));
    assertTrue(files().stream().anyMatch(f -> f.startsWith("labextensions/")), files().toString());
    assertEquals(List.of(), uninstall("espalier-4g").left());
    assertEquals(Set.of(), files());
  }

  @Test
  void aFolderThatIsNotOursIsRefused() throws IOException {
    Path other = Files.createDirectories(dataFolder.resolve("kernels/python3"));
    Files.writeString(other.resolve("kernel.json"), "{\"argv\": [\"python\"]}");
    EspalierException refused = assertThrows(EspalierException.class, () -> uninstall("python3"));
    assertTrue(refused.getMessage().contains("not a kernel of Espalier"), refused.getMessage());
    assertEquals(Set.of("kernels/python3/kernel.json"), files());
    assertThrows(EspalierException.class, () -> uninstall("espalier"));
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Path spec = install("espalier");
    Path precious = Files.createDirectories(folder.resolve("precious"));
    Path logo = Files.writeString(precious.resolve("logo-svg.svg"), "precious");
    Files.delete(spec.resolve("logo-svg.svg"));
    Files.createSymbolicLink(spec.resolve("logo-svg.svg"), logo);
    Path extension = Installer.extension(dataFolder);
    Path moved = Files.move(extension.resolve("static"), precious.resolve("static"));
    Files.createSymbolicLink(extension.resolve("static"), moved);
    List<String> left = uninstall("espalier").left();
    assertEquals("precious", Files.readString(logo));
    assertTrue(Files.exists(moved.resolve("remoteEntry.js")), "went behind a link");
    assertEquals(2, left.stream().filter(l -> l.contains("link")).count(), left.toString());

    Path real = Files.createDirectories(folder.resolve("real"));
    Files.createSymbolicLink(dataFolder.resolve("kernels/linked"), real);
    EspalierException refused = assertThrows(EspalierException.class, () -> uninstall("linked"));
    assertTrue(refused.getMessage().contains("a link"), refused.getMessage());
  }

  @Test
  void aListThatLeadsElsewhereRemovesNothingThere() throws IOException {
    Path spec = install("espalier");
    Path victim = Files.writeString(folder.resolve("victim.txt"), "");
    Path other = Files.createDirectories(dataFolder.resolve("kernels/python3"));
    Files.writeString(other.resolve("kernel.json"), "");
    Files.writeString(
        spec.resolve(InstalledFiles.NAME),
        "{\"files\": {\"../../../victim.txt\": \"\", \"kernels/espalier/../python3/kernel.json\":"
            + " \"\", \"kernels/espalier/kernel.js\": \"\"}}");
    uninstall("espalier");
    assertTrue(Files.exists(victim), "a file outside was removed");
    assertTrue(Files.exists(other.resolve("kernel.json")), "another kernel was removed");
    assertFalse(Files.exists(spec.resolve("kernel.js")), "a file of the list remains");
  }

  @Test
  void aKilledInstallationAndAnOldOneCanBeRemoved() throws IOException {
    Path spec = install("espalier");
    Files.delete(spec.resolve("kernel.json"));
    uninstall("espalier");
    assertEquals(Set.of(), files());

    install("espalier");
    // Installations used to keep no list, and one archive of a fixed name.
    Files.delete(spec.resolve(InstalledFiles.NAME));
    Files.writeString(spec.resolve("espalier.jsa"), "an archive");
    assertEquals(List.of(), uninstall("espalier").left());
    assertEquals(Set.of(), files());
  }
}
