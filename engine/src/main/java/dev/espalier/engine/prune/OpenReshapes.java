package dev.espalier.engine.prune;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.operator.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the shape of a Reshape without numbers where it only flattens: {@code [-1, 256]} after
 * [batch, 16, 4, 4] means {@code [0, -1]}, and then the channels before it can go. Exporters write
 * the former for {@code x.view(-1, 256)}.
 */
final class OpenReshapes {
  private OpenReshapes() {}

  /** The same function with such shapes opened. */
  static Graph in(Graph graph) {
    Shapes shapes = Shapes.infer(graph, 1);
    List<Node> nodes = new ArrayList<>();
    Map<String, Weight> weights = new LinkedHashMap<>(graph.weights());
    for (Node node : graph.nodes()) {
      if (!flattens(node, shapes)) {
        nodes.add(node);
        continue;
      }
      String opened = node.name() + ".open-shape";
      weights.put(opened, new Weight.Value(Tensor.ofLongs(new long[] {2}, 0, -1)));
      nodes.add(node.withInputs(List.of(node.input(0), opened)));
    }
    if (nodes.equals(graph.nodes())) {
      return graph;
    }
    for (Node node : graph.nodes()) {
      // A shape that no node reads any more would only confuse a reader of the file.
      for (String input : node.inputs()) {
        boolean read = nodes.stream().anyMatch(n -> n.inputs().contains(input));
        boolean output = graph.outputs().stream().anyMatch(o -> o.name().equals(input));
        if (!read && !output) {
          weights.remove(input);
        }
      }
    }
    return new Graph(
        graph.name(),
        graph.opset(),
        graph.inputs(),
        graph.outputs(),
        nodes,
        weights,
        graph.metadata());
  }

  private static boolean flattens(Node node, Shapes shapes) {
    if (!node.operator().equals("Reshape") || !node.domain().isEmpty()) {
      return false;
    }
    long[] x = shapes.of(node.input(0));
    long[] y = shapes.of(node.output());
    Tensor wanted = shapes.constant(node.input(1)).orElse(null);
    return x.length > 1
        && y.length == 2
        && x[0] == y[0]
        && Tensor.count(Arrays.copyOfRange(x, 1, x.length)) == y[1]
        && wanted != null
        // The first dimension is the batch: a 1 there would pin it, and the model with it.
        && wanted.longs()[0] != 1
        && wanted.longs()[1] > 0;
  }
}
