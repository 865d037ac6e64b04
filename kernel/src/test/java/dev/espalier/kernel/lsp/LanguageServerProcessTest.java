package dev.espalier.kernel.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server as editors start it. */
@Timeout(60)
class LanguageServerProcessTest {
  @TempDir Path folder;

  private Process start() throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-Xlog:class+load:file=" + folder.resolve("loaded.txt"),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "dev.espalier.kernel.cli.Main",
            "lsp")
        .directory(folder.toFile())
        .redirectError(folder.resolve("stderr.txt").toFile())
        .start();
  }

  @Test
  void writesOnlyTheProtocolAndLoadsNothingNative() throws Exception {
    Process process = start();
    Editor editor = new Editor(process.getInputStream(), process.getOutputStream());
    editor.result("initialize", "{\"capabilities\":{}}");
    editor.tell(
        "textDocument/didOpen",
        "{\"textDocument\":{\"uri\":\"untitled:1\",\"languageId\":\"espalier\",\"version\":1,"
            + "\"text\":\"data d from mnist\\ntrain lenet-5 on e as t\\n\"}}");
    assertEquals(
        "E204",
        editor
            .diagnostics("untitled:1", 1)
            .getAsJsonArray("diagnostics")
            .get(0)
            .getAsJsonObject()
            .get("code")
            .getAsString());
    editor.result("shutdown", "null");
    editor.tell("exit", "null");
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue());
    assertEquals("", editor.noise.toString());
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
    List<String> heavy =
        Files.readAllLines(folder.resolve("loaded.txt")).stream()
            .filter(
                line ->
                    line.contains(" ai.djl.")
                        || line.contains(" ai.onnxruntime.")
                        || line.contains(" org.dflib."))
            .toList();
    assertEquals(List.of(), heavy);
  }

  @Test
  void endsWithItsInput() throws Exception {
    Process process = start();
    Editor editor = new Editor(process.getInputStream(), process.getOutputStream());
    editor.result("initialize", "{\"capabilities\":{}}");
    process.getOutputStream().close();
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(1, process.exitValue());
  }
}
