package dev.espalier.engine.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.graph.Graph;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFileTest {
  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadBack() {
    for (Graph graph :
        new Graph[] {
          Networks.mlp(1, 20, 30, 10),
          Networks.lenet5(2),
          Networks.resnet(3, 1, 4).withMetadata("dense.parameters", "1234")
        }) {
      Path file = folder.resolve(graph.name() + ".onnx");
      OnnxFile.write(graph, file);
      assertEquals(graph, OnnxFile.read(file));
    }
  }

  @Test
  void equalGraphsGiveEqualBytes() {
    assertArrayEquals(OnnxFile.encode(Networks.lenet5(7)), OnnxFile.encode(Networks.lenet5(7)));
  }

  @Test
  void bytesAndFileAgree() throws Exception {
    Graph graph = Networks.mlp(1, 4, 3, 2);
    Path file = folder.resolve("m.onnx");
    OnnxFile.write(graph, file);
    assertArrayEquals(OnnxFile.encode(graph), Files.readAllBytes(file));
    assertTrue(Files.size(file) < 1000);
  }
}
