package dev.espalier.engine.measure;

import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.operator.Shapes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes what a model computes on its way readable from outside. */
public final class Probes {
  private Probes() {}

  /**
   * The graph with all these values as outputs too.
   *
   * @param values names of floating activations
   * @param shapes of the graph
   */
  public static Graph in(Graph graph, Collection<String> values, Shapes shapes) {
    List<ValueInfo> outputs = new ArrayList<>(graph.outputs());
    Set<String> already = new HashSet<>();
    graph.inputs().forEach(i -> already.add(i.name()));
    graph.outputs().forEach(o -> already.add(o.name()));
    for (String value : values) {
      if (already.add(value)) {
        List<Long> shape = new ArrayList<>();
        for (long d : shapes.of(value)) {
          shape.add(shape.isEmpty() ? (Long) ValueInfo.DYNAMIC : (Long) d);
        }
        outputs.add(new ValueInfo(value, DataType.FLOAT, shape));
      }
    }
    return new Graph(
        graph.name(),
        graph.opset(),
        graph.inputs(),
        outputs,
        graph.nodes(),
        graph.weights(),
        graph.metadata());
  }
}
