package dev.espalier.engine.train;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.operator.Operators;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which weights of a graph training changes, and which of them are kernels or matrices. */
public final class Parameters {
  private Parameters() {}

  /**
   * The weights that training changes, in the graph's order: what operators learn, and the bias
   * that an Add gives to a MatMul's result. Running statistics and other constants are none.
   */
  public static List<String> of(Graph graph) {
    Map<String, String> identical = identities(graph);
    Map<String, String> makers = new HashMap<>();
    graph.nodes().forEach(n -> n.outputs().forEach(o -> makers.put(o, n.operator())));
    Set<String> learnt = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        String weight = identical.getOrDefault(node.input(i), node.input(i));
        boolean bias =
            node.operator().equals("Add") && "MatMul".equals(makers.get(node.input(1 - (i & 1))));
        if (graph.hasWeight(weight) && (Operators.of(node).learns(i) || bias)) {
          learnt.add(weight);
        }
      }
    }
    return graph.weights().keySet().stream().filter(learnt::contains).toList();
  }

  /**
   * The parameters with two or more axes: kernels of convolutions and matrices of dense layers.
   * Weight decay acts on these, and pruning.
   */
  public static List<String> kernels(Graph graph) {
    return of(graph).stream().filter(w -> graph.weights().get(w).shape().length > 1).toList();
  }

  /** Values that are a weight seen through Identity nodes, with that weight. */
  static Map<String, String> identities(Graph graph) {
    Map<String, String> out = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (node.operator().equals("Identity")) {
        String source = out.getOrDefault(node.input(0), node.input(0));
        if (graph.hasWeight(source)) {
          out.put(node.output(), source);
        }
      }
    }
    return out;
  }
}
