package dev.espalier.engine.onnx;

import dev.espalier.engine.Randomness;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Networks with random weights, built node by node, in the shapes that classifiers have. */
public final class Networks {
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private final SplittableRandom random;
  private String last = "input";
  private int channels;

  private Networks(long seed, int channels) {
    this.random = Randomness.of(seed, "test network");
    this.channels = channels;
  }

  /** Dense layers of the given widths, the first being the inputs and the last the logits. */
  public static Graph mlp(long seed, int... widths) {
    Networks n = new Networks(seed, widths[0]);
    for (int i = 1; i < widths.length; i++) {
      n.dense("fc" + i, widths[i]);
      if (i < widths.length - 1) {
        n.node("relu" + i, "Relu", Map.of());
      }
    }
    return n.graph("mlp", List.of(ValueInfo.DYNAMIC, (long) widths[0]), widths[widths.length - 1]);
  }

  /** LeNet-5 with max pooling and dropout, on one channel of 28 by 28 pixels. */
  public static Graph lenet5(long seed) {
    Networks n = new Networks(seed, 1);
    n.conv("conv1", 6, 5, 1, 2);
    n.node("relu1", "Relu", Map.of());
    n.node("pool1", "MaxPool", pool());
    n.conv("conv2", 16, 5, 1, 0);
    n.node("relu2", "Relu", Map.of());
    n.node("pool2", "MaxPool", pool());
    n.node("flatten", "Flatten", Map.of("axis", new Attribute.Int(1)));
    n.channels = 400;
    n.dense("fc1", 120);
    n.node("relu3", "Relu", Map.of());
    n.weights.put("drop.ratio", new Weight.Value(Tensor.ofFloats(new long[0], 0.5f)));
    n.nodes.add(
        Node.of("drop", "Dropout", List.of(n.last, "drop.ratio"), List.of("drop.out"), Map.of()));
    n.last = "drop.out";
    n.dense("fc2", 84);
    n.node("relu4", "Relu", Map.of());
    n.dense("fc3", 10);
    return n.graph("lenet5", List.of(ValueInfo.DYNAMIC, 1L, 28L, 28L), 10);
  }

  /**
   * ResNet as He et al. 2016 have it for CIFAR: three stages of {@code blocks} blocks, batch
   * normalisation, projections where the width grows.
   */
  public static Graph resnet(long seed, int blocks, int width) {
    Networks n = new Networks(seed, 3);
    n.conv("conv1", width, 3, 1, 1);
    n.norm("bn1");
    n.node("relu", "Relu", Map.of());
    for (int stage = 1; stage <= 3; stage++) {
      for (int b = 0; b < blocks; b++) {
        String name = "layer" + stage + "." + b;
        int out = width << (stage - 1);
        int stride = b == 0 && stage > 1 ? 2 : 1;
        String in = n.last;
        int inChannels = n.channels;
        n.conv(name + ".conv1", out, 3, stride, 1);
        n.norm(name + ".bn1");
        n.node(name + ".relu1", "Relu", Map.of());
        n.conv(name + ".conv2", out, 3, 1, 1);
        n.norm(name + ".bn2");
        String main = n.last;
        if (inChannels != out) {
          n.last = in;
          n.channels = inChannels;
          n.conv(name + ".shortcut", out, 1, stride, 0);
          n.norm(name + ".shortcut.bn");
          in = n.last;
        }
        n.nodes.add(
            Node.of(name + ".add", "Add", List.of(main, in), List.of(name + ".add.out"), Map.of()));
        n.last = name + ".add.out";
        n.node(name + ".relu2", "Relu", Map.of());
      }
    }
    n.node("pool", "GlobalAveragePool", Map.of());
    n.node("flatten", "Flatten", Map.of("axis", new Attribute.Int(1)));
    n.dense("fc", 10);
    return n.graph("resnet", List.of(ValueInfo.DYNAMIC, 3L, 32L, 32L), 10);
  }

