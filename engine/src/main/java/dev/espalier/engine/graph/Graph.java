package dev.espalier.engine.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model: an ONNX graph. Immutable; every compressor is a function from graph to graph.
 *
 * <p>A weight that is 0 where its dense original was not is pruned and stays 0 in later training;
 * there is no other mask. What "dense original" means is kept in {@link #metadata()}.
 *
 * @param nodes in topological order
 * @param weights by value name, in the order of the file
 * @param metadata keys and values that travel in the file (ONNX metadata_props)
 */
public record Graph(
    String name,
    int opset,
    List<ValueInfo> inputs,
    List<ValueInfo> outputs,
    List<Node> nodes,
    Map<String, Weight> weights,
    Map<String, String> metadata) {

  /** The opset that graphs built here declare. */
  public static final int OPSET = 17;

  public Graph {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    nodes = List.copyOf(nodes);
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    Set<String> known = new HashSet<>(weights.keySet());
    inputs.forEach(i -> known.add(i.name()));
    Set<String> names = new HashSet<>();
    for (Node node : nodes) {
      if (!names.add(node.name())) {
        throw new IllegalArgumentException("two nodes are called " + node.name());
      }
      for (String input : node.inputs()) {
        if (!input.isEmpty() && !known.contains(input)) {
          throw new IllegalArgumentException(
              "node " + node.name() + " reads " + input + ", which nothing before it makes");
        }
      }
      known.addAll(node.outputs());
    }
    for (ValueInfo output : outputs) {
      if (!known.contains(output.name())) {
        throw new IllegalArgumentException("nothing makes the output " + output.name());
      }
    }
  }

  /**
   * The output that is trained and measured: the first floating one of rank 2, [batch, n], or the
   * first when none is so. Others stay in the file as they are.
   */
  public ValueInfo prediction() {
    return outputs.stream()
        .filter(o -> o.type() == DataType.FLOAT && o.shape().size() == 2)
        .findFirst()
        .orElse(outputs.get(0));
  }

  /** Whether some weight has only a rule: the graph is not trained yet. */
  public boolean isBlueprint() {
    return weights.values().stream().anyMatch(w -> w instanceof Weight.Rule);
  }

  /** The value of a weight. Throws IllegalArgumentException when it is unknown or only a rule. */
  public Tensor tensor(String weight) {
    if (weights.get(weight) instanceof Weight.Value v) {
      return v.tensor();
    }
    throw new IllegalArgumentException("no value for weight " + weight + " in " + name);
  }

  public boolean hasWeight(String value) {
    return weights.containsKey(value);
  }

  /** The node of that name. Throws IllegalArgumentException when there is none. */
  public Node node(String nodeName) {
    return nodes.stream()
        .filter(n -> n.name().equals(nodeName))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no node " + nodeName + " in " + name));
  }

  /** The same graph with some weights replaced by values. */
  public Graph withWeights(Map<String, Tensor> changed) {
    Map<String, Weight> all = new LinkedHashMap<>(weights);
    changed.forEach((key, tensor) -> all.put(key, new Weight.Value(tensor)));
    return new Graph(name, opset, inputs, outputs, nodes, all, metadata);
  }

  public Graph withMetadata(String key, String value) {
    Map<String, String> all = new LinkedHashMap<>(metadata);
    all.put(key, value);
    return new Graph(name, opset, inputs, outputs, nodes, weights, all);
  }

  /** The same inputs, outputs and metadata around other nodes and weights. */
  public Graph with(List<Node> otherNodes, Map<String, Weight> otherWeights) {
    return new Graph(name, opset, inputs, outputs, otherNodes, otherWeights, metadata);
  }

  /** Without the nodes and weights that no output depends on. */
  public Graph withoutUnread() {
    Set<String> read = new HashSet<>();
    outputs.forEach(o -> read.add(o.name()));
    List<Node> kept = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(read::contains)) {
        kept.add(node);
        read.addAll(node.inputs());
      }
    }
    Collections.reverse(kept);
    Map<String, Weight> left = new LinkedHashMap<>(weights);
    left.keySet().retainAll(read);
    return with(kept, left);
  }

  public Graph withNodes(List<Node> changed) {
    return new Graph(name, opset, inputs, outputs, changed, weights, metadata);
  }

  public Graph named(String newName) {
    return new Graph(newName, opset, inputs, outputs, nodes, weights, metadata);
  }
}
