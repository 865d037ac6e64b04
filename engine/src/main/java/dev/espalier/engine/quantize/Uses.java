package dev.espalier.engine.quantize;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Weight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who makes and who reads each value of a graph. */
final class Uses {
  private final Map<String, Node> makers = new HashMap<>();
  private final Map<String, List<Node>> readers = new HashMap<>();
  private final Set<String> outputs = new HashSet<>();

  Uses(Graph graph) {
    for (Node node : graph.nodes()) {
      node.outputs().forEach(o -> makers.put(o, node));
      // A node that reads a value twice is two readers.
      node.inputs().forEach(i -> readers.computeIfAbsent(i, k -> new ArrayList<>()).add(node));
    }
    graph.outputs().forEach(o -> outputs.add(o.name()));
  }

  Optional<Node> maker(String value) {
    return Optional.ofNullable(makers.get(value));
  }

  List<Node> readers(String value) {
    return readers.getOrDefault(value, List.of());
  }

  boolean isOutput(String value) {
    return outputs.contains(value);
  }

  /** The node that makes input {@code i} of {@code node}, when nothing else reads that value. */
  Optional<Node> onlyReader(Node node, int i) {
    String value = node.input(i);
    return readers(value).size() == 1 && !isOutput(value) ? maker(value) : Optional.empty();
  }

  /**
   * A name under which one reader's version of a weight may be stored: its own name when nobody
   * else reads it, otherwise one like {@code wanted} that is free.
   */
  String own(String weight, String wanted, Map<String, Weight> weights) {
    if (!weight.isEmpty() && readers(weight).size() == 1) {
      return weight;
    }
    String name = wanted;
    while (weights.containsKey(name) || makers.containsKey(name) || readers.containsKey(name)) {
      name += "_";
    }
    return name;
  }
}
