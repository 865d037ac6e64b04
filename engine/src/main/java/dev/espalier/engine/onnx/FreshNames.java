package dev.espalier.engine.onnx;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import onnx.Onnx;

/** The names that values of a graph have, and new ones beside them. */
final class FreshNames {
  private final Set<String> taken = new HashSet<>();
  private final Map<String, Integer> last = new HashMap<>();

  /** All names of values in the graph itself; those inside branches are none yet. */
  static FreshNames of(Onnx.GraphProto graph) {
    FreshNames names = new FreshNames();
    graph.getInputList().forEach(i -> names.taken.add(i.getName()));
    graph.getInitializerList().forEach(t -> names.taken.add(t.getName()));
    graph.getSparseInitializerList().forEach(t -> names.taken.add(t.getValues().getName()));
    for (Onnx.NodeProto node : graph.getNodeList()) {
      names.taken.addAll(node.getInputList());
      names.taken.addAll(node.getOutputList());
    }
    return names;
  }

  /** A name like {@code wanted} that nothing has. */
  String fresh(String wanted) {
    String name = wanted;
    // Counting on from the last number keeps thousands of equal names linear.
    while (!taken.add(name)) {
      name = wanted + "_" + last.merge(wanted, 1, Integer::sum);
    }
    return name;
  }

  /**
   * The node with other names for its values, also inside its branches.
   *
   * @param known new names by old; values that it lacks get fresh names, which it keeps
   */
  Onnx.NodeProto renamed(Onnx.NodeProto node, Map<String, String> known) {
    Onnx.NodeProto.Builder out = node.toBuilder().clearInput().clearOutput();
    node.getInputList().forEach(i -> out.addInput(name(i, known)));
    node.getOutputList().forEach(o -> out.addOutput(name(o, known)));
    for (int i = 0; i < node.getAttributeCount(); i++) {
      if (node.getAttribute(i).hasG()) {
        out.setAttribute(
            i, node.getAttribute(i).toBuilder().setG(renamed(node.getAttribute(i).getG(), known)));
      }
    }
    return out.build();
  }

  private Onnx.GraphProto renamed(Onnx.GraphProto graph, Map<String, String> known) {
    Onnx.GraphProto.Builder out = graph.toBuilder().clearNode();
    for (Onnx.TensorProto.Builder tensor : out.getInitializerBuilderList()) {
      tensor.setName(name(tensor.getName(), known));
    }
    graph.getNodeList().forEach(n -> out.addNode(renamed(n, known)));
    for (Onnx.ValueInfoProto.Builder output : out.getOutputBuilderList()) {
      output.setName(name(output.getName(), known));
    }
    return out.build();
  }

  /** The new name of a value; an empty name stays. */
  String name(String old, Map<String, String> known) {
    if (old.isEmpty()) {
      return old;
    }
    String name = known.get(old);
    if (name == null) {
      name = fresh(old);
      known.put(old, name);
    }
    return name;
  }
}
