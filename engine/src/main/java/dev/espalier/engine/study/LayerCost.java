package dev.espalier.engine.study;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.operator.Operators;
import dev.espalier.engine.operator.Shapes;
import dev.espalier.engine.prune.Layers;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one prunable layer is and costs.
 *
 * @param outputs channels or units
 * @param parameters of its kernel or matrix and its bias
 * @param macs multiply-accumulates for one input
 */
record LayerCost(long outputs, long parameters, long macs) {
  /** Those of a graph by the layers' names, in its order. */
  static Map<String, LayerCost> of(Graph graph) {
    Shapes shapes = Shapes.infer(graph, 1);
    Map<String, String> stored = Layers.weightsByValue(graph);
    Map<String, LayerCost> costs = new LinkedHashMap<>();
    for (Layers.Prunable layer : Layers.stored(graph)) {
      Node node = graph.node(layer.layer());
      long parameters = 0;
      for (String input : node.inputs()) {
        if (stored.containsKey(input)) {
          parameters += Tensor.count(graph.weights().get(stored.get(input)).shape());
        }
      }
      costs.put(
          layer.layer(),
          new LayerCost(
              graph.weights().get(layer.weight()).shape()[layer.outAxis()],
              parameters,
              Operators.of(node).macs(node, shapes.inputsOf(node), shapes.outputsOf(node))));
    }
    return costs;
  }
}
