package dev.espalier.engine.measure;

import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which weights of a graph are parameters: what training moves, and what a parameter count counts.
 *
 * <p>They are the floating-point weights with at least one dimension, and the integer weights that
 * a DequantizeLinear turns into such (a quantized kernel and its bias). The running mean and
 * variance of a batch normalisation are none, nor are the scales and zero points of quantization,
 * the bounds of Clip, the ratio of Dropout, and integers that give shapes or axes. A weight that
 * several nodes share counts once.
 */
public final class Parameters {
  private Parameters() {}

  /** The names of the parameters, in the graph's order of weights. */
  public static Set<String> names(Graph graph) {
    Set<String> dequantized = new HashSet<>();
    Set<String> no = new HashSet<>();
    Set<String> read = new HashSet<>();
    for (Node node : graph.nodes()) {
      read.addAll(node.inputs());
      switch (node.operator()) {
        case "DequantizeLinear" -> {
          dequantized.add(node.input(0));
          no.add(node.input(1));
          no.add(node.input(2));
        }
        case "QuantizeLinear" -> {
          no.add(node.input(1));
          no.add(node.input(2));
        }
        case "BatchNormalization" -> {
          no.add(node.input(3));
          no.add(node.input(4));
        }
        case "Clip", "Pad", "Dropout", "Resize" ->
            no.addAll(node.inputs().subList(1, node.inputs().size()));
        default -> {}
      }
    }
    Set<String> names = new LinkedHashSet<>();
    for (Map.Entry<String, Weight> weight : graph.weights().entrySet()) {
      String name = weight.getKey();
      boolean floating =
          !(weight.getValue() instanceof Weight.Value v) || v.tensor().type() == DataType.FLOAT;
      if (read.contains(name)
          && !no.contains(name)
          && weight.getValue().shape().length > 0
          && (floating || dequantized.contains(name))) {
        names.add(name);
      }
    }
    return names;
  }

  /** How many numbers the parameters hold; counts blueprints too. */
  public static long count(Graph graph) {
    long count = 0;
    for (String name : names(graph)) {
      count += Tensor.count(graph.weights().get(name).shape());
    }
    return count;
  }

  /** How many of them are not zero. */
  public static long nonZero(Graph graph) {
    long count = 0;
    for (String name : names(graph)) {
      count += graph.tensor(name).nonZero();
    }
    return count;
  }
}
