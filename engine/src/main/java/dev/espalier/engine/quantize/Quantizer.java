package dev.espalier.engine.quantize;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Post-training static quantization to int8 in QDQ form (Jacob et al. 2018, arXiv:1712.05877; ONNX
 * Runtime, "Quantize ONNX models", section "static quantization").
 *
 * <p>Activations are unsigned with a zero point, weights signed and symmetric (−127 to 127, so that
 * 0 is 0 and pruned weights stay pruned), biases 32-bit with the product of both scales: then every
 * convolution and dense layer becomes one integer kernel in ONNX Runtime, and a Relu is nothing but
 * the lower end of the integers. The integer tensors keep the names of the float ones.
 *
 * <p>On x86 processors without VNNI (before about 2019) the sums of products of unsigned and signed
 * bytes saturate at 16 bits, which costs accuracy. There a program should set ONNX Runtime's {@code
 * session.x64quantprecision=1}: exact kernels, at about half the speed. It is not set here, because
 * figures are to be those of ONNX Runtime as it comes.
 */
public final class Quantizer {
  private static final int WEIGHT_LEVELS = 127;

  /** The first operator set whose DequantizeLinear takes one scale a channel. */
  private static final int QUANTIZE_OPSET = 13;

  /** Operators whose form changed with that operator set: a graph with them stays as it is. */
  private static final Set<String> CHANGED_WITH_IT =
      Set.of("Squeeze", "Unsqueeze", "Softmax", "LogSoftmax", "Split", "ReduceSum");

  private final Graph graph;
  private final Plan plan;
  private final boolean perChannel;
  private final Map<String, Affine> affine;
  private final Uses uses;

  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Weight> weights;
  private final Set<String> names = new HashSet<>();

  /** Names given to new values and weights. */
  private final Set<String> made = new HashSet<>();

  /** Where layers find the dequantized form of a value. */
  private final Map<String, String> dequantized = new HashMap<>();

  private Quantizer(Plan plan, boolean perChannel, Map<String, Affine> affine) {
    this.graph = plan.graph();
    this.plan = plan;
    this.perChannel = perChannel;
    this.affine = affine;
    this.uses = new Uses(graph);
    this.weights = new LinkedHashMap<>(graph.weights());
    graph.nodes().forEach(n -> names.add(n.name()));
  }

  /**
   * The quantized model. Batch normalisation is folded and Dropout dropped on the way.
   *
   * @param data whose training split calibrates the ranges of the activations
   * @throws EspalierException when the graph is a blueprint or quantized already, when {@code
   *     except} names no layer, or when an activation is not finite
   */
  public static Graph quantize(
      Graph graph, DataSet data, QuantizeSpec spec, Environment environment, Progress progress) {
    if (graph.isBlueprint()) {
      throw EspalierException.program(
          "`" + graph.name() + "` is a blueprint; there is nothing to quantize",
          "",
          "its weights have no values until it is trained",
          "train it, or distill into it, first");
    }
    for (Node node : graph.nodes()) {
      if (isQuantization(node)) {
        throw EspalierException.program(
            "`" + graph.name() + "` is quantized already",
            "node " + node.name(),
            "it computes with integers",
            "quantize the model it was made from");
      }
    }
    Graph form = InferenceForm.of(withOpset(graph));
    progress.check();
    Plan plan = Plan.of(form, spec.except());
    progress.check();
    Map<String, Calibration.Range> ranges =
        Calibration.ranges(form, plan.values(), data, spec.method(), environment, progress);
    Map<String, Affine> affine = new HashMap<>();
    ranges.forEach((value, r) -> affine.put(value, Affine.of(r.low(), r.high())));
    plan.shared().forEach((value, root) -> affine.put(value, affine.get(root)));
    Graph quantized = new Quantizer(plan, spec.perChannel(), affine).rewrite();
    progress.check();
    FusionReport fusion = FusionReport.of(quantized);
    if (fusion.fused() < plan.layers().size()) {
      throw EspalierException.run(
          "ONNX Runtime does not run every quantized layer on integers",
          graph.name(),
          fusion.fused()
              + " of "
              + plan.layers().size()
              + " layers; the model would be slower than in float",
          "leave out the layers it cannot fuse with `except`");
    }
    return quantized;
  }

