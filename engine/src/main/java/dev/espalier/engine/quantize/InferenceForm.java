package dev.espalier.engine.quantize;

import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.operator.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes a graph as inference needs it, in the operators that have integer kernels: Dropout and
 * Identity go; a matrix product with its addition becomes Gemm; Gemm's factors go into its weights;
 * the mean over height and width becomes GlobalAveragePool; batch normalisation is folded. The
 * function stays the same.
 */
final class InferenceForm {
  private InferenceForm() {}

  static Graph of(Graph graph) {
    return BatchNormFolding.fold(globalPools(factors(gemms(withoutIdentities(graph)))));
  }

  /** Without Dropout and Identity; readers read what these read. */
  static Graph withoutIdentities(Graph graph) {
    Uses uses = new Uses(graph);
    Map<String, String> instead = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      List<String> inputs = node.inputs().stream().map(i -> instead.getOrDefault(i, i)).toList();
      boolean drop = node.operator().equals("Dropout") || node.operator().equals("Identity");
      boolean mask =
          node.outputs().stream()
              .skip(1)
              .anyMatch(o -> uses.isOutput(o) || !uses.readers(o).isEmpty());
      if (!drop || !node.domain().isEmpty() || mask) {
        nodes.add(node.withInputs(inputs));
      } else if (uses.isOutput(node.output())) {
        // The output's name must stay; Identity keeps it and costs nothing.
        nodes.add(
            Node.of(
                node.name(), "Identity", List.of(inputs.get(0)), List.of(node.output()), Map.of()));
      } else {
        instead.put(node.output(), inputs.get(0));
      }
    }
    return graph.with(nodes, graph.weights()).withoutUnread();
  }

  /** MatMul of a batch of vectors with a matrix, and the Add of its bias, as one Gemm. */
  private static Graph gemms(Graph graph) {
    Shapes shapes = Shapes.infer(graph, 2);
    Uses uses = new Uses(graph);
    Set<String> gone = new HashSet<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (gone.contains(node.name())) {
        continue;
      }
      if (!node.operator().equals("MatMul")
          || !node.domain().isEmpty()
          || !graph.hasWeight(node.input(1))
          || graph.tensor(node.input(1)).rank() != 2
          || graph.hasWeight(node.input(0))
          || shapes.of(node.input(0)).length != 2) {
        nodes.add(node);
        continue;
      }
      long out = graph.tensor(node.input(1)).dim(1);
      Optional<Node> add = biasAdd(graph, uses, node, out);
      List<String> inputs = new ArrayList<>(node.inputs());
      if (add.isPresent()) {
        inputs.add(add.get().input(add.get().input(0).equals(node.output()) ? 1 : 0));
        gone.add(add.get().name());
      }
      nodes.add(
          Node.of(
              node.name(),
              "Gemm",
              inputs,
              add.map(Node::outputs).orElse(node.outputs()),
              Map.of()));
    }
    return graph.withNodes(nodes);
  }

  private static Optional<Node> biasAdd(Graph graph, Uses uses, Node product, long out) {
    List<Node> readers = uses.readers(product.output());
    if (readers.size() != 1 || uses.isOutput(product.output())) {
      return Optional.empty();
    }
    Node add = readers.get(0);
    if (!add.operator().equals("Add") || !add.domain().isEmpty()) {
      return Optional.empty();
    }
    String other = add.input(add.input(0).equals(product.output()) ? 1 : 0);
    boolean bias =
        graph.hasWeight(other)
            && graph.tensor(other).rank() == 1
            && graph.tensor(other).type() == DataType.FLOAT
            && graph.tensor(other).size() == out;
    return bias ? Optional.of(add) : Optional.empty();
  }

  /** Gemm with alpha and beta 1 and a bias of one value an output. */
  private static Graph factors(Graph graph) {
    Uses uses = new Uses(graph);
    Map<String, Weight> weights = new LinkedHashMap<>(graph.weights());
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (!node.operator().equals("Gemm")
          || !node.domain().isEmpty()
          || !graph.hasWeight(node.input(1))
          || !(node.input(2).isEmpty() || graph.hasWeight(node.input(2)))) {
        nodes.add(node);
        continue;
      }
      float alpha = node.real("alpha", 1);
      float beta = node.real("beta", 1);
      List<String> inputs = new ArrayList<>(node.inputs());
      if (alpha != 1) {
        Tensor matrix = graph.tensor(node.input(1));
        String name = uses.own(node.input(1), node.name() + ".weight", weights);
        float[] scaled = scaled(matrix.floats(), alpha);
        weights.put(name, new Weight.Value(Tensor.ofFloats(matrix.shape(), scaled)));
        inputs.set(1, name);
      }
      if (!node.input(2).isEmpty()) {
        Tensor bias = graph.tensor(node.input(2));
        Tensor matrix = graph.tensor(node.input(1));
        int out = Math.toIntExact(matrix.dim(node.integer("transB", 0) != 0 ? 0 : 1));
        boolean plain = bias.rank() == 1 && bias.size() == out && beta == 1;
        if (!plain && (bias.size() == 1 || bias.size() == out)) {
          float[] values = scaled(bias.floats(), beta);
          if (bias.size() == 1) {
            float only = values[0];
            values = new float[out];
            Arrays.fill(values, only);
          }
          String name = uses.own(node.input(2), node.name() + ".bias", weights);
          weights.put(name, new Weight.Value(Tensor.ofFloats(new long[] {out}, values)));
          inputs.set(2, name);
          beta = 1;
        }
      }
      Node plain = node.withInputs(inputs);
      if (node.attributes().containsKey("alpha")) {
        plain = plain.with("alpha", new Attribute.Real(1));
      }
      if (node.attributes().containsKey("beta")) {
        plain = plain.with("beta", new Attribute.Real(beta));
      }
      nodes.add(plain);
    }
    return graph.with(nodes, weights).withoutUnread();
  }

  private static float[] scaled(float[] values, float factor) {
    float[] out = values.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] *= factor;
    }
    return out;
  }

  /** ReduceMean over height and width as GlobalAveragePool, which has an integer kernel. */
  private static Graph globalPools(Graph graph) {
    Shapes shapes = Shapes.infer(graph, 2);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (!node.operator().equals("ReduceMean")
          || !node.domain().isEmpty()
          || shapes.of(node.input(0)).length != 4
          || !isHeightAndWidth(axes(graph, node))) {
        nodes.add(node);
        continue;
      }
      if (node.integer("keepdims", 1) != 0) {
        nodes.add(
            Node.of(
                node.name(),
                "GlobalAveragePool",
                List.of(node.input(0)),
                node.outputs(),
                Map.of()));
      } else {
        String between = node.output() + ".kept";
        nodes.add(
            Node.of(
                node.name(),
                "GlobalAveragePool",
                List.of(node.input(0)),
                List.of(between),
                Map.of()));
        nodes.add(
            Node.of(
                node.name() + ".flatten",
                "Flatten",
                List.of(between),
                node.outputs(),
                Map.of("axis", new Attribute.Int(1))));
      }
    }
    return graph.with(nodes, graph.weights()).withoutUnread();
  }

  private static long[] axes(Graph graph, Node node) {
    return graph.hasWeight(node.input(1))
        ? graph.tensor(node.input(1)).longs()
        : node.integers("axes");
  }

  private static boolean isHeightAndWidth(long[] axes) {
    long[] sorted = Arrays.stream(axes).map(a -> a < 0 ? a + 4 : a).sorted().toArray();
    return Arrays.equals(sorted, new long[] {2, 3});
  }
}
