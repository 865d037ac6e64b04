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
import java.util.Arrays;
import java.util.Collections;
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

  /** The first opset of Gelu. */
  private static final int GELU_OPSET = 20;

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

    /** Whether it has channels and, along each, one or two axes of positions. */
    boolean hasPositions() {
      return shape.size() == 2 || shape.size() == 3;
    }

    /** Channels of an image or a signal, or features. */
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
  private final DataType type;
  private double parameters;
  private int opset = Graph.OPSET;

  /**
   * Begins a graph.
   *
   * @param name of the architecture, for messages and the file
   * @param input shape of one sample: [channels, height, width], [channels, length] or [features]
   */
  public GraphBuilder(String name, Kernels kernels, long... input) {
    this(name, kernels, DataType.FLOAT, input);
  }

  /**
   * Begins a graph that reads samples of another type.
   *
   * @param type of the input's elements: FLOAT, or INT64 for numbers of tokens
   */
  GraphBuilder(String name, Kernels kernels, DataType type, long... input) {
    this.name = name;
    this.kernels = kernels;
    this.type = type;
    List<Long> shape = new ArrayList<>();
    for (long d : input) {
      if (d < 1) {
        throw EspalierException.program(
            "`" + name + "` cannot read samples without values", "", "a dimension is " + d, "");
      }
      shape.add(d);
    }
    if (shape.isEmpty() || shape.size() > 3) {
      throw EspalierException.program(
          "`" + name + "` cannot read samples of shape " + shape,
          "",
          "a sample is [features], [channels, length] or [channels, height, width]",
          "");
    }
    this.input = new Flow(INPUT, shape);
    bounded("the input", shape);
  }

  /** What the network reads. */
  public Flow input() {
    return input;
  }

  /** A matrix [units, features] and a bias on [features], begun as PyTorch does. */
  public Flow dense(String layer, Flow x, long units) {
    double bound = 1 / Math.sqrt(Math.max(1, x.channels()));
    return dense(layer, x, units, uniform(x.channels()), new Initializer.Uniform(bound));
  }

  /** As {@link #dense(String, Flow, long)}, with other rules for the matrix and the bias. */
  Flow dense(String layer, Flow x, long units, Initializer matrix, Initializer bias) {
    if (x.shape().size() != 1) {
      throw misfit(
          layer, "a dense layer reads [features] and gets " + x.shape(), "put `flatten` before it");
    }
    atLeastOne(layer, "units", units);
    long fan = x.channels();
    weight(layer, "weight", matrix, units, fan);
    weight(layer, "bias", bias, units);
    return node(
        layer,
        "Gemm",
        List.of(x.value(), layer + ".weight", layer + ".bias"),
        Map.of("transB", new Attribute.Int(1)),
        List.of(units));
  }

  /**
   * A convolution with a square kernel; of a signal [channels, length], along its length.
   *
   * @param pad zeros added at both ends of each axis
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
    return conv(layer, x, filters, new Slide(kernel, stride, pad, pad), groups, bias);
  }

  /**
   * A convolution that keeps the positions of its input: zeros are added evenly at both ends of
   * each axis, one more at the later end where the kernel is even.
   */
  Flow convSame(String layer, Flow x, long filters, int kernel, boolean bias) {
    int before = (kernel - 1) / 2;
    return conv(layer, x, filters, new Slide(kernel, 1, before, kernel - 1 - before), 1, bias);
  }

  private Flow conv(String layer, Flow x, long filters, Slide slide, int groups, boolean bias) {
    positions(layer, "a convolution", x);
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
    int axes = x.shape().size() - 1;
    List<Long> out = slid(layer, x, filters, slide);
    long[] kernel = new long[axes + 2];
    Arrays.fill(kernel, slide.size());
    kernel[0] = filters;
    kernel[1] = perGroup;
    long fan = perGroup;
    for (int i = 0; i < axes; i++) {
      fan *= slide.size();
    }
    weight(
        layer,
        "weight",
        kernels == Kernels.HE_NORMAL
            ? new Initializer.KaimingNormal(fan, Math.sqrt(2))
            : uniform(fan),
        kernel);
    List<String> inputs = new ArrayList<>(List.of(x.value(), layer + ".weight"));
    if (bias) {
      weight(layer, "bias", new Initializer.Uniform(1 / Math.sqrt(fan)), filters);
      inputs.add(layer + ".bias");
    }
    Map<String, Attribute> attributes = slide.attributes(axes);
    attributes.put("dilations", repeated(axes, 1));
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

  /**
   * A scale and a bias over the last axis after that has mean 0 and variance 1, epsilon 1e-5 (Ba,
   * Kiros, Hinton 2016, arXiv:1607.06450).
   */
  Flow layerNorm(String layer, Flow x) {
    long width = x.shape().get(x.shape().size() - 1);
    weight(layer, "weight", new Initializer.Constant(1), width);
    weight(layer, "bias", new Initializer.Constant(0), width);
    return node(
        layer,
        "LayerNormalization",
        List.of(x.value(), layer + ".weight", layer + ".bias"),
        Map.of("axis", new Attribute.Int(-1), "epsilon", new Attribute.Real(1e-5f)),
        x.shape());
  }

  /** x·Φ(x), exactly (Hendrycks, Gimpel 2016, arXiv:1606.08415). */
  Flow gelu(String layer, Flow x) {
    opset = GELU_OPSET;
    return activation(layer, "Gelu", x, Map.of());
  }

  /** min(6, max(0, x)) (Krizhevsky 2010, Convolutional deep belief networks on CIFAR-10). */
  Flow relu6(String layer, Flow x) {
    String min = constant(layer + ".min", Tensor.ofFloats(new long[0], 0));
    String max = constant(layer + ".max", Tensor.ofFloats(new long[0], 6));
    return node(layer, "Clip", List.of(x.value(), min, max), Map.of(), x.shape());
  }

  /** max(0, x). */
  public Flow relu(String layer, Flow x) {
    return activation(layer, "Relu", x, Map.of());
  }

  /** The largest value of each window. */
  public Flow maxPool(String layer, Flow x, int size, int stride) {
    return maxPool(layer, x, size, stride, 0);
  }

  /** As {@link #maxPool(String, Flow, int, int)}, with {@code pad} places on every side. */
  Flow maxPool(String layer, Flow x, int size, int stride, int pad) {
    return pool(layer, "MaxPool", x, new Slide(size, stride, pad, pad));
  }

  /** The mean of each window. */
  public Flow avgPool(String layer, Flow x, int size, int stride) {
    return pool(layer, "AveragePool", x, new Slide(size, stride, 0, 0));
  }

  /** The mean of each channel: [channels, 1, 1], of a signal [channels, 1]. */
  public Flow globalPool(String layer, Flow x) {
    positions(layer, "global pooling", x);
    List<Long> shape = new ArrayList<>(Collections.nCopies(x.shape().size(), 1L));
    shape.set(0, x.channels());
    return node(layer, "GlobalAveragePool", List.of(x.value()), Map.of(), shape);
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
    String constant = constant(layer + ".ratio", Tensor.ofFloats(new long[0], (float) ratio));
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

  /** The same numbers in another shape of a sample. */
  Flow reshape(String layer, Flow x, long... shape) {
    // 0 takes the batch as it comes.
    long[] wanted = new long[shape.length + 1];
    System.arraycopy(shape, 0, wanted, 1, shape.length);
    Flow target = new Flow(x.value(), Arrays.stream(shape).boxed().toList());
    if (target.size() != x.size()) {
      throw misfit(layer, "it cannot make " + target.shape() + " of " + x.shape(), "");
    }
    String constant =
        constant(layer + ".shape", Tensor.ofLongs(new long[] {wanted.length}, wanted));
    return node(layer, "Reshape", List.of(x.value(), constant), Map.of(), target.shape());
  }

  /** The axes of a sample in another order, counted from 0. */
  Flow transpose(String layer, Flow x, int... order) {
    long[] perm = new long[order.length + 1];
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < order.length; i++) {
      perm[i + 1] = order[i] + 1L;
      shape.add(x.shape().get(order[i]));
    }
    return node(layer, "Transpose", List.of(x.value()), Map.of("perm", ints(perm)), shape);
  }

  /**
   * Adds any operator.
   *
   * @param shape of one sample of its output
   */
  Flow node(
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

  /** A number that training leaves alone: a Constant node, so that it counts as no parameter. */
  String constant(String value, Tensor tensor) {
    nodes.add(
        Node.of(
            claimed(value),
            "Constant",
            List.of(),
            List.of(value),
            Map.of("value", new Attribute.Value(tensor))));
    return value;
  }

  /** A weight {@code layer.role}; its name. */
  String weight(String layer, String role, Initializer rule, long... dims) {
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
    String weight = layer + "." + role;
    weights.put(weight, new Weight.Rule(shape, rule));
    return weight;
  }

  /** The refusal of a layer that its input or its settings do not suit. */
  EspalierException misfit(String layer, String why, String fix) {
    return EspalierException.program(
        "layer `" + layer + "` of `" + name + "` does not fit", "layer `" + layer + "`", why, fix);
  }

  /** Whether a node of that name exists already. */
  public boolean has(String layer) {
    return names.contains(layer);
  }

  /**
   * The blueprint whose logits are {@code last}.
   *
   * @throws EspalierException when it is not one value for each of {@code outputs}; where two are
   *     wanted, the one logit of the second class is taken too
   */
  public Graph build(Flow last, int outputs) {
    boolean one = outputs == 2 && last.shape().equals(List.of(1L));
    if (nodes.isEmpty() || !(one || last.shape().equals(List.of((long) outputs)))) {
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
        opset,
        List.of(new ValueInfo(INPUT, type, in)),
        List.of(new ValueInfo(LOGITS, DataType.FLOAT, List.of(ValueInfo.DYNAMIC, last.size()))),
        renamed,
        weights,
        Map.of());
  }

  private static String renamed(String value, Flow last) {
    return value.equals(last.value()) ? LOGITS : value;
  }

  private Flow pool(String layer, String operator, Flow x, Slide slide) {
    positions(layer, "pooling", x);
    return node(
        layer,
        operator,
        List.of(x.value()),
        slide.attributes(x.shape().size() - 1),
        slid(layer, x, x.channels(), slide));
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

  private void positions(String layer, String what, Flow x) {
    if (!x.hasPositions()) {
      throw misfit(
          layer,
          what + " reads [channels, height, width] and gets " + x.shape(),
          "use `dense` on features, or data of images");
    }
  }

  /** A window that moves along every axis of positions. */
  private record Slide(int size, int stride, int before, int after) {
    Map<String, Attribute> attributes(int axes) {
      long[] pads = new long[2 * axes];
      Arrays.fill(pads, 0, axes, before);
      Arrays.fill(pads, axes, 2 * axes, after);
      Map<String, Attribute> attributes = new LinkedHashMap<>();
      attributes.put("kernel_shape", repeated(axes, size));
      attributes.put("strides", repeated(axes, stride));
      attributes.put("pads", ints(pads));
      return attributes;
    }
  }

  /** The channels, and how often a window fits along each axis of a sample. */
  private List<Long> slid(String layer, Flow x, long channels, Slide slide) {
    atLeastOne(layer, "size", slide.size());
    atLeastOne(layer, "stride", slide.stride());
    List<Long> out = new ArrayList<>(List.of(channels));
    for (long positions : x.shape().subList(1, x.shape().size())) {
      long room = positions + slide.before() + slide.after() - slide.size();
      if (room < 0) {
        throw misfit(
            layer,
            String.format(
                "a %s window with padding %d does not fit into its input %s",
                String.join("x", Collections.nCopies(x.shape().size() - 1, slide.size() + "")),
                slide.before(),
                x.shape()),
            "use larger images, a smaller window, or fewer steps of pooling before it");
      }
      out.add(room / slide.stride() + 1);
    }
    return out;
  }

  private void atLeastOne(String layer, String what, long n) {
    if (n < 1) {
      throw misfit(layer, "its " + what + " cannot be " + n, "give at least 1");
    }
  }

  private static Initializer uniform(long fan) {
    return new Initializer.KaimingUniform(fan, Math.sqrt(1.0 / 3));
  }

  private static Attribute repeated(int times, long value) {
    return new Attribute.Ints(Collections.nCopies(times, value));
  }

  private static Attribute ints(long... values) {
    return new Attribute.Ints(Arrays.stream(values).boxed().toList());
  }
}
