package dev.espalier.engine.onnx;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.operator.ConstantFolding;
import dev.espalier.engine.operator.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes out of a graph what only its exporter needed. */
final class Normalized {
  private Normalized() {}

  /**
   * The same function without constants that are computed and casts among floating types.
   *
   * @throws EspalierException naming the node whose inputs do not fit
   */
  static Graph of(Graph graph) {
    Shapes shapes = Shapes.infer(graph, 2);
    if (graph.opset() < 13) {
      graph.nodes().stream()
          .filter(n -> Reader.OVER_REST.contains(n.operator()))
          .forEach(n -> overOneAxis(n, shapes.of(n.input(0))));
    }
    return ConstantFolding.in(withoutCasts(graph, shapes));
  }

  /** Before opset 13 these took all axes from theirs on as one; here there is only one axis. */
  private static void overOneAxis(Node node, long... shape) {
    long axis = node.integer("axis", 1);
    int from = (int) (axis < 0 ? axis + shape.length : axis);
    if (Arrays.stream(shape, Math.min(shape.length, from + 1), shape.length)
        .anyMatch(d -> d != 1)) {
      throw EspalierException.program(
          node.operator() + " `" + node.name() + "` works over several axes at once",
          "node " + node.name(),
          "before opset 13, axis "
              + axis
              + " of "
              + Arrays.toString(shape)
              + " means all axes from there on",
          "export the model with opset_version=" + Graph.OPSET);
    }
  }

  /** A model of half precision is one of float32 here: its casts do nothing any more. */
  private static Graph withoutCasts(Graph graph, Shapes shapes) {
    Set<String> outputs = new HashSet<>();
    graph.outputs().stream().map(ValueInfo::name).forEach(outputs::add);
    Map<String, String> same = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node here =
          node.withInputs(node.inputs().stream().map(i -> same.getOrDefault(i, i)).toList());
      boolean nothing =
          node.operator().equals("Cast")
              && node.attributes().get("to") instanceof Attribute.Int to
              && to.value() == DataType.FLOAT.onnxCode()
              && shapes.typeOf(node.input(0)) == DataType.FLOAT
              && !outputs.contains(node.output());
      if (nothing) {
        same.put(node.output(), here.input(0));
      } else {
        nodes.add(here);
      }
    }
    return same.isEmpty() ? graph : graph.withNodes(nodes).withoutUnread();
  }
}
