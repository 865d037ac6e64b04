package dev.espalier.engine.quantize;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What becomes integer: every convolution and dense layer, and between them whatever has an integer
 * kernel in ONNX Runtime, so that integers pass from layer to layer.
 *
 * @param graph the graph with each activation function gone that the range of the integers enforces
 * @param layers convolutions and dense layers that become integer, by name
 * @param integer all nodes that become integer, by name
 * @param values activations that are quantized
 * @param shared for values that only pass integers on (pooling by maximum, reshapes), the value
 *     whose scale they share
 */
record Plan(
    Graph graph,
    Set<String> layers,
    Set<String> integer,
    Set<String> values,
    Map<String, String> shared) {

  /** Operators that hand the integers on as they are. */
  private static final Set<String> PASSING =
      Set.of("MaxPool", "Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Slice");

  /** Operators that compute with integers when all their inputs are integers. */
  private static final Set<String> FOLLOWING =
      Set.of(
          "Add",
          "Mul",
          "AveragePool",
          "GlobalAveragePool",
          "Concat",
          "LeakyRelu",
          "Sigmoid",
          "MatMul");

  /**
   * Plans a graph in {@link InferenceForm}.
   *
   * @throws EspalierException when {@code except} names no layer, or leaves none
   */
  static Plan of(Graph graph, List<String> except) {
    return new Planning(graph, layers(graph, except)).plan();
  }

  private static Set<String> layers(Graph graph, List<String> except) {
    Set<String> all = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      if (isLayer(graph, node)) {
        all.add(node.name());
      }
    }
    if (all.isEmpty()) {
      throw EspalierException.program(
          "there is nothing to quantize in `" + graph.name() + "`",
          "",
          "it has no convolution and no dense layer with weights",
          "");
    }
    Set<String> chosen = new LinkedHashSet<>(all);
    for (String pattern : except) {
      Pattern regex =
          Pattern.compile(Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"));
      Set<String> meant = new LinkedHashSet<>();
      for (String layer : all) {
        if (regex.matcher(layer).matches()) {
          meant.add(layer);
        }
      }
      if (meant.isEmpty()) {
        throw EspalierException.program(
            "`except " + pattern + "` names no layer that is quantized",
            "model " + graph.name(),
            "those are the convolutions and dense layers",
            "they are: " + String.join(", ", all));
      }
      chosen.removeAll(meant);
    }
    if (chosen.isEmpty()) {
      throw EspalierException.program(
          "nothing is left to quantize in `" + graph.name() + "`",
          "",
          "every convolution and dense layer is excepted",
          "except fewer layers, or leave the quantization out");
    }
    return chosen;
  }

  /** A convolution or a product with a weight matrix, in a form that has an integer kernel. */
  static boolean isLayer(Graph graph, Node node) {
    boolean product =
        switch (node.operator()) {
          case "Conv", "MatMul" -> true;
          case "Gemm" ->
              node.integer("transA", 0) == 0
                  && node.real("alpha", 1) == 1
                  && node.real("beta", 1) == 1;
          default -> false;
        };
    if (!product
        || !node.domain().isEmpty()
        || graph.hasWeight(node.input(0))
        || !graph.hasWeight(node.input(1))
        || !(node.input(2).isEmpty() || graph.hasWeight(node.input(2)))) {
      return false;
    }
    Tensor kernel = graph.tensor(node.input(1));
    boolean biasFits =
        node.input(2).isEmpty()
            || (graph.tensor(node.input(2)).rank() == 1
                && graph.tensor(node.input(2)).size() == kernel.dim(outAxis(node)));
    return kernel.type() == DataType.FLOAT
        && (node.operator().equals("Conv") ? kernel.rank() >= 3 : kernel.rank() == 2)
        && biasFits;
  }

  /** The axis of a layer's weight that runs over its outputs. */
  static int outAxis(Node layer) {
    return layer.operator().equals("Conv") || layer.integer("transB", 0) != 0 ? 0 : 1;
  }

  /** Relu, or a Clip whose bounds include 0. */
  private static boolean isBound(Graph graph, Node node) {
    if (!node.domain().isEmpty()) {
      return false;
    }
    if (node.operator().equals("Relu")) {
      return true;
    }
    if (!node.operator().equals("Clip")) {
      return false;
    }
    Optional<Float> low = bound(graph, node, 1, -Float.MAX_VALUE);
    Optional<Float> high = bound(graph, node, 2, Float.MAX_VALUE);
    return low.isPresent() && high.isPresent() && low.get() <= 0 && high.get() > 0;
  }

  private static Optional<Float> bound(Graph graph, Node clip, int i, float otherwise) {
    String name = clip.input(i);
    if (name.isEmpty()) {
      return Optional.of(otherwise);
    }
    return graph.hasWeight(name) && graph.tensor(name).size() == 1
        ? Optional.of(graph.tensor(name).floats()[0])
        : Optional.empty();
  }

  /** Follows integers through a graph, from the input to the output. */
  private static final class Planning {
    private final Graph graph;
    private final Set<String> layers;
    private final Uses uses;
    private final Set<String> integer = new LinkedHashSet<>();

    /** Values that integers stand for; those made from the input alone are soft too. */
    private final Set<String> quantized = new HashSet<>();

    private final Set<String> soft = new HashSet<>();

    /** Activation functions that go, by the name of the node before. */
    private final Map<String, Node> absorbed = new HashMap<>();

    Planning(Graph graph, Set<String> layers) {
      this.graph = graph;
      this.layers = layers;
      this.uses = new Uses(graph);
      graph.inputs().forEach(i -> quantized.add(i.name()));
      soft.addAll(quantized);
      for (Node node : graph.nodes()) {
        if (layers.contains(node.name()) || follows(node)) {
          integer.add(node.name());
          quantized.add(node.output());
          if (!layers.contains(node.name())
              && activations(node).stream().allMatch(soft::contains)) {
            soft.add(node.output());
          }
        } else if (isBound(graph, node)) {
          absorb(node);
        }
      }
      // What only rearranges the input and leads to no integer layer is better left in float.
      for (int i = graph.nodes().size() - 1; i >= 0; i--) {
        Node node = graph.nodes().get(i);
        if (integer.contains(node.name())
            && soft.contains(node.output())
            && uses.readers(node.output()).stream().noneMatch(r -> integer.contains(r.name()))) {
          integer.remove(node.name());
        }
      }
    }

    private List<String> activations(Node node) {
      boolean one = layers.contains(node.name()) || PASSING.contains(node.operator());
      return node.inputs().subList(0, one ? 1 : node.inputs().size());
    }

    private boolean follows(Node node) {
      boolean known = PASSING.contains(node.operator()) || FOLLOWING.contains(node.operator());
      return known
          && node.domain().isEmpty()
          && node.outputs().size() == 1
          && quantized.containsAll(activations(node));
    }

    /**
     * An activation function goes where it only bounds what an integer node makes: the integers
     * begin and end at its bounds anyway.
     */
    private void absorb(Node bound) {
      Optional<Node> before = uses.onlyReader(bound, 0);
      if (before.isEmpty()
          || !integer.contains(before.get().name())
          || soft.contains(before.get().output())
          || PASSING.contains(before.get().operator())) {
        return;
      }
      boolean readAsIntegers =
          uses.readers(bound.output()).stream()
              .anyMatch(
                  r ->
                      layers.contains(r.name())
                          || PASSING.contains(r.operator())
                          || FOLLOWING.contains(r.operator()));
      if (readAsIntegers || !mayStayFloat(before.get())) {
        absorbed.put(before.get().name(), bound);
        quantized.add(bound.output());
      }
    }

    /** Whether the node has an integer kernel that gives floats. */
    private static boolean mayStayFloat(Node node) {
      return node.operator().equals("Gemm") || node.operator().equals("MatMul");
    }

    Plan plan() {
      Set<String> goneNodes = new HashSet<>();
      absorbed.values().forEach(n -> goneNodes.add(n.name()));
      List<Node> nodes = new ArrayList<>();
      Set<String> values = new LinkedHashSet<>();
      Map<String, String> shared = new HashMap<>();
      for (Node original : graph.nodes()) {
        if (goneNodes.contains(original.name())) {
          continue;
        }
        Node bound = absorbed.get(original.name());
        Node node = bound == null ? original : original.withOutputs(bound.outputs());
        nodes.add(node);
        if (!integer.contains(node.name())) {
          continue;
        }
        values.addAll(activations(node));
        boolean readAsIntegers =
            uses.readers(node.output()).stream().anyMatch(r -> integer.contains(r.name()));
        if (readAsIntegers || bound != null || !mayStayFloat(node)) {
          values.add(node.output());
        }
        if (PASSING.contains(node.operator())) {
          shared.put(node.output(), shared.getOrDefault(node.input(0), node.input(0)));
        }
      }
      return new Plan(
          graph.with(nodes, graph.weights()).withoutUnread(), layers, integer, values, shared);
    }
  }
}