  private static Map<String, Attribute> pool() {
    return Map.of("kernel_shape", ints(2, 2), "strides", ints(2, 2));
  }

  private static Attribute ints(long... values) {
    return new Attribute.Ints(java.util.Arrays.stream(values).boxed().toList());
  }

  private void node(String name, String operator, Map<String, Attribute> attributes) {
    nodes.add(Node.of(name, operator, List.of(last), List.of(name + ".out"), attributes));
    last = name + ".out";
  }

  private void dense(String name, int out) {
    weight(name + ".weight", Math.sqrt(2.0 / channels), out, channels);
    weight(name + ".bias", 0.05, out);
    nodes.add(
        Node.of(
            name,
            "Gemm",
            List.of(last, name + ".weight", name + ".bias"),
            List.of(name + ".out"),
            Map.of("transB", new Attribute.Int(1))));
    last = name + ".out";
    channels = out;
  }

  private void conv(String name, int out, int kernel, int stride, int pad) {
    weight(
        name + ".weight",
        Math.sqrt(2.0 / (channels * kernel * kernel)),
        out,
        channels,
        kernel,
        kernel);
    weight(name + ".bias", 0.05, out);
    nodes.add(
        Node.of(
            name,
            "Conv",
            List.of(last, name + ".weight", name + ".bias"),
            List.of(name + ".out"),
            Map.of(
                "kernel_shape", ints(kernel, kernel),
                "strides", ints(stride, stride),
                "pads", ints(pad, pad, pad, pad))));
    last = name + ".out";
    channels = out;
  }

  private void norm(String name) {
    float[] gain = new float[channels];
    float[] shift = new float[channels];
    float[] mean = new float[channels];
    float[] variance = new float[channels];
    for (int i = 0; i < channels; i++) {
      gain[i] = (float) (0.7 + 0.6 * random.nextDouble());
      shift[i] = (float) (0.2 * (random.nextDouble() - 0.5));
      mean[i] = (float) (0.2 * (random.nextDouble() - 0.5));
      variance[i] = (float) (0.5 + random.nextDouble());
    }
    long[] shape = {channels};
    weights.put(name + ".weight", new Weight.Value(Tensor.ofFloats(shape, gain)));
    weights.put(name + ".bias", new Weight.Value(Tensor.ofFloats(shape, shift)));
    weights.put(name + ".running_mean", new Weight.Value(Tensor.ofFloats(shape, mean)));
    weights.put(name + ".running_var", new Weight.Value(Tensor.ofFloats(shape, variance)));
    nodes.add(
        Node.of(
            name,
            "BatchNormalization",
            List.of(
                last,
                name + ".weight",
                name + ".bias",
                name + ".running_mean",
                name + ".running_var"),
            List.of(name + ".out"),
            Map.of("epsilon", new Attribute.Real(1e-5f))));
    last = name + ".out";
  }

  private void weight(String name, double scale, long... shape) {
    float[] values = new float[(int) Tensor.count(shape)];
    for (int i = 0; i < values.length; i++) {
      // The sum of three uniforms is near enough to normal for a network's weights.
      double normal = random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5;
      values[i] = (float) (2 * scale * normal);
    }
    weights.put(name, new Weight.Value(Tensor.ofFloats(shape, values)));
  }

  private Graph graph(String name, List<Long> input, int outputs) {
    // The last layer's value becomes the graph's output by name.
    Node end = nodes.remove(nodes.size() - 1);
    nodes.add(end.withOutputs(List.of("logits")));
    return new Graph(
        name,
        Graph.OPSET,
        List.of(new ValueInfo("input", DataType.FLOAT, input)),
        List.of(
            new ValueInfo("logits", DataType.FLOAT, List.of(ValueInfo.DYNAMIC, (long) outputs))),
        nodes,
        weights,
        Map.of());
  }
}
