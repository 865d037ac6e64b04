package dev.espalier.engine.device;

import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.operator.Shapes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A quantized model as a device gets its samples: as integers. Where a graph's first step is to
 * quantize its input, the floats need never be there.
 */
final class IntegerInputs {
  private IntegerInputs() {}

  static Graph of(Graph graph) {
    Map<String, Integer> readers = new HashMap<>();
    graph.nodes().forEach(n -> n.inputs().forEach(i -> readers.merge(i, 1, Integer::sum)));
    Map<String, DataType> types = new HashMap<>();
    Map<String, String> renamed = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    Shapes shapes = Shapes.infer(graph, 1);
    for (Node node : graph.nodes()) {
      boolean door =
          node.operator().equals("QuantizeLinear")
              && graph.inputs().stream().anyMatch(i -> i.name().equals(node.input(0)))
              && readers.get(node.input(0)) == 1;
      if (door) {
        types.put(node.input(0), shapes.typeOf(node.output()));
        renamed.put(node.output(), node.input(0));
      } else {
        nodes.add(
            node.withInputs(node.inputs().stream().map(i -> renamed.getOrDefault(i, i)).toList()));
      }
    }
    if (renamed.isEmpty()) {
      return graph;
    }
    List<ValueInfo> inputs =
        graph.inputs().stream()
            .map(i -> new ValueInfo(i.name(), types.getOrDefault(i.name(), i.type()), i.shape()))
            .toList();
    return new Graph(
        graph.name(),
        graph.opset(),
        inputs,
        graph.outputs(),
        nodes,
        graph.weights(),
        graph.metadata());
  }
}
