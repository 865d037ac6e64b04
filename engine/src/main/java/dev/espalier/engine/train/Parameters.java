package dev.espalier.engine.train;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.operator.Operators;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which weights of a graph training changes, and which of them are kernels or matrices. */
public final class Parameters {
  private Parameters() {}

  /**
   * The weights that training changes, in the graph's order: what operators learn, the bias that an
   * Add gives to a MatMul's result, and a table of two or more axes that an Add gives to an
   * activation, such as learnt positions; not one whose sum goes into a Softmax, for that is a mask
   * of attention. Running statistics and other constants are none.
   */
  public static List<String> of(Graph graph) {
    Map<String, String> identical = identities(graph);
    Map<String, String> makers = new HashMap<>();
    graph.nodes().forEach(n -> n.outputs().forEach(o -> makers.put(o, n.operator())));
    Set<String> scores = new HashSet<>();
    graph.nodes().stream()
        .filter(n -> n.operator().equals("Softmax"))
        .forEach(n -> scores.addAll(n.inputs()));
    Set<String> learnt = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        String weight = identical.getOrDefault(node.input(i), node.input(i));
        if (!graph.hasWeight(weight)) {
          continue;
        }
        boolean added = node.operator().equals("Add");
        String other = node.input(1 - (i & 1));
        boolean bias = added && "MatMul".equals(makers.get(other));
        boolean table =
            added
                && isTable(graph.weights().get(weight))
                && !graph.hasWeight(other)
                && !"Constant".equals(makers.get(other))
                && !scores.contains(node.output());
        if (Operators.of(node).learns(i) || bias || table) {
          learnt.add(weight);
        }
      }
    }
    return graph.weights().keySet().stream().filter(learnt::contains).toList();
  }

  /** Whether it holds several floats along two or more axes. */
  private static boolean isTable(Weight weight) {
    long[] shape = weight.shape();
    return shape.length > 1
        && Tensor.count(shape) > 1
        && !(weight instanceof Weight.Value v && !v.tensor().isFloating());
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
