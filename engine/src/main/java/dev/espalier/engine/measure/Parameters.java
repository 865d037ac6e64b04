package dev.espalier.engine.measure;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Counts a graph's parameters: the weights that training changes, and in a quantized graph the
 * integers that stand for such (a quantized kernel and its bias: what DequantizeLinear turns into
 * numbers).
 *
 * <p>The running mean and variance of a batch normalisation are none, nor are the scales and zero
 * points of quantization, bounds, ratios, and integers that give shapes or axes. A weight that
 * several nodes share counts once.
 */
public final class Parameters {
  private Parameters() {}

  /** The names of the parameters, in the graph's order of weights. */
  public static List<String> names(Graph graph) {
    Set<String> names = new HashSet<>(dev.espalier.engine.train.Parameters.of(graph));
    for (Node node : graph.nodes()) {
      if (node.operator().equals("DequantizeLinear") && graph.hasWeight(node.input(0))) {
        names.add(node.input(0));
      }
    }
    return graph.weights().keySet().stream().filter(names::contains).toList();
  }

  /** How many numbers the parameters hold; counts blueprints too. */
  public static long count(Graph graph) {
    long count = 0;
    for (String name : names(graph)) {
      count += Tensor.count(graph.weights().get(name).shape());
    }
    return count;
  }

  /** How many of them are not zero. */
  public static long nonZero(Graph graph) {
    long count = 0;
    for (String name : names(graph)) {
      count += graph.tensor(name).nonZero();
    }
    return count;
  }
}
