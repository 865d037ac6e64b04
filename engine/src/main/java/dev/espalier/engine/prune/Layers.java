package dev.espalier.engine.prune;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Weight;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The layers of a graph that pruning is about: kernels of convolutions and matrices of dense
 * layers, not biases and not normalisation.
 */
public final class Layers {
  private static final String RECURRENCE = ".recurrence";

  private Layers() {}

  /**
   * A layer with its kernel or matrix.
   *
   * @param layer the node's name; of the second matrix of a recurrent layer that and {@code
   *     .recurrence}
   * @param operator the node's operator
   * @param weight the name of the kernel or matrix
   * @param outAxis the axis of the weight that runs over the layer's outputs
   */
  public record Prunable(String layer, String operator, String weight, int outAxis) {}

  /** The prunable layers in the order of the graph; a weight shared by two nodes appears once. */
  public static List<Prunable> of(Graph graph) {
    return stored(graph).stream()
        .filter(
            p ->
                !(graph.weights().get(p.weight()) instanceof Weight.Value v)
                    || v.tensor().type() == DataType.FLOAT)
        .toList();
  }

  /**
   * As {@link #of}, and the layers whose kernel or matrix is stored as integers: they can be
   * counted, not pruned.
   */
  public static List<Prunable> stored(Graph graph) {
    Map<String, String> weights = weightsByValue(graph);
    List<Prunable> layers = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Node node : graph.nodes()) {
      prunable(graph, weights, node).filter(p -> seen.add(p.weight())).ifPresent(layers::add);
      recurrence(graph, weights, node).filter(p -> seen.add(p.weight())).ifPresent(layers::add);
    }
    return layers;
  }

  /**
   * For every value that is a weight, its name; for every value that DequantizeLinear makes of a
   * stored weight, the name of what is stored.
   */
  public static Map<String, String> weightsByValue(Graph graph) {
    Map<String, String> weights = new HashMap<>();
    graph.weights().keySet().forEach(name -> weights.put(name, name));
    for (Node node : graph.nodes()) {
      if (node.operator().equals("DequantizeLinear") && graph.hasWeight(node.input(0))) {
        weights.put(node.output(), node.input(0));
      }
    }
    return weights;
  }

  private static Optional<Prunable> prunable(Graph graph, Map<String, String> weights, Node node) {
    if (!node.domain().isEmpty()) {
      return Optional.empty();
    }
    String left = weights.get(node.input(0));
    String right = weights.get(node.input(1));
    return switch (node.operator()) {
      case "Conv" -> layer(graph, node, right, 0);
      // Of a group's kernels the axis of outputs is shared with the other groups.
      case "ConvTranspose" ->
          node.integer("group", 1) == 1 ? layer(graph, node, right, 1) : Optional.empty();
      case "Gemm" ->
          layer(graph, node, right, node.integer("transB", 0) != 0 ? 0 : 1)
              .or(() -> layer(graph, node, left, node.integer("transA", 0) != 0 ? 1 : 0));
      case "MatMul" -> layer(graph, node, right, -1).or(() -> layer(graph, node, left, -2));
      case "LSTM", "GRU", "RNN" -> layer(graph, node, right, 1);
      default -> Optional.empty();
    };
  }

  /** The second matrix of a recurrent layer, which its state is multiplied with. */
  private static Optional<Prunable> recurrence(
      Graph graph, Map<String, String> weights, Node node) {
    return switch (node.domain().isEmpty() ? node.operator() : "") {
      case "LSTM", "GRU", "RNN" ->
          layer(graph, node, weights.get(node.input(2)), 2)
              .map(
                  p -> new Prunable(p.layer() + RECURRENCE, p.operator(), p.weight(), p.outAxis()));
      default -> Optional.empty();
    };
  }

  private static Optional<Prunable> layer(Graph graph, Node node, String weight, int axis) {
    if (weight == null || graph.weights().get(weight).shape().length < 2) {
      return Optional.empty();
    }
    Weight found = graph.weights().get(weight);
    int outAxis = axis < 0 ? found.shape().length + axis : axis;
    return Optional.of(new Prunable(node.name(), node.operator(), weight, outAxis));
  }

  /**
   * The layers that a name or a pattern ({@code fc*}, {@code block?-conv1}) means.
   *
   * @throws EspalierException when it means none, with the names nearest to it
   */
  public static Set<String> matching(Graph graph, String pattern) {
    List<Prunable> layers = of(graph);
    Set<String> found = new LinkedHashSet<>();
    for (Prunable p : layers) {
      if (matches(pattern, p.layer()) || matches(pattern + RECURRENCE, p.layer())) {
        found.add(p.layer());
      }
    }
    if (!found.isEmpty()) {
      return found;
    }
    List<String> names = layers.stream().map(Prunable::layer).toList();
    boolean isNode = graph.nodes().stream().anyMatch(n -> n.name().equals(pattern));
    if (isNode) {
      throw EspalierException.program(
          "`" + pattern + "` has nothing to prune",
          "layer `" + pattern + "`",
          "only convolutions and dense layers have kernels and matrices",
          "choose from: " + some(names));
    }
    boolean isPattern = pattern.contains("*") || pattern.contains("?");
    throw EspalierException.program(
        isPattern
            ? "no layer is called like `" + pattern + "`"
            : "no layer is called `" + pattern + "`",
        "",
        "",
        isPattern
            ? "the layers are: " + some(names)
            : "did you mean " + nearest(pattern, names) + "?");
  }

  /** Whether a name fits a pattern of letters, {@code *} (any letters) and {@code ?} (one). */
  public static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  private static String nearest(String wanted, List<String> names) {
    List<String> sorted = new ArrayList<>(names);
    sorted.sort(Comparator.comparingInt(name -> distance(wanted, name)));
    return String.join(", ", sorted.stream().limit(3).map(n -> "`" + n + "`").toList());
  }

  static String some(List<String> names) {
    String first = String.join(", ", names.stream().limit(12).toList());
    return names.size() > 12 ? first + " … (" + names.size() + " in all)" : first;
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
