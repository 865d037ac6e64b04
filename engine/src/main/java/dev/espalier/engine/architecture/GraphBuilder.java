package dev.espalier.engine.architecture;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Initializer;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Builds a blueprint layer by layer and checks each layer against the shape it gets.
 *
 * <p>A layer called {@code fc1} is a node {@code fc1} with weights {@code fc1.weight} and {@code
 * fc1.bias}, laid out as PyTorch does: dense [out, in], convolution [out, in / groups, height,
 * width]. Every method throws {@link EspalierException} when the layer does not fit its input.
 */
public final class GraphBuilder {
  /** The name of the graph's input. */
  public static final String INPUT = "input";

  /** The name of the graph's output. */
  public static final String LOGITS = "logits";

  /** The most numbers that one weight or one activation may hold: what an array can. */
  private static final double LARGEST = Integer.MAX_VALUE - 8;

  /** How convolution kernels begin. */
  public enum Kernels {
    /** Uniform in ±1/sqrt(fan in), PyTorch's default. */
    UNIFORM,
    /** Normal with deviation sqrt(2 / fan in), He et al. 2015 (arXiv:1502.01852) eq. 10. */
    HE_NORMAL
  }

  /**
   * A value on its way through the network.
   *
   * @param shape of one sample, without the batch
   */
  public record Flow(String value, List<Long> shape) {
    public Flow {
      shape = List.copyOf(shape);
    }

    /** Whether it has channels, height and width. */
    public boolean isImage() {
      return shape.size() == 3;
    }

    /** Channels of an image, or features. */
    public long channels() {
      return shape.get(0);
    }

    /** The number of values. */
    public long size() {
      return shape.stream().reduce(1L, (a, b) -> a * b);
    }
  }

  private final String name;
  private final Kernels kernels;
  private final Flow input;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();
  private double parameters;

  /**
   * Begins a graph.
   *
   * @param name of the architecture, for messages and the file
   * @param input shape of one sample: [channels, height, width] or [features]
   */
  public GraphBuilder(String name, Kernels kernels, long... input) {
    this.name = name;
    this.kernels = kernels;
    List<Long> shape = new ArrayList<>();
    for (long d : input) {
      if (d < 1) {
        throw EspalierException.program(
            "`" + name + "` cannot read samples without values", "", "a dimension is " + d, "");
      }
      shape.add(d);
    }
    if (shape.size() != 1 && shape.size() != 3) {
      throw EspalierException.program(
          "`" + name + "` cannot read samples of shape " + shape,
          "",
          "a sample is [features] or [channels, height, width]",
          "");
    }
    this.input = new Flow(INPUT, shape);
    bounded("the input", shape);
  }

  /** What the network reads. */
  public Flow input() {
    return input;
  }

  /** A matrix [units, features] and a bias on [features]. */
  public Flow dense(String layer, Flow x, long units) {
    if (x.shape().size() != 1) {
      throw misfit(
          layer, "a dense layer reads [features] and gets " + x.shape(), "put `flatten` before it");
    }
    atLeastOne(layer, "units", units);
    long fan = x.channels();
    weight(layer, "weight", uniform(fan), units, fan);
    weight(layer, "bias", new Initializer.Uniform(1 / Math.sqrt(fan)), units);
    return node(
        layer,
        "Gemm",
        List.of(x.value(), layer + ".weight", layer + ".bias"),
        Map.of("transB", new Attribute.Int(1)),
        List.of(units));
  }

  /**
   * A two-dimensional convolution with square kernel.
   *
   * @param pad zeros added on each of the four sides
   * @param groups into which input and output channels are divided; equal to the channels is
   *     depthwise
   */
  public Flow conv(
      String layer,
      Flow x,
      long filters,
      int kernel,
      int stride,
      int pad,
      int groups,
      boolean bias) {
    image(layer, "a convolution", x);
    atLeastOne(layer, "filters", filters);
    atLeastOne(layer, "groups", groups);
    if (x.channels() % groups != 0 || filters % groups != 0) {
      throw misfit(
          layer,
          groups
              + " groups do not divide both evenly: "
              + x.channels()
              + " channels, "
              + filters
              + " filters",
          "give `groups` that divides both");
    }
    long perGroup = x.channels() / groups;
    List<Long> out =
        List.of(
            filters,
            slid(layer, x, 1, kernel, stride, pad),
            slid(layer, x, 2, kernel, stride, pad));
    long fan = perGroup * kernel * kernel;
    weight(
        layer,
        "weight",
        kernels == Kernels.HE_NORMAL
            ? new Initializer.KaimingNormal(fan, Math.sqrt(2))
            : uniform(fan),
        filters,
        perGroup,
        kernel,
        kernel);
    List<String> inputs = new ArrayList<>(List.of(x.value(), layer + ".weight"));
    if (bias) {
      weight(layer, "bias", new Initializer.Uniform(1 / Math.sqrt(fan)), filters);
      inputs.add(layer + ".bias");
    }
    Map<String, Attribute> attributes = window(kernel, stride, pad);
    attributes.put("dilations", ints(1, 1));
    attributes.put("group", new Attribute.Int(groups));
    return node(layer, "Conv", inputs, attributes, out);
  }

