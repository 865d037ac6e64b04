package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.onnx.OnnxFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckAloneTest {
  /** Libraries with native code, or so large that loading them would be felt. */
  private static final List<String> HEAVY =
      List.of("ai.djl.", "org.nd4j.", "ai.onnxruntime.", "com.sun.jna.", "onnx.", "org.bytedeco.");

  /** Of these, what brings native code; ONNX files are read by plain Java among them. */
  private static final List<String> NATIVE =
      List.of(
          "ai.djl.engine.",
          "ai.djl.pytorch.",
          "org.nd4j.linalg.",
          "org.nd4j.nativeblas.",
          "ai.onnxruntime.",
          "com.sun.jna.",
          "org.bytedeco.");

  @Test
  void checkingLoadsNoNativeLibrary(@TempDir Path folder) throws Exception {
    String program =
        """
        data digits from mnist augment shift(2)
        model net { conv(16), relu
         flatten
         dense(10) }
        train net on digits with optimizer sgd(lr 0.1), schedule cosine as teacher
        distill teacher into mlp(30) then prune 50% then quantize to int8 as tiny
        compare teacher, tiny
        export tiny to onnx "tiny.onnx"
        prune tiny 50%
        """;
    assertEquals(List.of(), loaded(program, folder, HEAVY, "E209"));
  }

  @Test
  void neitherDoesReadingAModelsFile(@TempDir Path folder) throws Exception {
    OnnxFile.write(WriteModelFiles.network("Relu", 3, 32, 32), folder.resolve("net.onnx"));
    String program =
        """
        data digits from mnist
        model net from onnx "net.onnx" with input 1x28x28, classes 10
        finetune net on digits then prune 50% except fc2
        """;
    assertEquals(List.of(), loaded(program, folder, NATIVE, "E220"));
  }

  @Test
  void neitherDoesABudget(@TempDir Path folder) throws Exception {
    String program =
        """
        data digits from glyphs
        train mlp(30) on digits then prune to 1 KB
        """;
    assertEquals(List.of(), loaded(program, folder, NATIVE, "E401"));
  }

  @Test
  void neitherDoesATargetOutOfReach(@TempDir Path folder) throws Exception {
    OnnxFile.write(WriteModelFiles.network("Relu", 1, 28, 28), folder.resolve("net.onnx"));
    String program =
        """
        data digits from glyphs
        model net from onnx "net.onnx" with classes 10
        train resnet20 on digits then prune 50% of channels as teacher
        target mcu is cortex-m4(flash 40 KB) { latency at most 1 ms, accuracy at least 90% }
        compress teacher for mcu minimize energy
        compress net for size at most 100 bytes using prune
        """;
    assertEquals(List.of(), loaded(program, folder, NATIVE, "E405"));
  }

  /** Whatever is in a file, checking it takes little memory. */
  @ParameterizedTest
  @ValueSource(strings = {"(", "{", "let x = [", "\"", "a ", "prune a 50% then ", "é", "show a\n"})
  void littleMemoryIsEnough(String repeated, @TempDir Path folder) throws Exception {
    Path program =
        Files.writeString(
            folder.resolve("large.esp"), repeated.repeat(1_000_000 / repeated.length()));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                repeated.contains("show") ? "-Xmx192m" : "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                CheckAlone.class.getName(),
                program.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.startsWith("E"), said);
  }

  /** The classes with one of these beginnings that checking the program loads. */
  private static List<String> loaded(
      String text, Path folder, List<String> beginnings, String mistake) throws Exception {
    Path program = Files.writeString(folder.resolve("program.esp"), text);
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
    assertTrue(said.startsWith(mistake), said);
    List<String> lines = Files.readAllLines(loaded);
    assertTrue(lines.size() > 100, "the log of loaded classes is there");
    assertTrue(lines.stream().anyMatch(l -> l.contains("dev.espalier.dsl.check.Checker")));
    return lines.stream()
        .filter(l -> beginnings.stream().anyMatch(b -> l.contains(" " + b)))
        .toList();
  }
}
