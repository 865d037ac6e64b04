package dev.espalier.engine.operator;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes what does not depend on the data as constants, and leaves out what nothing reads. */
public final class ConstantFolding {
  private ConstantFolding() {}

  /**
   * The same function with every value that follows from shapes and constants alone, and is the
   * same for every batch size, as a weight.
   *
   * @throws dev.espalier.engine.EspalierException when a shape does not fit
   */
  public static Graph in(Graph graph) {
    Shapes two = Shapes.infer(graph, 2);
    Shapes three = Shapes.infer(graph, 3);
    Set<String> outputs = new HashSet<>();
    graph.outputs().forEach(o -> outputs.add(o.name()));
    Map<String, Weight> weights = new LinkedHashMap<>(graph.weights());
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Optional<Tensor> value = two.constant(node.output());
      boolean folds =
          value.isPresent()
              && value.equals(three.constant(node.output()))
              && node.outputs().stream().skip(1).allMatch(String::isEmpty)
              && !outputs.contains(node.output())
              && !node.operator().equals("DequantizeLinear");
      if (folds) {
        weights.put(node.output(), new Weight.Value(value.get()));
      } else {
        nodes.add(node);
      }
    }
    return nodes.size() == graph.nodes().size()
        ? graph
        : graph.with(nodes, weights).withoutUnread();
  }
}
