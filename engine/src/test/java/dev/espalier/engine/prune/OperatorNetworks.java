package dev.espalier.engine.prune;

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
import java.util.TreeMap;

/** Networks as exporters write them, each with operators that couple channels in their own way. */
final class OperatorNetworks {
  private final long[] input;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private final SplittableRandom random = new SplittableRandom(5);
  private String at = "x";

  private OperatorNetworks(long... input) {
    this.input = input;
  }

  static Map<String, Graph> all() {
    Map<String, Graph> all = new LinkedHashMap<>();
    all.put("slices", slices());
    all.put("transposed convolutions", transposed());
    all.put("resized", resized());
    all.put("einsum", einsum());
    all.put("lstm", recurrent("LSTM", 4, "forward"));
    all.put("lstm both ways", recurrent("LSTM", 4, "bidirectional"));
    all.put("gru", recurrent("GRU", 3, "reverse"));
    all.put("rnn", recurrent("RNN", 1, "bidirectional"));
    return all;
  }

  /** Two layers of cells over six steps, as torch exports them, and a dense layer on the last. */
  private static Graph recurrent(String operator, long gates, String direction) {
    OperatorNetworks n = new OperatorNetworks(6, 5);
    n.node("steps", "Transpose", Map.of("perm", new Attribute.Ints(List.of(1L, 0L, 2L))));
    int directions = direction.equals("bidirectional") ? 2 : 1;
    int in = 5;
    Map<String, Attribute> attributes = new TreeMap<>();
    attributes.put("direction", new Attribute.Text(direction));
    if (operator.equals("GRU")) {
      attributes.put("linear_before_reset", new Attribute.Int(1));
    }
    for (String layer : List.of("first", "second")) {
      int hidden = layer.equals("first") ? 8 : 7;
      attributes.put("hidden_size", new Attribute.Int(hidden));
      n.node(
          layer,
          operator,
          attributes,
          n.weight(directions, gates * hidden, in),
          n.weight(directions, gates * hidden, hidden),
          n.weight(directions, 2 * gates * hidden));
      n.node(
          layer + " beside",
          "Transpose",
          Map.of("perm", new Attribute.Ints(List.of(0L, 2L, 1L, 3L))));
      n.node(layer + " joined", "Reshape", Map.of(), n.whole(0, 0, -1));
      in = directions * hidden;
    }
    n.node("last", "Slice", Map.of(), n.whole(-1), n.whole(Long.MAX_VALUE), n.whole(0));
    n.node("one", "Squeeze", Map.of(), n.whole(0));
    n.node("fc", "Gemm", Map.of(), n.weight(in, 10));
    return n.graph(10);
  }

  /** A gated unit, as torch's chunk and slices write it; once with the halves reversed. */
  private static Graph slices() {
    OperatorNetworks n = new OperatorNetworks(3, 8, 8);
    n.node("conv1", "Conv", Map.of(), n.weight(12, 3, 3, 3), n.weight(12));
    String both = n.at;
    n.node("gate", "Slice", Map.of(), n.whole(0), n.whole(6), n.whole(1));
    n.node("sigmoid", "Sigmoid", Map.of());
    String gate = n.at;
    n.at = both;
    n.node("rest", "Slice", Map.of(), n.whole(-6), n.whole(Long.MAX_VALUE), n.whole(1));
    n.node("gated", "Mul", Map.of(), gate);
    n.node("conv2", "Conv", Map.of(), n.weight(8, 6, 3, 3), n.weight(8));
    String forwards = n.at;
    n.node("back", "Slice", Map.of(), n.whole(6), n.whole(0), n.whole(1), n.whole(-1));
    n.node("conv3", "Conv", Map.of("group", new Attribute.Int(6)), n.weight(6, 1, 1, 1));
    String backwards = n.at;
    n.at = forwards;
    n.node("few", "Slice", Map.of(), n.whole(1), n.whole(7), n.whole(1), n.whole(1));
    n.node("side", "Concat", Map.of("axis", new Attribute.Int(1)), backwards);
    return n.classified(12);
  }