  /** Whether a node belongs to a quantized model. */
  private static boolean isQuantization(Node node) {
    return node.operator().equals("QuantizeLinear")
        || node.operator().equals("DequantizeLinear")
        || node.operator().startsWith("QLinear")
        || node.operator().endsWith("Integer");
  }

  private static Graph withOpset(Graph graph) {
    if (graph.opset() >= QUANTIZE_OPSET) {
      return graph;
    }
    for (Node node : graph.nodes()) {
      if (CHANGED_WITH_IT.contains(node.operator())) {
        throw EspalierException.program(
            "a model of operator set " + graph.opset() + " cannot be quantized",
            "node " + node.name() + " (" + node.operator() + ")",
            "one scale a channel came with operator set "
                + QUANTIZE_OPSET
                + ", in which this operator is written differently",
            "export the model with opset_version=" + Graph.OPSET);
      }
    }
    return new Graph(
        graph.name(),
        QUANTIZE_OPSET,
        graph.inputs(),
        graph.outputs(),
        graph.nodes(),
        graph.weights(),
        graph.metadata());
  }

  private Graph rewrite() {
    graph.inputs().stream()
        .filter(i -> plan.values().contains(i.name()))
        .forEach(i -> quantizeValue(i.name(), i.name(), free(i.name() + ".dequantized")));
    for (Node node : graph.nodes()) {
      boolean integer = plan.integer().contains(node.name());
      List<String> inputs = new ArrayList<>(node.inputs());
      if (integer) {
        inputs.replaceAll(i -> dequantized.getOrDefault(i, i));
      }
      if (plan.layers().contains(node.name())) {
        float[] scales = quantizeWeight(node, inputs);
        if (!node.input(2).isEmpty()) {
          quantizeBias(node, inputs, scales);
        }
      }
      if (!plan.values().contains(node.output())) {
        nodes.add(node.withInputs(inputs));
      } else if (integer) {
        // The value keeps its name where others read it: after dequantization.
        String raw = free(node.output() + ".float");
        nodes.add(node.withInputs(inputs).withOutputs(List.of(raw)));
        quantizeValue(node.output(), raw, node.output());
      } else {
        nodes.add(node.withInputs(inputs));
        quantizeValue(node.output(), node.output(), free(node.output() + ".dequantized"));
      }
    }
    return graph.with(nodes, weights).withoutUnread();
  }

  /** QuantizeLinear and DequantizeLinear of the activation {@code raw}. */
  private void quantizeValue(String value, String raw, String result) {
    Affine a = affine.get(value);
    String scale = put(value + ".scale", Tensor.ofFloats(new long[0], a.scale()));
    String zero = put(value + ".zero", Tensor.ofIntegers(DataType.UINT8, new long[0], a.zero()));
    String integers = free(value + ".quantized");
    nodes.add(
        Node.of(
            nodeName(value + ".quantize"),
            "QuantizeLinear",
            List.of(raw, scale, zero),
            List.of(integers),
            Map.of()));
    nodes.add(
        Node.of(
            nodeName(value + ".dequantize"),
            "DequantizeLinear",
            List.of(integers, scale, zero),
            List.of(result),
            Map.of()));
    dequantized.put(value, result);
  }

