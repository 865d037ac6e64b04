package dev.espalier.engine.onnx;

import dev.espalier.engine.graph.Graph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import onnx.Onnx;

/**
 * How long a model of 100 MB takes to load and what heap it needs, with its weights inside and in a
 * file beside it. The bars: 2 s, and three times the file's size.
 *
 * <pre>
 * mvn -q -pl engine test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -Xmx1g -cp engine/target/test-classes:engine/target/classes:$(cat engine/target/classpath) \
 *     dev.espalier.engine.onnx.LoadingBenchmark
 * </pre>
 *
 * <p>The first load of a process is cold, classes and all; the median is of five more. The peak is
 * found by loading in processes of ever smaller heaps.
 */
final class LoadingBenchmark {
  private LoadingBenchmark() {}

  /** Without arguments measures; with a file, loads it once. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0) {
      int weights = OnnxFile.read(Path.of(arguments[0])).weights().size();
      System.out.println("loaded " + weights + " weights");
      return;
    }
    Path folder = Files.createTempDirectory("loading");
    try {
      // 5000·5000 floats are 100 MB; as a deep network of many layers, so that names cost too.
      int[] widths = new int[26];
      Arrays.fill(widths, 1000);
      Graph graph = Networks.mlp(1, widths);
      Path inside = folder.resolve("inside.onnx");
      OnnxFile.write(graph, inside);
      Path outside = folder.resolve("outside.onnx");
      withOwnFile(Files.readAllBytes(inside), outside);
      for (Path file : List.of(inside, outside)) {
        measure(file);
      }
    } finally {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static void withOwnFile(byte[] bytes, Path target) throws IOException {
    Onnx.ModelProto.Builder model = Onnx.ModelProto.parseFrom(bytes).toBuilder();
    long offset = 0;
    try (var out = Files.newOutputStream(target.resolveSibling("outside.data"))) {
      for (Onnx.TensorProto.Builder t : model.getGraphBuilder().getInitializerBuilderList()) {
        byte[] raw = t.getRawData().toByteArray();
        out.write(raw);
        t.clearRawData().setDataLocation(Onnx.TensorProto.DataLocation.EXTERNAL);
        for (var entry :
            Map.of("location", "outside.data", "offset", "" + offset, "length", "" + raw.length)
                .entrySet()) {
          t.addExternalData(
              Onnx.StringStringEntryProto.newBuilder()
                  .setKey(entry.getKey())
                  .setValue(entry.getValue()));
        }
        offset += raw.length;
      }
    }
    Files.write(target, model.build().toByteArray());
  }

  private static void measure(Path file) throws Exception {
    double[] seconds = new double[6];
    int weights = 0;
    for (int i = 0; i < seconds.length; i++) {
      long begin = System.nanoTime();
      weights = OnnxFile.read(file).weights().size();
      seconds[i] = (System.nanoTime() - begin) * 1e-9;
    }
    double[] warm = Arrays.copyOfRange(seconds, 1, seconds.length);
    Arrays.sort(warm);
    int least = 2000;
    for (int heap = 100; heap < least; heap += 10) {
      if (loadsIn(heap, file)) {
        least = heap;
      }
    }
    double megabytes = 25 * 1001_000 * 4e-6;
    System.out.printf(
        "%s: %d weights of %.0f MB, first %.2f s, median of 5 more %.2f s, heap %d MB (%.1f times)%n",
        file.getFileName(), weights, megabytes, seconds[0], warm[2], least, least / megabytes);
  }

  private static boolean loadsIn(int megabytes, Path file) throws Exception {
    return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + megabytes + "m",
                "-cp",
                System.getProperty("java.class.path"),
                LoadingBenchmark.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }
}