  /** Upsampling to sizes that are computed, as torch exports it, and shuffled pixels. */
  private static Graph resized() {
    OperatorNetworks n = new OperatorNetworks(3, 8, 8);
    n.node("conv1", "Conv", Map.of(), n.weight(6, 3, 3, 3), n.weight(6));
    String image = n.at;
    n.node("shape", "Shape", Map.of());
    n.node("outer", "Slice", Map.of(), n.whole(0), n.whole(2), n.whole(0));
    String sizes = n.node("sizes", "Concat", Map.of("axis", new Attribute.Int(0)), n.whole(10, 12));
    n.at = image;
    n.node("up", "Resize", Map.of("mode", new Attribute.Text("linear")), "", "", sizes);
    n.node("conv2", "Conv", Map.of(), n.weight(12, 6, 3, 3), n.weight(12));
    n.node(
        "shuffle",
        "DepthToSpace",
        Map.of("blocksize", new Attribute.Int(2), "mode", new Attribute.Text("CRD")));
    n.node("conv3", "Conv", Map.of(), n.weight(5, 3, 1, 1), n.weight(5));
    n.node("deep", "SpaceToDepth", Map.of("blocksize", new Attribute.Int(2)));
    n.node("conv4", "Conv", Map.of(), n.weight(8, 20, 1, 1), n.weight(8));
    return n.classified(8);
  }

  /** Attention over positions, its products written as Einsum. */
  private static Graph einsum() {
    OperatorNetworks n = new OperatorNetworks(6, 5);
    String x = n.at;
    String[] parts = new String[3];
    for (int i = 0; i < 3; i++) {
      n.at = x;
      parts[i] = n.node("in" + i, "MatMul", Map.of(), n.weight(5, 8));
    }
    n.at = parts[0];
    n.node("scores", "Einsum", equation("bqd,bkd->bqk"), parts[1]);
    n.node("soft", "Softmax", Map.of("axis", new Attribute.Int(-1)));
    n.node("mixed", "Einsum", equation("bqk,bkd->bdq"), parts[2]);
    n.node(
        "mean",
        "ReduceMean",
        Map.of("axes", new Attribute.Ints(List.of(2L)), "keepdims", new Attribute.Int(0)));
    n.node("fc", "Gemm", Map.of(), n.weight(8, 10));
    return n.graph(10);
  }

  private static Map<String, Attribute> equation(String text) {
    return Map.of("equation", new Attribute.Text(text));
  }

  private static Graph transposed() {
    OperatorNetworks n = new OperatorNetworks(3, 8, 8);
    n.node("conv1", "Conv", Map.of(), n.weight(6, 3, 3, 3), n.weight(6));
    n.node(
        "up",
        "ConvTranspose",
        Map.of("strides", new Attribute.Ints(List.of(2L, 2L))),
        n.weight(6, 9, 2, 2),
        n.weight(9));
    n.node("relu", "Relu", Map.of());
    n.node(
        "groups",
        "ConvTranspose",
        Map.of("group", new Attribute.Int(3)),
        n.weight(9, 2, 3, 3),
        n.weight(6));
    n.node("pool", "GlobalMaxPool", Map.of());
    return n.classified(6);
  }

  /** With a dense layer behind, from as many channels. */
  private Graph classified(long channels) {
    node(
        "mean",
        "ReduceMean",
        Map.of("axes", new Attribute.Ints(List.of(2L, 3L)), "keepdims", new Attribute.Int(0)));
    node("fc", "Gemm", Map.of(), weight(channels, 10));
    return graph(10);
  }

  private Graph graph(long... output) {
    return new Graph(
        "network",
        Graph.OPSET,
        List.of(new ValueInfo("x", DataType.FLOAT, open(input))),
        List.of(new ValueInfo(at, DataType.FLOAT, open(output))),
        nodes,
        weights,
        Map.of());
  }

  private static List<Long> open(long... sample) {
    List<Long> shape = new ArrayList<>(List.of(ValueInfo.DYNAMIC));
    Arrays.stream(sample).forEach(shape::add);
    return shape;
  }

  /** A node that reads what the last one made. */
  private String node(
      String name, String operator, Map<String, Attribute> attributes, String... others) {
    List<String> inputs = new ArrayList<>(List.of(at));
    inputs.addAll(List.of(others));
    at = name + ".out";
    nodes.add(Node.of(name, operator, inputs, List.of(at), attributes));
    return at;
  }

  private String weight(long... shape) {
    float[] values = new float[(int) Tensor.count(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    return named(Tensor.ofFloats(shape, values));
  }

  private String whole(long... values) {
    return named(Tensor.ofLongs(new long[] {values.length}, values));
  }

  private String named(Tensor tensor) {
    String name = "w" + weights.size();
    weights.put(name, new Weight.Value(tensor));
    return name;
  }
}
