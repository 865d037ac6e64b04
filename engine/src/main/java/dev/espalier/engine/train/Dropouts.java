package dev.espalier.engine.train;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The dropout ratio as a setting of training. */
final class Dropouts {
  private static final Set<String> ACTIVATIONS =
      Set.of("Relu", "LeakyRelu", "Sigmoid", "Tanh", "Clip");

  private Dropouts() {}

  /**
   * The graph with this ratio at all its places for dropout. A graph without a place gets one
   * behind every activation of a hidden dense layer.
   *
   * @throws EspalierException when there is neither
   */
  static Graph withRatio(Graph graph, double ratio) {
    boolean has = graph.nodes().stream().anyMatch(n -> n.operator().equals("Dropout"));
    if (has) {
      return set(graph, (float) ratio);
    }
    if (ratio == 0) {
      return graph;
    }
    return insert(graph, (float) ratio);
  }

  private static Node constant(String name, float ratio) {
    return Node.of(
        name,
        "Constant",
        List.of(),
        List.of(name),
        Map.of("value", new Attribute.Value(Tensor.ofFloats(new long[0], ratio))));
  }

  private static Graph set(Graph graph, float ratio) {
    Names names = new Names(graph);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.operator().equals("Dropout")) {
        Node fresh = constant(names.free(node.name() + ".ratio"), ratio);
        nodes.add(fresh);
        Map<String, Attribute> attributes = new TreeMap<>(node.attributes());
        attributes.remove("ratio");
        nodes.add(
            Node.of(
                node.name(),
                "Dropout",
                List.of(node.input(0), fresh.output()),
                node.outputs(),
                attributes));
      } else {
        nodes.add(node);
      }
    }
    return withoutUnread(graph, graph.withNodes(nodes));
  }

  private static Graph insert(Graph graph, float ratio) {
    Map<String, String> makers = new HashMap<>();
    Names names = new Names(graph);
    Set<String> outputs = new HashSet<>();
    graph.outputs().forEach(o -> outputs.add(o.name()));
    Map<String, String> renamed = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.add(
          node.withInputs(node.inputs().stream().map(i -> renamed.getOrDefault(i, i)).toList()));
      boolean dense =
          Set.of("Gemm", "MatMul").contains(node.operator())
              || (node.operator().equals("Add")
                  && node.inputs().stream().anyMatch(i -> "dense".equals(makers.get(i))));
      node.outputs().forEach(o -> makers.put(o, dense ? "dense" : node.operator()));
      if (ACTIVATIONS.contains(node.operator())
          && "dense".equals(makers.get(node.input(0)))
          && !outputs.contains(node.output())) {
        String name = names.free(node.name() + ".dropout");
        Node constant = constant(names.free(name + ".ratio"), ratio);
        String output = names.free(name + ".out");
        nodes.add(constant);
        nodes.add(
            Node.of(
                name,
                "Dropout",
                List.of(node.output(), constant.output()),
                List.of(output),
                Map.of()));
        renamed.put(node.output(), output);
      }
    }
    if (renamed.isEmpty()) {
      throw EspalierException.program(
          "the model has no place for dropout",
          graph.name(),
          "dropout acts at its dropout layers, or behind the activations of hidden dense layers;"
              + " it has neither",
          "leave `dropout` out, or add a `dropout` layer to the model");
    }
    return graph.withNodes(nodes);
  }

  /** Without the old ratios, now that nothing reads them. */
  private static Graph withoutUnread(Graph before, Graph after) {
    Set<String> ratios = new HashSet<>();
    for (Node node : before.nodes()) {
      if (node.operator().equals("Dropout") && !node.input(1).isEmpty()) {
        ratios.add(node.input(1));
      }
    }
    after.nodes().forEach(n -> ratios.removeAll(n.inputs()));
    after.outputs().forEach(o -> ratios.remove(o.name()));
    List<Node> nodes =
        after.nodes().stream()
            .filter(n -> !(n.operator().equals("Constant") && ratios.contains(n.output())))
            .toList();
    var weights = new java.util.LinkedHashMap<>(after.weights());
    weights.keySet().removeAll(ratios);
    return new Graph(
        after.name(),
        after.opset(),
        after.inputs(),
        after.outputs(),
        nodes,
        weights,
        after.metadata());
  }

  /** Names for new nodes and values that nothing else has. */
  private static final class Names {
    private final Set<String> taken = new HashSet<>();

    Names(Graph graph) {
      taken.addAll(graph.weights().keySet());
      graph.inputs().forEach(i -> taken.add(i.name()));
      for (Node node : graph.nodes()) {
        taken.add(node.name());
        taken.addAll(node.outputs());
      }
    }

    String free(String wanted) {
      String name = wanted;
      for (int i = 2; !taken.add(name); i++) {
        name = wanted + "." + i;
      }
      return name;
    }
  }
}
