package dev.espalier.engine.prune;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** L2 norms of groups, from the sums of squares of all slices of all kernels. */
final class Importance {
  private final Map<Coupling.Axis, double[]> squares = new HashMap<>();

  Importance(Graph graph, Coupling coupling) {
    Set<String> counted = new LinkedHashSet<>();
    Layers.of(graph).forEach(p -> counted.add(p.weight()));
    for (Node node : graph.nodes()) {
      if (node.operator().endsWith("Normalization") && graph.hasWeight(node.input(1))) {
        counted.add(node.input(1));
      }
    }
    for (Coupling.Group group : coupling.groups()) {
      for (Coupling.Axis axis : group.slices().keySet()) {
        if (counted.contains(axis.value())) {
          squares.computeIfAbsent(axis, a -> squares(graph.tensor(a.value()), a.axis()));
        }
      }
    }
  }

  private static double[] squares(Tensor tensor, int axis) {
    long[] shape = tensor.shape();
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= (int) shape[i];
    }
    double[] sums = new double[(int) shape[axis]];
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      sums[i / inner % sums.length] += (double) values[i] * values[i];
    }
    return sums;
  }

  double of(Coupling.Group group) {
    double sum = 0;
    for (Map.Entry<Coupling.Axis, int[]> e : group.slices().entrySet()) {
      double[] of = squares.get(e.getKey());
      if (of != null) {
        for (int i : e.getValue()) {
          sum += of[i];
        }
      }
    }
    return Math.sqrt(sum);
  }
}
