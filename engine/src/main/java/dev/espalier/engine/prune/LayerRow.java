package dev.espalier.engine.prune;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What pruning left of one layer.
 *
 * @param layer the node's name
 * @param operator the node's operator
 * @param shape of the kernel or matrix
 * @param size numbers in it
 * @param nonZero those that are not zero; all of them in a blueprint
 * @param dense numbers in it before anything was pruned
 */
public record LayerRow(
    String layer, String operator, List<Long> shape, long size, long nonZero, long dense) {
  public LayerRow {
    shape = List.copyOf(shape);
  }

  /** The prunable layers of a graph, in its order, those stored as integers too. */
  public static List<LayerRow> of(Graph graph) {
    DenseOriginal dense = DenseOriginal.of(graph);
    List<LayerRow> rows = new ArrayList<>();
    for (Layers.Prunable p : Layers.stored(graph)) {
      Weight weight = graph.weights().get(p.weight());
      long size = Tensor.count(weight.shape());
      rows.add(
          new LayerRow(
              p.layer(),
              p.operator(),
              Arrays.stream(weight.shape()).boxed().toList(),
              size,
              weight instanceof Weight.Value v ? v.tensor().nonZero() : size,
              dense.weights().get(p.layer())));
    }
    return rows;
  }

  /** The part of the dense original that is gone, from 0 to 1, masked and removed alike. */
  public double sparsity() {
    return dense == 0 ? 0 : 1 - (double) nonZero / dense;
  }

  /** The sparsity of all layers of a graph together. */
  public static double sparsity(Graph graph) {
    long nonZero = 0;
    long dense = 0;
    for (LayerRow row : of(graph)) {
      nonZero += row.nonZero();
      dense += row.dense();
    }
    return dense == 0 ? 0 : 1 - (double) nonZero / dense;
  }
}
