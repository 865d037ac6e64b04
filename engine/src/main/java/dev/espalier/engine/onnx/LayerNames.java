package dev.espalier.engine.onnx;

import dev.espalier.engine.graph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Gives every node a unique name that a user would recognise. What an exporter made up ({@code
 * /layer1/layer1.0/conv1/Conv}, {@code node_conv2d_3}) gives way to the module's name in the
 * framework, which weights carry: {@code layer1.0.conv1.weight}.
 */
final class LayerNames {
  private static final Pattern MADE_UP = Pattern.compile("/.*|node_.*|n\\d+");
  private static final String WEIGHT = ".weight";

  private LayerNames() {}

  static List<Node> give(List<Node> nodes, Set<String> weights) {
    String[] names = new String[nodes.size()];
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < names.length; i++) {
      String name = wanted(nodes.get(i), weights);
      // Names that the file gives go before derived ones; the first to want a name gets it.
      if (!name.isEmpty() && name.equals(nodes.get(i).name()) && taken.add(name)) {
        names[i] = name;
      }
    }
    List<Node> named = new ArrayList<>();
    Map<String, Integer> last = new HashMap<>();
    for (int i = 0; i < names.length; i++) {
      Node node = nodes.get(i);
      if (names[i] == null) {
        String base = wanted(node, weights);
        String name = base;
        if (base.isEmpty()) {
          base = node.operator().toLowerCase(Locale.ROOT);
          name = base + "_" + last.merge(base, 1, Integer::sum);
        }
        // Counting on from the last number keeps thousands of equal names linear.
        while (!taken.add(name)) {
          name = base + "_" + last.merge(base, 1, Integer::sum);
        }
        names[i] = name;
      }
      named.add(
          new Node(
              names[i],
              node.operator(),
              node.domain(),
              node.inputs(),
              node.outputs(),
              node.attributes()));
    }
    return named;
  }

  /** The name that suits the node best; empty when nothing does. */
  private static String wanted(Node node, Set<String> weights) {
    String given = node.name();
    boolean counted = given.matches(Pattern.quote(node.operator()) + "_\\d+");
    if (!given.isEmpty() && !counted && !MADE_UP.matcher(given).matches()) {
      return given;
    }
    for (int i = 1; i < node.inputs().size(); i++) {
      String input = node.inputs().get(i);
      if (weights.contains(input) && input.endsWith(WEIGHT) && input.length() > WEIGHT.length()) {
        return input.substring(0, input.length() - WEIGHT.length());
      }
    }
    return given.startsWith("/") ? fromScope(given, node, weights) : given;
  }

  /**
   * {@code /layer1/layer1.0/conv1/Conv} is module {@code layer1.0.conv1}; a node without weights
   * keeps its operator: {@code layer1.0.Add}.
   */
  private static String fromScope(String scope, Node node, Set<String> weights) {
    String[] parts = scope.substring(1).split("/");
    int end = parts.length;
    boolean layer = node.inputs().stream().skip(1).anyMatch(weights::contains);
    if (layer && end > 1 && parts[end - 1].equals(node.operator())) {
      end--;
    }
    StringBuilder name = new StringBuilder();
    String before = "";
    for (int i = 0; i < end; i++) {
      // A scope repeats the path of the module it is in: layer1, then layer1.0.
      if (!before.isEmpty() && parts[i].startsWith(before + ".")) {
        name.setLength(name.length() - before.length());
      } else if (!name.isEmpty()) {
        name.append('.');
      }
      name.append(parts[i]);
      before = parts[i];
    }
    return name.toString();
  }
}
