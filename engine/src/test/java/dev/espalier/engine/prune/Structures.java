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

/** Small graphs, one for each structure that couples channels, as exporters write them. */
final class Structures {
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private final SplittableRandom random = new SplittableRandom(11);

  private Structures() {}

  /** Those through which zeros stay zeros. */
  static Map<String, Graph> exact() {
    Map<String, Graph> all = new TreeMap<>();
    all.put("squeeze and excite", squeezeAndExcite());
    all.put("channel shuffle", shuffle());
    all.put("dense block", denseBlock());
    all.put("heads", attention(false, false));
    all.put("fused heads", attention(true, false));
    all.put("shape by arithmetic", arithmetic());
    all.put("1-D convolution", convolution(1));
    all.put("3-D convolution", convolution(3));
    all.put("instance normalisation", perChannel());
    all.put("class token", classToken());
    all.put("split halves", halves());
    return all;
  }

  /** Those whose normalisation counts channels: what is left is normalised by itself. */
  static Map<String, Graph> counting() {
    Map<String, Graph> all = new TreeMap<>();
    all.put("transformer", attention(false, true));
    all.put("group normalisation", groups());
    return all;
  }

  private String weight(String name, long... shape) {
    float[] values = new float[(int) Tensor.count(shape)];
    double spread = 1.7 / Math.sqrt((double) values.length / shape[0]);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (spread * (2 * random.nextDouble() - 1));
    }
    weights.put(name, new Weight.Value(Tensor.ofFloats(shape, values)));
    return name;
  }

  private String positive(String name, long... shape) {
    weight(name, shape);
    float[] values = ((Weight.Value) weights.get(name)).tensor().floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.5f + Math.abs(values[i]);
    }
    return name;
  }

  private String integers(String name, long... values) {
    weights.put(name, new Weight.Value(Tensor.ofLongs(new long[] {values.length}, values)));
    return name;
  }

  private String index(String name, long value) {
    weights.put(name, new Weight.Value(Tensor.ofLongs(new long[0], value)));
    return name;
  }

  private String scalar(String name, float value) {
    weights.put(name, new Weight.Value(Tensor.ofFloats(new long[0], value)));
    return name;
  }

  private String op(String name, String type, Map<String, Attribute> attributes, String... inputs) {
    nodes.add(Node.of(name, type, List.of(inputs), List.of(name + ".out"), attributes));
    return name + ".out";
  }

  private String op(String name, String type, String... inputs) {
    return op(name, type, Map.of(), inputs);
  }

  private static Attribute ints(long... values) {
    return new Attribute.Ints(Arrays.stream(values).boxed().toList());
  }

  private String conv(String name, String x, long in, long out, long kernel, long group) {
    return op(
        name,
        "Conv",
        Map.of(
            "pads",
            ints(kernel / 2, kernel / 2, kernel / 2, kernel / 2),
            "group",
            new Attribute.Int(group)),
        x,
        weight(name + ".weight", out, in / group, kernel, kernel),
        weight(name + ".bias", out));
  }

  private String dense(String name, String x, long in, long out) {
    return op(
        name + ".add",
        "Add",
        op(name, "MatMul", x, weight(name + ".weight", in, out)),
        weight(name + ".bias", out));
  }

  /** Pools what is left of an image and classifies it. */
  private Graph classify(String name, String x, long channels, long... input) {
    String flat = op("flatten", "Flatten", op("pool", "GlobalAveragePool", x));
    return end(name, dense("head", flat, channels, 5), input);
  }

  private Graph end(String name, String y, long... input) {
    List<Long> shape = new ArrayList<>(List.of(ValueInfo.DYNAMIC));
    Arrays.stream(input).forEach(shape::add);
    return new Graph(
        name,
        Graph.OPSET + 1,
        List.of(new ValueInfo("x", DataType.FLOAT, shape)),
        List.of(new ValueInfo(y, DataType.FLOAT, List.of(ValueInfo.DYNAMIC, 5L))),
        nodes,
        weights,
        Map.of());
  }

  private static Graph squeezeAndExcite() {
    Structures s = new Structures();
    String x = s.op("act", "HardSwish", s.conv("conv1", "x", 3, 12, 3, 1));
    String gate = s.op("squeeze", "GlobalAveragePool", x);
    gate = s.op("relu", "Relu", s.conv("reduce", gate, 12, 4, 1, 1));
    gate = s.op("gate", "HardSigmoid", s.conv("expand", gate, 4, 12, 1, 1));
    x = s.op("scale", "Mul", x, gate);
    String wise = s.op("wise.act", "Sigmoid", s.conv("wise", x, 12, 12, 3, 12));
    x = s.op("skip", "Add", s.conv("project", wise, 12, 12, 1, 1), x);
    return s.classify("squeeze and excite", x, 12, 3, 8, 8);
  }

  /** ShuffleNet v2's unit: half goes through, half is convolved, then both are interleaved. */
  private static Graph shuffle() {
    Structures s = new Structures();
    String x = s.op("act", "Relu", s.conv("conv1", "x", 3, 16, 3, 1));
    for (int unit = 1; unit <= 2; unit++) {
      String u = "unit" + unit + ".";
      s.nodes.add(
          Node.of(
              u + "split",
              "Split",
              List.of(x, s.integers(u + "sizes", 8, 8)),
              List.of(u + "keep", u + "work"),
              Map.of("axis", new Attribute.Int(1))));
      String y = s.op(u + "relu", "Relu", s.conv(u + "conv1", u + "work", 8, 8, 1, 1));
      y = s.conv(u + "wise", y, 8, 8, 3, 8);
      y = s.op(u + "relu2", "Relu", s.conv(u + "conv2", y, 8, 8, 1, 1));
      y = s.op(u + "cat", "Concat", Map.of("axis", new Attribute.Int(1)), u + "keep", y);
      y = s.op(u + "groups", "Reshape", y, s.integers(u + "to5", -1, 2, 8, 8, 8));
      y = s.op(u + "swap", "Transpose", Map.of("perm", ints(0, 2, 1, 3, 4)), y);
      x = s.op(u + "back", "Reshape", y, s.integers(u + "to4", -1, 16, 8, 8));
    }
    return s.classify("channel shuffle", s.conv("last", x, 16, 12, 1, 1), 12, 3, 8, 8);
  }

  private static Graph denseBlock() {
    Structures s = new Structures();
    String x = s.conv("stem", "x", 3, 6, 3, 1);
    int width = 6;
    for (int i = 1; i <= 3; i++) {
      String y = s.op("relu" + i, "Relu", x);
      y = s.conv("layer" + i, y, width, 5, 3, 1);
      x = s.op("cat" + i, "Concat", Map.of("axis", new Attribute.Int(1)), x, y);
      width += 5;
    }
    String t =
        s.op(
            "pool1",
            "AveragePool",
            Map.of("kernel_shape", ints(2, 2), "strides", ints(2, 2)),
            s.conv("transition", x, width, 9, 1, 1));
    String flat = s.op("flatten", "Flatten", t);
    return s.end("dense block", s.dense("head", flat, 9 * 16, 5), 3, 8, 8);
  }

  /** Two layers of attention over 7 tokens, 3 heads of 4; with or without LayerNormalization. */
  private static Graph attention(boolean fused, boolean norm) {
    Structures s = new Structures();
    long width = 12;
    String x = s.dense("embed", "x", 6, width);
    x = s.op("positions", "Add", x, s.weight("positions.weight", 1, 7, width));
    for (int layer = 1; layer <= 2; layer++) {
      String p = "layer" + layer + ".";
      String in = norm ? s.norm(p + "norm1", x, width) : x;
      String[] qkv = fused ? s.fused(p, in, width) : s.separate(p, in, width);
      String keys = s.op(p + "keys", "Transpose", Map.of("perm", ints(0, 1, 3, 2)), qkv[1]);
      String scores =
          s.op(
              p + "scale",
              "Div",
              s.op(p + "scores", "MatMul", qkv[0], keys),
              s.scalar(p + "root", 2));
      String weights =
          s.op(p + "softmax", "Softmax", Map.of("axis", new Attribute.Int(-1)), scores);
      String mixed = s.op(p + "mix", "MatMul", weights, qkv[2]);
      mixed = s.op(p + "tokens", "Transpose", Map.of("perm", ints(0, 2, 1, 3)), mixed);
      mixed = s.op(p + "merge", "Reshape", mixed, s.integers(p + "merged", 0, 7, 12));
      x = s.op(p + "skip1", "Add", x, s.dense(p + "project", mixed, width, width));
      in = norm ? s.norm(p + "norm2", x, width) : x;
      String hidden = s.op(p + "gelu", "Tanh", s.dense(p + "up", in, width, 20));
      x = s.op(p + "skip2", "Add", x, s.dense(p + "down", hidden, 20, width));
    }
    String mean =
        s.op(
            "mean",
            "ReduceMean",
            Map.of("keepdims", new Attribute.Int(0)),
            x,
            s.integers("mean.axes", 1));
    return s.end(
        norm ? "transformer" : fused ? "fused heads" : "heads",
        s.dense("head", mean, width, 5),
        7,
        6);
  }

  private String norm(String name, String x, long width) {
    return op(
        name,
        "LayerNormalization",
        Map.of("axis", new Attribute.Int(-1)),
        x,
        positive(name + ".weight", width),
        weight(name + ".bias", width));
  }

  private String[] separate(String p, String x, long width) {
    String[] out = new String[3];
    String[] names = {"q", "k", "v"};
    for (int i = 0; i < 3; i++) {
      String y = dense(p + names[i], x, width, 12);
      y = op(p + names[i] + ".heads", "Reshape", y, integers(p + names[i] + ".shape", 0, 0, 3, 4));
      out[i] = op(p + names[i] + ".front", "Transpose", Map.of("perm", ints(0, 2, 1, 3)), y);
    }
    return out;
  }

  private String[] fused(String p, String x, long width) {
    String y = dense(p + "qkv", x, width, 36);
    y = op(p + "heads", "Reshape", y, integers(p + "shape", 0, 7, 3, 3, 4));
    y = op(p + "front", "Transpose", Map.of("perm", ints(2, 0, 3, 1, 4)), y);
    String[] out = new String[3];
    for (int i = 0; i < 3; i++) {
      out[i] =
          op(
              p + "take" + i,
              "Gather",
              Map.of("axis", new Attribute.Int(0)),
              y,
              index(p + "index" + i, i));
    }
    return out;
  }

  /**
   * {@code x.view(x.shape[0], x.shape[1] // 2, 2, -1).mean(2)}, with its arithmetic in the graph.
   */
  private static Graph arithmetic() {
    Structures s = new Structures();
    String x = s.op("relu", "Relu", s.conv("conv", "x", 3, 8, 3, 1));
    String shape = s.op("shape", "Shape", x);
    Map<String, Attribute> first = Map.of("axis", new Attribute.Int(0));
    String batch = s.op("batch", "Gather", first, shape, s.integers("zero", 0));
    String channels = s.op("channels", "Gather", first, shape, s.integers("one", 1));
    String half = s.op("half", "Div", channels, s.integers("two", 2));
    String target = s.op("target", "Concat", first, batch, half, s.integers("rest", 2, -1));
    String y = s.op("view", "Reshape", x, target);
    y =
        s.op(
            "pairs",
            "ReduceSum",
            Map.of("keepdims", new Attribute.Int(0)),
            y,
            s.integers("axis2", 2));
    String flat = s.op("flat", "Flatten", y);
    return s.end("shape by arithmetic", s.dense("head", flat, 4 * 64, 5), 3, 8, 8);
  }

  private static Graph convolution(int axes) {
    Structures s = new Structures();
    long[] input = new long[axes + 1];
    Arrays.fill(input, 6);
    input[0] = 2;
    String x = "x";
    long in = 2;
    for (int i = 1; i <= 3; i++) {
      long out = 4L + 2 * i;
      long[] kernel = new long[axes + 2];
      Arrays.fill(kernel, 2);
      kernel[0] = out;
      kernel[1] = in;
      x =
          s.op(
              "relu" + i,
              "LeakyRelu",
              s.op(
                  "conv" + i,
                  "Conv",
                  x,
                  s.weight("conv" + i + ".weight", kernel),
                  s.weight("conv" + i + ".bias", out)));
      in = out;
    }
    return s.classify(axes + "-D convolution", x, in, input);
  }

  private static Graph perChannel() {
    Structures s = new Structures();
    String x =
        s.op(
            "norm",
            "InstanceNormalization",
            s.conv("conv1", "x", 3, 8, 3, 1),
            s.positive("norm.weight", 8),
            s.weight("norm.bias", 8));
    x = s.op("prelu", "PRelu", x, s.positive("prelu.weight", 8, 1, 1));
    x = s.op("max", "Max", x, s.conv("conv2", "x", 3, 8, 1, 1));
    x =
        s.op(
            "bn",
            "BatchNormalization",
            s.op("pad", "Pad", x, s.integers("pads", 0, 0, 1, 1, 0, 0, 1, 1)),
            s.positive("bn.weight", 8),
            s.weight("bn.bias", 8),
            s.weight("bn.mean", 8),
            s.positive("bn.var", 8));
    return s.classify("instance normalisation", x, 8, 3, 8, 8);
  }

  /** A learnt token before the others, expanded to the batch as torch exports it. */
  private static Graph classToken() {
    Structures s = new Structures();
    String x = s.conv("patch", "x", 3, 10, 3, 1);
    Map<String, Attribute> first = Map.of("axis", new Attribute.Int(0));
    String batch = s.op("batch", "Gather", first, s.op("shape", "Shape", x), s.integers("zero", 0));
    x = s.op("tokens", "Reshape", x, s.integers("flat", 0, 10, -1));
    x = s.op("last", "Transpose", Map.of("perm", ints(0, 2, 1)), x);
    String shape = s.op("target", "Concat", first, batch, s.integers("rest", 1, 10));
    String token = s.op("expand", "Expand", s.weight("token", 1, 1, 10), shape);
    x = s.op("cat", "Concat", Map.of("axis", new Attribute.Int(1)), token, x);
    x = s.op("relu", "Relu", s.dense("mlp", x, 10, 10));
    x = s.op("take", "Gather", Map.of("axis", new Attribute.Int(1)), x, s.index("index", 0));
    return s.end("class token", s.dense("head", x, 10, 5), 3, 4, 4);
  }

  /** A gated unit: one half of the channels decides about the other. */
  private static Graph halves() {
    Structures s = new Structures();
    String x = s.conv("conv", "x", 3, 12, 3, 1);
    s.nodes.add(
        Node.of(
            "split",
            "Split",
            List.of(x),
            List.of("left", "right"),
            Map.of("axis", new Attribute.Int(1), "num_outputs", new Attribute.Int(2))));
    x = s.op("gated", "Mul", s.op("gate", "Sigmoid", "left"), "right");
    return s.classify("split halves", x, 6, 3, 8, 8);
  }

  private static Graph groups() {
    Structures s = new Structures();
    String x =
        s.op(
            "norm",
            "GroupNormalization",
            Map.of("num_groups", new Attribute.Int(2)),
            s.conv("conv1", "x", 3, 8, 3, 1),
            s.positive("norm.weight", 2),
            s.weight("norm.bias", 2));
    return s.classify("group normalisation", s.op("relu", "Relu", x), 8, 3, 8, 8);
  }
}
