package dev.espalier.engine.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.measure.Runtime;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of torch's two exporters, made by src/test/python/export_torch.py. */
class TorchExportsTest {
  private static Path folder() throws URISyntaxException {
    URL url = TorchExportsTest.class.getResource("/torch");
    assertNotNull(url, "the test's files are missing");
    return Path.of(url.toURI());
  }

  private static float[] floats(String name) throws IOException, URISyntaxException {
    FloatBuffer values =
        ByteBuffer.wrap(Files.readAllBytes(folder().resolve(name)))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    float[] out = new float[values.remaining()];
    values.get(out);
    return out;
  }

  static Stream<String> files() throws IOException, URISyntaxException {
    try (Stream<Path> all = Files.list(folder())) {
      return all
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".onnx"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void whatTorchWroteComputesWhatTorchComputed(String file) throws Exception {
    Graph graph = OnnxFile.read(folder().resolve(file));
    String model = file.substring(0, file.indexOf('-'));
    float[] expected = floats(model + ".out");
    float[] got;
    try (Runtime runtime = Runtime.of(graph, 1)) {
      // Five samples at once: whatever batch the file was made for, it is open now.
      got = runtime.run(floats(model + ".in"), 5);
    }
    assertEquals(expected.length, got.length);
    for (int i = 0; i < got.length; i++) {
      assertEquals(expected[i], got[i], 1e-5, "logit " + i);
    }
    assertEquals(ValueInfo.DYNAMIC, graph.inputs().get(0).shape().get(0));
    assertEquals(List.of(ValueInfo.DYNAMIC, 10L), graph.outputs().get(0).shape());
    assertEquals(graph, OnnxFile.decode(OnnxFile.encode(graph), "again"));
  }

  @Test
  void thereAreFilesOfBothExportersWithInnerAndOuterWeights() throws Exception {
    List<String> all = files().toList();
    assertEquals(12, all.size());
    assertTrue(Files.exists(folder().resolve("resnet-new-20-external.onnx.data")));
  }

  @ParameterizedTest
  @MethodSource("files")
  void layersHaveTheNamesOfTheirModules(String file) throws Exception {
    Graph graph = OnnxFile.read(folder().resolve(file));
    List<String> layers =
        graph.nodes().stream()
            .filter(n -> n.operator().equals("Conv") || n.operator().equals("Gemm"))
            .map(Node::name)
            .toList();
    List<String> expected =
        switch (file.substring(0, file.indexOf('-'))) {
          case "mlp" -> List.of("fc1", "fc2");
          case "lenet" -> List.of("conv1", "conv2", "fc1", "fc2");
          case "bounded" -> List.of("features.0", "features.2", "head.1");
          default ->
              List.of(
                  "conv1",
                  "layer1.0.conv1",
                  "layer1.0.conv2",
                  "layer2.0.conv1",
                  "layer2.0.conv2",
                  "layer2.0.down.0",
                  "fc");
        };
    assertEquals(expected, layers);
  }

  @Test
  void boundsAndShapesAreNoParameters() throws Exception {
    // 4·9+4, 4·9+4, 36·10+10
    Graph graph = OnnxFile.read(folder().resolve("bounded-old-17.onnx"));
    assertEquals(450, Parameters.count(graph));
  }
}