  /** Replaces input 1 by integers and DequantizeLinear; gives the scale of every output. */
  private float[] quantizeWeight(Node node, List<String> inputs) {
    String weight = node.input(1);
    Tensor kernel = graph.tensor(weight);
    int axis = Plan.outAxis(node);
    int channels = Math.toIntExact(kernel.dim(axis));
    int inner = 1;
    for (int i = axis + 1; i < kernel.rank(); i++) {
      inner *= Math.toIntExact(kernel.dim(i));
    }
    float[] values = kernel.floats();
    float[] scales = weightScales(node, values, channels, inner);
    long[] integers = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      double q = Math.rint(values[i] / scales[i / inner % channels]);
      integers[i] = (long) Math.max(-WEIGHT_LEVELS, Math.min(WEIGHT_LEVELS, q));
    }
    String name = uses.own(weight, node.name() + ".weight", weights);
    weights.put(name, new Weight.Value(Tensor.ofIntegers(DataType.INT8, kernel.shape(), integers)));
    inputs.set(1, dequantizeWeight(name, scales, DataType.INT8, axis));
    return scales;
  }

  /**
   * One scale an output channel, or the same for all. A scale is never so small that the bias,
   * which is counted in the product of scales, leaves 32 bits.
   */
  private float[] weightScales(Node node, float[] values, int channels, int inner) {
    float[] largest = new float[channels];
    for (int i = 0; i < values.length; i++) {
      int c = i / inner % channels;
      largest[c] = Math.max(largest[c], Math.abs(values[i]));
    }
    float[] bias =
        node.input(2).isEmpty() ? new float[channels] : graph.tensor(node.input(2)).floats();
    double input = affine.get(node.input(0)).scale();
    float[] scales = new float[channels];
    float shared = 0;
    for (int c = 0; c < channels; c++) {
      double forBias = Math.abs(bias[c]) / (input * (1L << 30));
      scales[c] = (float) Math.max(Math.max(largest[c] / WEIGHT_LEVELS, forBias), Float.MIN_NORMAL);
      shared = Math.max(shared, scales[c]);
    }
    if (!perChannel) {
      java.util.Arrays.fill(scales, shared);
    }
    return scales;
  }

  private void quantizeBias(Node node, List<String> inputs, float[] scales) {
    float input = affine.get(node.input(0)).scale();
    float[] bias = graph.tensor(node.input(2)).floats();
    float[] biasScales = new float[bias.length];
    long[] integers = new long[bias.length];
    for (int c = 0; c < bias.length; c++) {
      biasScales[c] = Math.max(input * scales[c], Float.MIN_NORMAL);
      double q = Math.rint(bias[c] / (double) biasScales[c]);
      integers[c] = (long) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, q));
    }
    String name = uses.own(node.input(2), node.name() + ".bias", weights);
    weights.put(
        name,
        new Weight.Value(Tensor.ofIntegers(DataType.INT32, new long[] {bias.length}, integers)));
    inputs.set(2, dequantizeWeight(name, biasScales, DataType.INT32, 0));
  }

  private String dequantizeWeight(String name, float[] scales, DataType type, int axis) {
    boolean channels = perChannel;
    long[] shape = channels ? new long[] {scales.length} : new long[0];
    String scale =
        put(name + ".scale", Tensor.ofFloats(shape, channels ? scales : new float[] {scales[0]}));
    String zero =
        put(name + ".zero", Tensor.ofIntegers(type, shape, new long[channels ? scales.length : 1]));
    String result = free(name + ".dequantized");
    nodes.add(
        Node.of(
            nodeName(name + ".dequantize"),
            "DequantizeLinear",
            List.of(name, scale, zero),
            List.of(result),
            channels ? Map.of("axis", new Attribute.Int(axis)) : Map.of()));
    return result;
  }

  private String put(String wanted, Tensor tensor) {
    String name = free(wanted);
    weights.put(name, new Weight.Value(tensor));
    return name;
  }

  /** A value name that nothing has. */
  private String free(String wanted) {
    String name = wanted;
    while (weights.containsKey(name)
        || uses.maker(name).isPresent()
        || !uses.readers(name).isEmpty()
        || !made.add(name)) {
      name += "_";
    }
    return name;
  }

  private String nodeName(String wanted) {
    String name = wanted;
    while (!names.add(name)) {
      name += "_";
    }
    return name;
  }
}