  /**
   * Batch normalisation over the channels, epsilon 1e-5, running statistics with momentum 0.9
   * (Ioffe, Szegedy 2015, arXiv:1502.03167).
   */
  public Flow batchNorm(String layer, Flow x) {
    long c = x.channels();
    weight(layer, "weight", new Initializer.Constant(1), c);
    weight(layer, "bias", new Initializer.Constant(0), c);
    weight(layer, "running_mean", new Initializer.Constant(0), c);
    weight(layer, "running_var", new Initializer.Constant(1), c);
    return node(
        layer,
        "BatchNormalization",
        List.of(
            x.value(),
            layer + ".weight",
            layer + ".bias",
            layer + ".running_mean",
            layer + ".running_var"),
        Map.of("epsilon", new Attribute.Real(1e-5f), "momentum", new Attribute.Real(0.9f)),
        x.shape());
  }

  /** An operator on each value by itself: {@code Relu}, {@code LeakyRelu}, {@code Tanh} … */
  public Flow activation(String layer, String operator, Flow x, Map<String, Attribute> attributes) {
    return node(layer, operator, List.of(x.value()), attributes, x.shape());
  }

  /** max(0, x). */
  public Flow relu(String layer, Flow x) {
    return activation(layer, "Relu", x, Map.of());
  }

  /** The largest value of each window. */
  public Flow maxPool(String layer, Flow x, int size, int stride) {
    return pool(layer, "MaxPool", x, size, stride);
  }

  /** The mean of each window. */
  public Flow avgPool(String layer, Flow x, int size, int stride) {
    return pool(layer, "AveragePool", x, size, stride);
  }

  /** The mean of each channel: [channels, 1, 1]. */
  public Flow globalPool(String layer, Flow x) {
    image(layer, "global pooling", x);
    return node(
        layer, "GlobalAveragePool", List.of(x.value()), Map.of(), List.of(x.channels(), 1L, 1L));
  }

  /** An image as a row of features, channel by channel; features stay as they are. */
  public Flow flatten(String layer, Flow x) {
    return node(
        layer,
        "Flatten",
        List.of(x.value()),
        Map.of("axis", new Attribute.Int(1)),
        List.of(x.size()));
  }

  /**
   * A place where training drops units; outside training nothing happens here. The ratio is a
   * Constant node, so that it counts as no parameter.
   *
   * @param ratio of units dropped; 0 drops none
   */
  public Flow dropout(String layer, Flow x, double ratio) {
    String constant = layer + ".ratio";
    nodes.add(
        Node.of(
            claimed(constant),
            "Constant",
            List.of(),
            List.of(constant),
            Map.of("value", new Attribute.Value(Tensor.ofFloats(new long[0], (float) ratio)))));
    return node(layer, "Dropout", List.of(x.value(), constant), Map.of(), x.shape());
  }

  /** The sum of two values of one shape. */
  public Flow add(String layer, Flow a, Flow b) {
    if (!a.shape().equals(b.shape())) {
      throw misfit(layer, "it cannot add " + a.shape() + " and " + b.shape(), "");
    }
    return node(layer, "Add", List.of(a.value(), b.value()), Map.of(), a.shape());
  }

  /** Values behind one another along the channels. */
  public Flow concat(String layer, List<Flow> parts) {
    List<Long> rest = parts.get(0).shape().subList(1, parts.get(0).shape().size());
    long channels = 0;
    for (Flow part : parts) {
      if (!part.shape().subList(1, part.shape().size()).equals(rest)) {
        throw misfit(
            layer,
            "it cannot join "
                + parts.stream()
                    .map(p -> p.shape().toString())
                    .collect(Collectors.joining(" and ")),
            "");
      }
      channels += part.channels();
    }
    List<Long> shape = new ArrayList<>(List.of(channels));
    shape.addAll(rest);
    return node(
        layer,
        "Concat",
        parts.stream().map(Flow::value).toList(),
        Map.of("axis", new Attribute.Int(1)),
        shape);
  }

  /** Whether a node of that name exists already. */
  public boolean has(String layer) {
    return names.contains(layer);
  }

