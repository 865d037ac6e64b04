package dev.espalier.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Code;
import dev.espalier.kernel.cli.Launch.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code explain}, as a process. */
class ExplainProcessTest {
  @TempDir Path folder;

  private Ended explain(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 1];
    all[0] = "explain";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return new Launch(folder, all).run();
  }

  @Test
  void aCodeIsExplainedWithAWrongAndARightProgram() throws Exception {
    Ended ended = explain("e102");
    assertEquals(0, ended.exit(), ended.all());
    assertTrue(ended.out().startsWith("E102 the amount comes after the model\n"), ended.out());
    assertTrue(ended.out().contains("wrong\n    data digits from glyphs\n"), ended.out());
    assertTrue(ended.out().contains("       |           ^^^^^^^  read as a unit"), ended.out());
    assertTrue(ended.out().endsWith("    prune teacher 50%\n"), ended.out());
  }

  @Test
  void withoutACodeAllAreListed() throws Exception {
    Ended ended = explain();
    assertEquals(0, ended.exit(), ended.all());
    assertEquals(Code.values().length, ended.out().lines().count());
  }

  @Test
  void anUnknownCodeIsAnsweredWithTheNearest() throws Exception {
    Ended ended = explain("E199");
    assertEquals(2, ended.exit(), ended.all());
    assertTrue(ended.err().contains("there is no code `E199`"), ended.err());
    assertTrue(ended.err().contains("nearest: E10"), ended.err());
    assertFalse(ended.err().contains("\tat "), "no stack trace");
  }

  @Test
  void aProgramIsWrittenAsJavaWithoutAnythingNative() throws Exception {
    Files.writeString(
        folder.resolve("a-b.esp"),
        "data digits from glyphs\ntrain mlp(30) on digits as small\nreport to \"r.html\"\n");
    Path loaded = folder.resolve("loaded.txt");
    Ended ended =
        new Launch(folder, "explain", "--java", "a-b.esp")
            .java("-Xlog:class+load:file=" + loaded)
            .run();
    assertEquals(0, ended.exit(), ended.all());
    assertTrue(ended.out().contains("public final class ABProgram {"), ended.out());
    assertTrue(
        ended.out().contains("    // train mlp(30) on digits as small\n    Model small ="),
        ended.out());
    assertTrue(ended.err().contains("left out: report to \"r.html\": "), ended.err());
    assertEquals(List.of(), heavy(loaded));
    assertFalse(Files.exists(folder.resolve("store")), "nothing is stored");
  }

  @Test
  void whatIsNoProgramIsRefusedPlainly() throws Exception {
    Files.createDirectory(folder.resolve("folder"));
    Files.write(folder.resolve("model.onnx"), new byte[] {8, 7, (byte) 0xFF, (byte) 0xFE, 0});
    Files.writeString(folder.resolve("wrong.esp"), "language 1\ndata digits form glyphs\n");
    Ended absent = explain("--java", "absent.esp");
    assertEquals(2, absent.exit(), absent.all());
    assertTrue(absent.err().contains("there is no file `absent.esp`"), absent.err());
    Ended place = explain("folder");
    assertEquals(2, place.exit(), place.all());
    assertTrue(place.err().contains("`folder` is a folder"), place.err());
    Ended binary = explain("model.onnx");
    assertEquals(2, binary.exit(), binary.all());
    assertTrue(binary.err().contains("is not UTF-8 text"), binary.err());
    Ended wrong = explain("--java", "wrong.esp");
    assertEquals(2, wrong.exit(), wrong.all());
    assertTrue(wrong.err().contains("wrong.esp:2: E"), wrong.err());
    assertEquals("", wrong.out());
    Ended code = explain("--java", "E101");
    assertEquals(2, code.exit(), code.all());
    assertTrue(code.err().contains("is a code"), code.err());
  }

  static List<String> heavy(Path loaded) throws IOException {
    return Files.readAllLines(loaded).stream()
        .filter(
            line ->
                line.contains(" ai.djl.")
                    || line.contains(" ai.onnxruntime.")
                    || line.contains(" com.sun.jna.")
                    || line.contains(" org.nd4j."))
        .toList();
  }
}
