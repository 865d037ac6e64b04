package dev.espalier.kernel.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.kernel.install.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Jupyters on the path, played by scripts. */
@DisabledOnOs(OS.WINDOWS)
class JupyterCheckTest {
  @TempDir private Path folder;
  private final List<Finding> findings = new ArrayList<>();

  private void jupyter(String bin, String cases) throws IOException {
    Path file = Files.createDirectories(folder.resolve(bin)).resolve("jupyter");
    Files.writeString(
        file,
        "#!/bin/sh\ncase \"$1 $2\" in\n"
            + cases
            + "\n*) echo 'jupyter: no such command' >&2; exit 1;;\nesac\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String version(String lab) {
    return "'--version ') echo 'jupyterlab       : " + lab + "'; echo 'notebook: 7.6.3';;\n";
  }

  private static String lists(Path spec) {
    return "'kernelspec list') echo '{\"kernelspecs\": {\"espalier\": {\"resource_dir\": \""
        + spec
        + "\"}}}';;\n";
  }

  private String look(Path spec, String... bins) {
    findings.clear();
    String path =
        String.join(":", List.of(bins).stream().map(b -> folder.resolve(b).toString()).toList());
    Machine machine = new Machine(Map.of("PATH", path), folder, "Linux", 0, 1);
    new JupyterCheck(machine, findings::add).look(spec, true);
    StringBuilder text = new StringBuilder();
    findings.forEach(f -> text.append(f.state().word()).append(' ').append(f.text()).append('\n'));
    return text.toString();
  }

  @Test
  void eachOfSeveralJupytersIsAsked() throws IOException {
    Path spec = Files.createDirectories(folder.resolve("data/kernels/espalier"));
    jupyter("one", version("4.6.4") + lists(spec));
    jupyter("two", version("3.0.0") + "'kernelspec list') echo '{\"kernelspecs\": {}}';;");
    Files.createSymbolicLink(folder.resolve("again"), folder.resolve("one"));
    String text = look(spec, "one", "two", "again", "none");
    assertEquals(
        """
        ok %1$s/one/jupyter: jupyterlab 4.6.4, notebook 7.6.3
        ok %1$s/one/jupyter lists the kernel
        ok %1$s/two/jupyter: jupyterlab 3.0.0, notebook 7.6.3
        note %1$s/two/jupyter does not list the kernel
        """
            .formatted(folder),
        text);
  }

  @Test
  void aJupyterThatListsAnotherFolderIsWrong() throws IOException {
    Path spec = Files.createDirectories(folder.resolve("data/kernels/espalier"));
    Path other = Files.createDirectories(folder.resolve("other"));
    jupyter("one", version("4.6.4") + lists(other));
    String text = look(spec, "one");
    assertTrue(text.contains("takes `espalier` from " + other), text);
    assertTrue(text.contains("wrong no Jupyter lists the kernel in " + spec), text);
  }

  @Test
  void aJupyterWithoutTheCommandIsAskedWhereItLooks() throws IOException {
    Path spec = Files.createDirectories(folder.resolve("data/kernels/espalier"));
    jupyter(
        "one",
        version("4.6.4") + "'--paths --json') echo '{\"data\": [\"" + folder + "/data\"]}';;");
    assertTrue(look(spec, "one").contains("looks where the kernel is"), "" + findings);
    jupyter("two", version("4.6.4"));
    String text = look(spec, "two");
    assertTrue(text.contains("ended with code 1: jupyter: no such command"), text);
  }

  @Test
  void aJupyterThatSaysNonsenseIsNoCrash() throws IOException {
    Path spec = Files.createDirectories(folder.resolve("data/kernels/espalier"));
    for (String json : List.of("", "[]", "{", "{\"kernelspecs\": 3}", "null")) {
      jupyter("one", version("4.6.4") + "'kernelspec list') echo '" + json + "';;");
      assertTrue(look(spec, "one").contains("does not list the kernel"), json);
    }
  }
}