  /**
   * The blueprint whose logits are {@code last}.
   *
   * @throws EspalierException when it is not one value for each of {@code outputs}
   */
  public Graph build(Flow last, int outputs) {
    if (nodes.isEmpty() || !last.shape().equals(List.of((long) outputs))) {
      throw EspalierException.program(
          "`" + name + "` ends in " + last.shape() + ", and " + outputs + " logits are wanted",
          nodes.isEmpty() ? "" : "layer `" + nodes.get(nodes.size() - 1).name() + "`",
          "the last layer gives one number for each class",
          "end with `dense(" + outputs + ")`");
    }
    List<Node> renamed = new ArrayList<>();
    for (Node n : nodes) {
      renamed.add(
          n.withInputs(n.inputs().stream().map(v -> renamed(v, last)).toList())
              .withOutputs(n.outputs().stream().map(v -> renamed(v, last)).toList()));
    }
    List<Long> in = new ArrayList<>(List.of(ValueInfo.DYNAMIC));
    in.addAll(input.shape());
    return new Graph(
        name,
        Graph.OPSET,
        List.of(new ValueInfo(INPUT, DataType.FLOAT, in)),
        List.of(new ValueInfo(LOGITS, DataType.FLOAT, List.of(ValueInfo.DYNAMIC, (long) outputs))),
        renamed,
        weights,
        Map.of());
  }

  private static String renamed(String value, Flow last) {
    return value.equals(last.value()) ? LOGITS : value;
  }

  private Flow pool(String layer, String operator, Flow x, int size, int stride) {
    image(layer, "pooling", x);
    return node(
        layer,
        operator,
        List.of(x.value()),
        window(size, stride, 0),
        List.of(
            x.channels(), slid(layer, x, 1, size, stride, 0), slid(layer, x, 2, size, stride, 0)));
  }

  private Flow node(
      String layer,
      String operator,
      List<String> inputs,
      Map<String, Attribute> attributes,
      List<Long> shape) {
    bounded("layer `" + layer + "`", shape);
    // Values end in .out, so that no layer's name can meet the graph's own input and output.
    String out = layer + ".out";
    nodes.add(Node.of(claimed(layer), operator, inputs, List.of(out), attributes));
    return new Flow(out, shape);
  }

  private String claimed(String layer) {
    if (!names.add(layer)) {
      throw EspalierException.program(
          "two layers of `" + name + "` are called `" + layer + "`",
          "",
          "a layer is found by its name",
          "give one of them another name with `as`");
    }
    return layer;
  }

  private void weight(String layer, String role, Initializer rule, long... dims) {
    double count = 1;
    List<Long> shape = new ArrayList<>();
    for (long d : dims) {
      count *= d;
      shape.add(d);
    }
    parameters += count;
    if (count > LARGEST || parameters > LARGEST) {
      throw EspalierException.program(
          "layer `" + layer + "` makes `" + name + "` too large",
          "",
          String.format(
              "its %s %s has %.3g numbers; a model may have %.3g", role, shape, count, LARGEST),
          "make it smaller");
    }
    weights.put(layer + "." + role, new Weight.Rule(shape, rule));
  }

  private void bounded(String where, List<Long> shape) {
    double count = 1;
    for (long d : shape) {
      count *= d;
    }
    if (count > LARGEST) {
      throw EspalierException.program(
          "`" + name + "` is too large",
          where,
          String.format("one sample has %.3g values there; at most %.3g fit", count, LARGEST),
          "make it smaller");
    }
  }

  private void image(String layer, String what, Flow x) {
    if (!x.isImage()) {
      throw misfit(
          layer,
          what + " reads [channels, height, width] and gets " + x.shape(),
          "use `dense` on features, or data of images");
    }
  }

  /** How often a window fits along an axis of a sample. */
  private long slid(String layer, Flow x, int axis, int size, int stride, int pad) {
    atLeastOne(layer, "size", size);
    atLeastOne(layer, "stride", stride);
    long room = x.shape().get(axis) + 2L * pad - size;
    if (room < 0) {
      throw misfit(
          layer,
          String.format(
              "a %dx%d window with padding %d does not fit into its input %s",
              size, size, pad, x.shape()),
          "use larger images, a smaller window, or fewer steps of pooling before it");
    }
    return room / stride + 1;
  }

  private void atLeastOne(String layer, String what, long n) {
    if (n < 1) {
      throw misfit(layer, "its " + what + " cannot be " + n, "give at least 1");
    }
  }

  private EspalierException misfit(String layer, String why, String fix) {
    return EspalierException.program(
        "layer `" + layer + "` of `" + name + "` does not fit", "layer `" + layer + "`", why, fix);
  }

  private static Initializer uniform(long fan) {
    return new Initializer.KaimingUniform(fan, Math.sqrt(1.0 / 3));
  }

  private static Map<String, Attribute> window(int size, int stride, int pad) {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    attributes.put("kernel_shape", ints(size, size));
    attributes.put("strides", ints(stride, stride));
    attributes.put("pads", ints(pad, pad, pad, pad));
    return attributes;
  }

  private static Attribute ints(long... values) {
    return new Attribute.Ints(java.util.Arrays.stream(values).boxed().toList());
  }
}
