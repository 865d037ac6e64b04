package dev.espalier.engine.quantize;

import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Folds batch normalisation into the convolution or dense layer before it (Jacob et al. 2018,
 * arXiv:1712.05877, section 3.2): in inference it is one multiplication and one addition a channel,
 * which the layer's own weights take over. Zeros of the weights stay zeros.
 */
public final class BatchNormFolding {
  private BatchNormFolding() {}

  /**
   * The same function with each BatchNormalization folded that directly follows a Conv or Gemm and
   * is the only reader of its output. Others stay.
   */
  public static Graph fold(Graph graph) {
    Uses uses = new Uses(graph);
    Map<String, Weight> weights = new LinkedHashMap<>(graph.weights());
    Map<String, Node> changed = new LinkedHashMap<>();
    List<String> gone = new ArrayList<>();
    for (Node norm : graph.nodes()) {
      if (!norm.operator().equals("BatchNormalization") || norm.integer("training_mode", 0) != 0) {
        continue;
      }
      Optional<Node> before = uses.onlyReader(norm, 0);
      if (before.isEmpty() || changed.containsKey(before.get().name())) {
        continue;
      }
      fold(graph, uses, before.get(), norm, weights)
          .ifPresent(
              layer -> {
                changed.put(layer.name(), layer);
                gone.add(norm.name());
              });
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (!gone.contains(node.name())) {
        nodes.add(changed.getOrDefault(node.name(), node));
      }
    }
    return graph.with(nodes, weights).withoutUnread();
  }

  private static Optional<Node> fold(
      Graph graph, Uses uses, Node layer, Node norm, Map<String, Weight> weights) {
    boolean conv = layer.operator().equals("Conv");
    if (!layer.domain().isEmpty()
        || !(conv || layer.operator().equals("Gemm"))
        || norm.outputs().stream().skip(1).anyMatch(o -> !o.isEmpty())
        || !graph.hasWeight(layer.input(1))
        || !(layer.input(2).isEmpty() || graph.hasWeight(layer.input(2)))
        || norm.inputs().stream().skip(1).anyMatch(i -> !graph.hasWeight(i))) {
      return Optional.empty();
    }
    Tensor kernel = graph.tensor(layer.input(1));
    int axis = conv || layer.integer("transB", 0) != 0 ? 0 : 1;
    int channels = Math.toIntExact(kernel.dim(axis));
    float[] gain = graph.tensor(norm.input(1)).floats();
    float[] shift = graph.tensor(norm.input(2)).floats();
    float[] mean = graph.tensor(norm.input(3)).floats();
    float[] variance = graph.tensor(norm.input(4)).floats();
    double epsilon = norm.real("epsilon", 1e-5f);
    double beta = conv ? 1 : layer.real("beta", 1);
    float[] old = layer.input(2).isEmpty() ? new float[1] : graph.tensor(layer.input(2)).floats();
    if (gain.length != channels || (old.length != 1 && old.length != channels)) {
      return Optional.empty();
    }
    double[] factor = new double[channels];
    float[] bias = new float[channels];
    for (int c = 0; c < channels; c++) {
      factor[c] = gain[c] / Math.sqrt(variance[c] + epsilon);
      bias[c] = (float) ((beta * old[old.length == 1 ? 0 : c] - mean[c]) * factor[c] + shift[c]);
    }
    float[] values = kernel.floats().clone();
    int inner = 1;
    for (int i = axis + 1; i < kernel.rank(); i++) {
      inner *= Math.toIntExact(kernel.dim(i));
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * factor[i / inner % channels]);
    }
    String kernelName = uses.own(layer.input(1), layer.name() + ".weight", weights);
    weights.put(kernelName, new Weight.Value(Tensor.ofFloats(kernel.shape(), values)));
    String biasName = uses.own(layer.input(2), layer.name() + ".bias", weights);
    weights.put(biasName, new Weight.Value(Tensor.ofFloats(new long[] {channels}, bias)));
    Node folded =
        layer
            .withInputs(List.of(layer.input(0), kernelName, biasName))
            .withOutputs(List.of(norm.output()));
    return Optional.of(beta == 1 ? folded : folded.with("beta", new Attribute.Real(1)));
  }
}
