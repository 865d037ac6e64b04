package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckAloneTest {
  /** Libraries with native code, or so large that loading them would be felt. */
  private static final List<String> HEAVY =
      List.of("ai.djl.", "org.nd4j.", "ai.onnxruntime.", "com.sun.jna.", "onnx.", "org.bytedeco.");

  @Test
  void checkingLoadsNoNativeLibrary(@TempDir Path folder) throws Exception {
    Path program =
        Files.writeString(
            folder.resolve("program.esp"),
            "data digits from mnist augment shift(2)\n"
                + "model net { conv(16), relu\n flatten\n dense(10) }\n"
                + "train net on digits with optimizer sgd(lr 0.1), schedule cosine as teacher\n"
                + "distill teacher into mlp(30) then prune 50% then quantize to int8 as tiny\n"
                + "compare teacher, tiny\nexport tiny to onnx \"tiny.onnx\"\nprune tiny 50%\n");
    Path loaded = folder.resolve("classes");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load,library=info:file=" + loaded,
                "-cp",
                System.getProperty("java.class.path"),
                CheckAlone.class.getName(),
                program.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.startsWith("E209"), said);
    assertEquals(List.of(), heavy(loaded));
  }

  private static List<String> heavy(Path loaded) throws IOException {
    List<String> lines = Files.readAllLines(loaded);
    assertTrue(lines.size() > 100, "the log of loaded classes is there");
    assertTrue(lines.stream().anyMatch(l -> l.contains("dev.espalier.dsl.check.Checker")));
    return lines.stream().filter(l -> HEAVY.stream().anyMatch(h -> l.contains(" " + h))).toList();
  }
}
