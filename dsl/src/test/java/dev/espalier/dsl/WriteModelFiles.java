package dev.espalier.dsl;

import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.onnx.OnnxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes the model files that the tests' programs read; the argument is their folder. */
final class WriteModelFiles {
  private static final long OPEN = ValueInfo.DYNAMIC;

  private WriteModelFiles() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    OnnxFile.write(network("Relu", 1, 28, 28), folder.resolve("grey.onnx"));
    OnnxFile.write(network("Relu", 3, 32, 32), folder.resolve("colour.onnx"));
    OnnxFile.write(network("Relu", 1, OPEN, OPEN), folder.resolve("open.onnx"));
    OnnxFile.write(network("NonMaxSuppression", 1, 28, 28), folder.resolve("unknown.onnx"));
    OnnxFile.write(withoutLastLayer(), folder.resolve("residual.onnx"));
    OnnxFile.write(channelsLast(), folder.resolve("channels-last.onnx"));
    byte[] whole = OnnxFile.encode(network("Relu", 1, 28, 28));
    Files.write(folder.resolve("damaged.onnx"), Arrays.copyOf(whole, whole.length / 2));
  }

  /** A convolution without padding, pooled, and a dense layer for four classes. */
  static Graph network(String activation, long... sample) {
    Map<String, Weight> weights =
        Map.of(
            "conv1.weight", zeros(2, sample[0], 3, 3),
            "fc.weight", zeros(4, 2),
            "fc.bias", zeros(4));
    return graph(
        List.of(
            node("conv1", "Conv", "input", "conv1.weight", "a"),
            node("act1", activation, "a", "b"),
            node("pool", "GlobalAveragePool", "b", "c"),
            node("flatten", "Flatten", "c", "d"),
            node("fc", "Gemm", "d", "fc.weight", "fc.bias", "logits")
                .with("transB", new Attribute.Int(1))),
        weights,
        4,
        sample);
  }

  /** Images with the channels last, as TensorFlow has them, turned before anything else. */
  private static Graph channelsLast() {
    return graph(
        List.of(
            node("turn", "Transpose", "input", "x")
                .with("perm", new Attribute.Ints(List.of(0L, 3L, 1L, 2L))),
            node("conv1", "Conv", "x", "conv1.weight", "a"),
            node("pool", "GlobalAveragePool", "a", "b"),
            node("flatten", "Flatten", "b", "c"),
            node("fc", "Gemm", "c", "fc.weight", "logits").with("transB", new Attribute.Int(1))),
        Map.of("conv1.weight", zeros(2, 3, 3, 3), "fc.weight", zeros(10, 2)),
        10,
        32,
        32,
        3);
  }

  private static Graph withoutLastLayer() {
    return graph(
        List.of(
            node("flatten", "Flatten", "input", "a"),
            node("fc", "MatMul", "a", "fc.weight", "b"),
            node("add", "Add", "b", "a", "logits")),
        Map.of("fc.weight", zeros(10, 10)),
        10,
        1,
        2,
        5);
  }

  private static Weight zeros(long... shape) {
    return new Weight.Value(Tensor.zeros(shape));
  }

  private static Node node(String name, String operator, String... inputsThenOutput) {
    List<String> all = List.of(inputsThenOutput);
    return Node.of(
        name, operator, all.subList(0, all.size() - 1), List.of(all.get(all.size() - 1)), Map.of());
  }

  private static Graph graph(
      List<Node> nodes, Map<String, Weight> weights, long classes, long... sample) {
    List<Long> shape = new java.util.ArrayList<>(List.of(OPEN));
    Arrays.stream(sample).forEach(shape::add);
    return new Graph(
        "network",
        Graph.OPSET,
        List.of(new ValueInfo("input", DataType.FLOAT, shape)),
        List.of(new ValueInfo("logits", DataType.FLOAT, List.of(OPEN, classes))),
        nodes,
        new java.util.TreeMap<>(weights),
        Map.of());
  }
}
