package dev.espalier.engine.device;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.operator.Operator;
import dev.espalier.engine.operator.Operators;
import dev.espalier.engine.operator.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one input of a model makes a runtime do, layer by layer, as runtimes for deployment do it: a
 * batch normalisation is folded into the convolution before it, an activation function is applied
 * where its input is written, and between QuantizeLinear and DequantizeLinear there are integers.
 */
public record Workload(List<Layer> layers) {
  public Workload {
    layers = List.copyOf(layers);
  }

  /** What runtimes have kernels of their own for. */
  public enum Kind {
    /** 3×3, stride 1, not grouped: the one that Winograd's algorithm is used for. */
    CONVOLUTION_3X3,
    /** Any other convolution over all channels or groups of them, and products of activations. */
    CONVOLUTION,
    /** One filter for each channel. */
    DEPTHWISE,
    /** A matrix of weights times a vector: every weight is read once. */
    DENSE,
    /** Pooling, addition and what else only moves activations. */
    ELEMENTWISE
  }

  /**
   * A layer.
   *
   * @param integers whether it computes with 8-bit integers
   * @param macs multiply-accumulates
   * @param weights how many numbers of weights it reads
   * @param elements how many numbers of activations it reads and writes
   */
  public record Layer(
      String name, Kind kind, boolean integers, long macs, long weights, long elements) {
    /** The same in other numbers. */
    public Layer with(boolean asIntegers) {
      return new Layer(name, kind, asIntegers, macs, weights, elements);
    }
  }

  private static final Set<String> QUANTIZATION = Set.of("QuantizeLinear", "DequantizeLinear");

  /**
   * Of a model or a blueprint.
   *
   * @throws dev.espalier.engine.EspalierException naming the node whose inputs do not fit
   */
  public static Workload of(Graph graph) {
    Shapes shapes = Shapes.infer(graph, 1);
    Map<String, Node> makers = new HashMap<>();
    Map<String, Integer> readers = new HashMap<>();
    for (Node node : graph.nodes()) {
      node.outputs().forEach(o -> makers.put(o, node));
      node.inputs().forEach(i -> readers.merge(i, 1, Integer::sum));
    }
    graph.outputs().forEach(o -> readers.merge(o.name(), 1, Integer::sum));
    List<Layer> layers = new ArrayList<>();
    for (Node node : graph.nodes()) {
      boolean computes = node.inputs().stream().anyMatch(shapes::isActivation);
      if (computes
          && !QUANTIZATION.contains(node.operator())
          && !isFused(node, makers, readers, shapes)) {
        layers.add(layer(node, makers, shapes));
      }
    }
    return new Workload(layers);
  }

  /** Multiply-accumulates of all layers. */
  public long macs() {
    return layers.stream().mapToLong(Layer::macs).sum();
  }

  /** The same layers, all in floats or all in integers. */
  public Workload with(boolean integers) {
    return new Workload(layers.stream().map(l -> l.with(integers)).toList());
  }

  private static boolean isFused(
      Node node, Map<String, Node> makers, Map<String, Integer> readers, Shapes shapes) {
    Operator operator = Operators.of(node);
    // What is joined is written where it belongs by those who make it.
    if (operator.memory() == Operator.Memory.VIEW || node.operator().equals("Concat")) {
      return true;
    }
    Node before = makers.get(node.input(0));
    boolean alone = readers.getOrDefault(node.input(0), 0) == 1;
    if (before == null || !alone) {
      return false;
    }
    if (node.operator().equals("BatchNormalization")) {
      return before.operator().startsWith("Conv") && isWeight(before.input(1), makers, shapes);
    }
    return operator.memory() == Operator.Memory.IN_PLACE
        && node.inputs().stream().filter(shapes::isActivation).count() == 1;
  }

  private static Layer layer(Node node, Map<String, Node> makers, Shapes shapes) {
    long macs = Operators.of(node).macs(node, shapes.inputsOf(node), shapes.outputsOf(node));
    long weights = 0;
    long elements = 0;
    boolean integers = true;
    for (String input : node.inputs()) {
      if (input.isEmpty()) {
        continue;
      }
      if (isWeight(input, makers, shapes)) {
        weights += Tensor.count(shapes.of(input));
        // A bias is added in 32 bits either way, and may be without a node of its own.
        integers &= shapes.of(input).length < 2 || isDequantized(input, makers);
      } else {
        elements += Tensor.count(shapes.of(input));
        integers &= isDequantized(input, makers);
      }
    }
    for (String output : node.outputs()) {
      if (!output.isEmpty() && shapes.isActivation(output)) {
        elements += Tensor.count(shapes.of(output));
      }
    }
    return new Layer(
        node.name(), kind(node, macs, makers, shapes), integers, macs, weights, elements);
  }

  private static boolean isWeight(String value, Map<String, Node> makers, Shapes shapes) {
    if (value.isEmpty()) {
      return false;
    }
    Node maker = makers.get(value);
    return maker != null && maker.operator().equals("DequantizeLinear")
        ? !shapes.isActivation(maker.input(0))
        : !shapes.isActivation(value);
  }

  private static boolean isDequantized(String value, Map<String, Node> makers) {
    Node maker = makers.get(value);
    while (maker != null
        && !QUANTIZATION.contains(maker.operator())
        && Operators.of(maker).memory() == Operator.Memory.VIEW) {
      maker = makers.get(maker.input(0));
    }
    return maker != null && maker.operator().equals("DequantizeLinear");
  }

  private static Kind kind(Node node, long macs, Map<String, Node> makers, Shapes shapes) {
    if (macs == 0) {
      return Kind.ELEMENTWISE;
    }
    if (node.operator().equals("Conv")) {
      long[] x = shapes.of(node.input(0));
      long[] kernel = shapes.of(node.input(1));
      long groups = node.integer("group", 1);
      if (groups > 1 && groups == x[1]) {
        return Kind.DEPTHWISE;
      }
      boolean three = kernel.length == 4 && kernel[2] == 3 && kernel[3] == 3 && groups == 1;
      boolean steps =
          Arrays.stream(node.integers("strides", 1, 1)).anyMatch(s -> s != 1)
              || Arrays.stream(node.integers("dilations", 1, 1)).anyMatch(s -> s != 1);
      return three && !steps ? Kind.CONVOLUTION_3X3 : Kind.CONVOLUTION;
    }
    boolean weighted = node.inputs().stream().anyMatch(i -> isWeight(i, makers, shapes));
    // A matrix that meets one row only is read for that row alone; more rows share what was read.
    long[] y = shapes.of(node.output());
    boolean oneRow = y.length < 2 || Tensor.count(y) == y[y.length - 1];
    return weighted && oneRow && !node.operator().startsWith("Conv")
        ? Kind.DENSE
        : Kind.CONVOLUTION;
  }
}
