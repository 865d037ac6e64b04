package dev.espalier.engine.prune;

import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.operator.Constants;
import dev.espalier.engine.operator.Shapes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph while its nodes are made to fit what is left of their inputs. */
final class Refitted implements Constants {
  private final Graph graph;
  private final Shapes one;
  private final Shapes two;
  private final Map<String, Weight> weights;
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> taken = new HashSet<>();

  /**
   * Begins without nodes.
   *
   * @param one the shapes for batch 1
   * @param weights already cut; new constants are put there
   */
  Refitted(Graph graph, Shapes one, Map<String, Weight> weights) {
    this.graph = graph;
    this.one = one;
    this.two = Shapes.infer(graph, 2);
    this.weights = weights;
    taken.addAll(weights.keySet());
    graph.inputs().forEach(i -> taken.add(i.name()));
    for (Node node : graph.nodes()) {
      taken.add(node.name());
      taken.addAll(node.outputs());
    }
  }

  void add(Node node) {
    nodes.add(node);
  }

  @Override
  public Node integers(Node node, int i, long... values) {
    return reading(node, i, literal(node, values));
  }

  private String literal(Node node, long... values) {
    String name = fresh(node.name() + ".sizes");
    weights.put(name, new Weight.Value(Tensor.ofLongs(new long[] {values.length}, values)));
    return name;
  }

  private String fresh(String wanted) {
    String name = wanted;
    for (int n = 2; !taken.add(name); n++) {
      name = wanted + n;
    }
    return name;
  }

  private static Node reading(Node node, int i, String value) {
    List<String> inputs = new ArrayList<>(node.inputs());
    while (inputs.size() <= i) {
      inputs.add("");
    }
    inputs.set(i, value);
    return node.withInputs(inputs);
  }

  @Override
  public Node shape(Node node, int i, long... shape) {
    long[] first = one.of(node.output());
    long[] second = two.of(node.output());
    boolean[] open = new boolean[shape.length];
    int count = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      open[axis] = first[axis] != second[axis];
      count += open[axis] ? 1 : 0;
    }
    long[] target = shape.clone();
    if (node.operator().equals("Reshape")) {
      // 0 copies the input's dimension, one −1 is what is left.
      long[] x1 = one.of(node.input(0));
      long[] x2 = two.of(node.input(0));
      int left = 0;
      for (int axis = 0; axis < target.length; axis++) {
        if (open[axis] && axis < x1.length && first[axis] == x1[axis] && second[axis] == x2[axis]) {
          target[axis] = 0;
        } else if (open[axis]) {
          target[axis] = -1;
          left++;
        }
      }
      if (left <= 1) {
        return reading(node.without("allowzero"), i, literal(node, target));
      }
    } else if (node.operator().equals("Expand")) {
      long[] x1 = one.of(node.input(0));
      int lead = target.length - x1.length;
      for (int axis = 0; axis < target.length; axis++) {
        if (axis >= lead && x1[axis - lead] == first[axis] && x1[axis - lead] != 1) {
          target[axis] = 1;
          count -= open[axis] ? 1 : 0;
          open[axis] = false;
        }
      }
    }
    return count == 0
        ? reading(node, i, literal(node, target))
        : reading(node, i, mixed(node, i, target, open));
  }

  /** The dimensions that depend on the batch from the shape as it was, the others as numbers. */
  private String mixed(Node node, int i, long[] target, boolean... open) {
    List<String> parts = new ArrayList<>();
    for (int axis = 0; axis < target.length; axis++) {
      if (!open[axis]) {
        parts.add(literal(node, target[axis]));
        continue;
      }
      String part = fresh(node.name() + ".open");
      nodes.add(
          Node.of(
              part,
              "Slice",
              List.of(node.input(i), literal(node, axis), literal(node, axis + 1L)),
              List.of(part),
              Map.of()));
      parts.add(part);
    }
    String whole = fresh(node.name() + ".shape");
    nodes.add(
        Node.of(whole, "Concat", parts, List.of(whole), Map.of("axis", new Attribute.Int(0))));
    return whole;
  }

  /** The graph with what nothing reads any more left out. */
  Graph graph() {
    return graph.with(nodes, weights).withoutUnread();
  }
}
