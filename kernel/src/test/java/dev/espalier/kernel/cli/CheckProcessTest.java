package dev.espalier.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.espalier.kernel.cli.Launch.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check} and what precedes every command, as processes. */
class CheckProcessTest {
  private static final String RIGHT = "language 1\ndata digits from glyphs\n";
  private static final String WRONG =
      "language 1\ndata digits from glyphs\ndistil a into mlp(30)\n";

  @TempDir Path folder;

  private Ended check(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 1];
    all[0] = "check";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return new Launch(folder, all).run();
  }

  @Test
  void mistakesAreShownWithTheirPlaceAndNothingNativeIsLoaded() throws Exception {
    Files.writeString(folder.resolve("right.esp"), RIGHT);
    Files.writeString(folder.resolve("wrong.esp"), WRONG);
    Path loaded = folder.resolve("loaded.txt");
    Ended ended =
        new Launch(folder, "check", "right.esp", "wrong.esp")
            .java("-Xlog:class+load:file=" + loaded)
            .run();
    assertEquals(2, ended.exit(), ended.all());
    assertTrue(ended.out().contains("right.esp: right, 1 step"), ended.out());
    assertTrue(ended.err().contains("wrong.esp:3: E101"), ended.err());
    assertTrue(ended.err().contains("^^^^^^"), ended.err());
    assertTrue(ended.err().contains("distill"), ended.err());
    assertFalse(ended.all().contains("\u001b"), "a pipe gets no colours");
    List<String> heavy =
        Files.readAllLines(loaded).stream()
            .filter(
                line ->
                    line.contains(" ai.djl.")
                        || line.contains(" ai.onnxruntime.")
                        || line.contains(" com.sun.jna.")
                        || line.contains(" org.nd4j.")
                        || line.contains(" picocli.")
                        || line.contains(" org.knowm."))
            .toList();
    assertEquals(List.of(), heavy);
  }

  @Test
  void aRightProgramIsRight() throws Exception {
    Files.writeString(folder.resolve("right.esp"), "\uFEFF" + RIGHT);
    Ended ended = check("right.esp");
    assertEquals(0, ended.exit(), ended.all());
    assertEquals("", ended.err());
  }

  @Test
  void anEmptyProgramIsAnsweredWithoutATrace() throws Exception {
    Files.writeString(folder.resolve("empty.esp"), "");
    Ended ended = check("empty.esp");
    assertTrue(ended.exit() == 0 || ended.exit() == 2, ended.all());
    assertFalse(ended.all().contains("Exception"), ended.all());
  }

  @Test
  void filesThatAreNoProgramAreEachRefusedPlainly() throws Exception {
    Files.createDirectory(folder.resolve("folder"));
    Files.write(folder.resolve("latin.esp"), new byte[] {'#', ' ', 'a', '\n', 'b', (byte) 0xE9});
    Ended ended = check("missing.esp", "folder", "latin.esp");
    assertEquals(2, ended.exit(), ended.all());
    assertTrue(ended.err().contains("there is no file `missing.esp`"), ended.err());
    assertTrue(ended.err().contains("`folder` is a folder"), ended.err());
    assertTrue(ended.err().contains("`latin.esp` is not UTF-8 text"), ended.err());
    assertTrue(ended.err().contains("line 2 holds the byte 0xE9"), ended.err());
    assertFalse(ended.err().contains("\tat "), "no stack trace");
  }

  @Test
  void aFileThatMayNotBeReadIsRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("secret.esp"), RIGHT);
    assumeFalse(
        !file.toFile().setReadable(false) || Files.isReadable(file),
        "this user may read every file");
    Ended ended = check("secret.esp");
    assertEquals(2, ended.exit());
    assertTrue(ended.err().contains("may not be read"), ended.err());
  }

  @Test
  void wrongUsageSaysWhatIsMeant() throws Exception {
    Ended nothing = new Launch(folder).run();
    assertEquals(2, nothing.exit());
    assertTrue(nothing.err().contains("Usage: espalier"), nothing.err());
    Ended unknown = new Launch(folder, "chek").run();
    assertEquals(2, unknown.exit());
    assertTrue(unknown.err().contains("check"), unknown.err());
    assertFalse(unknown.all().contains("\u001b"), "a pipe gets no colours");
    Ended option = new Launch(folder, "check", "--nonsense", "a.esp").run();
    assertEquals(2, option.exit());
    assertTrue(option.err().contains("--nonsense"), option.err());
  }

  @Test
  void helpAndVersionAreAnswered() throws Exception {
    Ended help = new Launch(folder, "--help").run();
    assertEquals(0, help.exit());
    assertTrue(help.out().contains("Exit codes:"), help.out());
    Ended version = new Launch(folder, "--version").run();
    assertEquals(0, version.exit());
    assertTrue(version.out().startsWith("Espalier "), version.out());
  }
}
