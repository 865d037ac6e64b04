package dev.espalier.engine.run;

import dev.espalier.engine.data.Task;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Initializer;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.train.Parameters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A trained graph's architecture as a blueprint: what a control that trains the same small net from
 * scratch starts at (Liu et al. 2019, arXiv:1810.05270).
 */
public final class FreshWeights {
  private static final Set<String> KERNELS = Set.of("Conv", "Gemm", "MatMul");

  private static final Set<String> NORMALISATIONS =
      Set.of("LayerNormalization", "InstanceNormalization", "GroupNormalization");

  private FreshWeights() {}

  /** The blueprint: every weight a rule, by which it is first drawn. */
  public static Graph of(Graph trained) {
    Map<String, Weight> weights = new LinkedHashMap<>(trained.weights());
    for (Node node : trained.nodes()) {
      if (KERNELS.contains(node.operator())) {
        Weight kernel = weights.get(node.input(1));
        if (kernel == null || !floating(trained, node.input(1))) {
          continue;
        }
        long[] shape = kernel.shape();
        long fan = fanIn(node, shape);
        // PyTorch's default for dense and convolution layers: gain sqrt(1/3), bias ±1/sqrt(fan).
        rule(weights, node.input(1), new Initializer.KaimingUniform(fan, Math.sqrt(1.0 / 3)));
        rule(weights, node.input(2), new Initializer.Uniform(1 / Math.sqrt(fan)));
      } else if (node.operator().equals("BatchNormalization")) {
        rule(weights, node.input(1), new Initializer.Constant(1));
        rule(weights, node.input(2), new Initializer.Constant(0));
        rule(weights, node.input(3), new Initializer.Constant(0));
        rule(weights, node.input(4), new Initializer.Constant(1));
      } else if (NORMALISATIONS.contains(node.operator())) {
        rule(weights, node.input(1), new Initializer.Constant(1));
        rule(weights, node.input(2), new Initializer.Constant(0));
      }
    }
    for (String name : Parameters.of(trained)) {
      if (weights.get(name) instanceof Weight.Value v) {
        // Embeddings and positions, and biases that an Add gives to a MatMul's result.
        rule(
            weights,
            name,
            v.tensor().rank() > 1
                ? new Initializer.TruncatedNormal(0.02)
                : new Initializer.Constant(0));
      }
    }
    Map<String, String> metadata = new LinkedHashMap<>(trained.metadata());
    metadata.keySet().removeIf(key -> key.startsWith("espalier.") && !key.equals(Task.KEY));
    return new Graph(
        trained.name(),
        trained.opset(),
        trained.inputs(),
        trained.outputs(),
        trained.nodes(),
        weights,
        metadata);
  }

  private static boolean floating(Graph graph, String weight) {
    return graph.weights().get(weight) instanceof Weight.Value v && v.tensor().isFloating();
  }

  private static long fanIn(Node node, long[] shape) {
    if (node.operator().equals("Conv")) {
      return Tensor.count(shape) / shape[0];
    }
    boolean outputsFirst = node.operator().equals("Gemm") && node.integer("transB", 0) == 1;
    return outputsFirst ? shape[1] : shape[0];
  }

  private static void rule(Map<String, Weight> weights, String name, Initializer initializer) {
    Weight old = weights.get(name);
    if (old != null) {
      weights.put(
          name,
          new Weight.Rule(java.util.Arrays.stream(old.shape()).boxed().toList(), initializer));
    }
  }
}
