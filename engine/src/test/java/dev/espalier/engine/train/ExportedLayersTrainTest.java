package dev.espalier.engine.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Layers that come from files alone learn, step after step: their weights survive each step. */
final class ExportedLayersTrainTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);

  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private final SplittableRandom random = new SplittableRandom(2);

  private void node(
      String operator, Map<String, Attribute> attributes, List<String> inputs, String... outputs) {
    nodes.add(Node.of(operator + nodes.size(), operator, inputs, List.of(outputs), attributes));
  }

  private String weight(String name, long... shape) {
    float[] values = new float[(int) Tensor.count(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    weights.put(name, new Weight.Value(Tensor.ofFloats(shape, values)));
    return name;
  }

  private String whole(long... values) {
    String name = "n" + weights.size();
    weights.put(name, new Weight.Value(Tensor.ofLongs(new long[] {values.length}, values)));
    return name;
  }

  private static Map<String, Attribute> ints(String name, Long... values) {
    return Map.of(name, new Attribute.Ints(Arrays.asList(values)));
  }

  /** Trains on 8×8 pictures of four classes; what is learnt must be all of {@code learnt}. */
  private void learns(String... learnt) {
    Graph graph =
        new Graph(
            "exported",
            Graph.OPSET,
            List.of(new ValueInfo("x", DataType.FLOAT, List.of(-1L, 1L, 8L, 8L))),
            List.of(new ValueInfo("y", DataType.FLOAT, List.of(-1L, 4L))),
            nodes,
            weights,
            Map.of());
    assertEquals(List.of(learnt), Parameters.of(graph));
    Trained trained =
        Trainer.train(
            graph,
            Blobs.images(256, 80, List.of()),
            TrainSettings.epochs(12).withBatch(16).withOptimizer(new Optimizer.Sgd(0.1, 0.9)),
            ONE,
            "train",
            Progress.NONE);
    List<Model.Epoch> history = trained.history();
    assertTrue(history.get(11).validationAccuracy() > 0.9, "" + history);
    for (String name : learnt) {
      assertTrue(!trained.graph().tensor(name).equals(graph.tensor(name)), name + " has not moved");
    }
  }

  @Test
  void recurrentLayersLearn() {
    for (String operator : List.of("LSTM", "GRU", "RNN")) {
      long gates = operator.equals("LSTM") ? 4 : operator.equals("GRU") ? 3 : 1;
      nodes.clear();
      weights.clear();
      // Column after column.
      node("Squeeze", Map.of(), List.of("x", whole(1)), "rows");
      node("Transpose", ints("perm", 2L, 0L, 1L), List.of("rows"), "columns");
      node(
          operator,
          Map.of(
              "hidden_size",
              new Attribute.Int(6),
              "direction",
              new Attribute.Text("bidirectional")),
          List.of(
              "columns",
              weight("w", 2, gates * 6, 8),
              weight("r", 2, gates * 6, 6),
              weight("b", 2, 2 * gates * 6)),
          "",
          "end");
      node("Transpose", ints("perm", 1L, 0L, 2L), List.of("end"), "beside");
      node("Flatten", Map.of(), List.of("beside"), "flat");
      node("Gemm", Map.of(), List.of("flat", weight("fc", 12, 4)), "y");
      learns("w", "r", "b", "fc");
    }
  }

  @Test
  void transposedConvolutionsAndSumsOverIndicesLearn() {
    node("Conv", ints("strides", 2L, 2L), List.of("x", weight("conv", 4, 1, 2, 2)), "c");
    node("LRN", Map.of("size", new Attribute.Int(3)), List.of("c"), "n");
    node("ConvTranspose", ints("strides", 2L, 2L), List.of("n", weight("up", 4, 3, 2, 2)), "u");
    node("Relu", Map.of(), List.of("u"), "r");
    weights.put("scales", new Weight.Value(Tensor.ofFloats(new long[] {4}, 1, 1, 0.5f, 0.5f)));
    node(
        "Resize",
        Map.of("mode", new Attribute.Text("linear")),
        List.of("r", "", "scales"),
        "small");
    node(
        "Einsum",
        Map.of("equation", new Attribute.Text("bchw,cwk->bk")),
        List.of("small", weight("sum", 3, 4, 4)),
        "y");
    learns("conv", "up", "sum");
  }
}
