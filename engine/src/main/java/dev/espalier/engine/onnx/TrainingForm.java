package dev.espalier.engine.onnx;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A model exported in training mode, as it is deployed: batch normalisation by its running
 * statistics, dropout switched off. Both still train here; what they do in training is the
 * trainer's to say, not the file's.
 *
 * @param statistics outputs of the graph that went with it: the running statistics after a step
 */
record TrainingForm(List<Node> nodes, Set<String> statistics) {

  /**
   * Removes the training form.
   *
   * @throws EspalierException when another node reads what only training computes
   */
  static TrainingForm removed(List<Node> nodes, List<String> outputs, String where) {
    Set<String> statistics = new HashSet<>();
    Set<String> gone = new HashSet<>();
    Set<String> read = new HashSet<>();
    nodes.forEach(n -> read.addAll(n.inputs()));
    List<Node> out = new ArrayList<>();
    for (Node node : nodes) {
      if (!node.domain().isEmpty()) {
        out.add(node);
      } else if (node.operator().equals("BatchNormalization")) {
        // Opset 14 says it by an attribute; before, more than one output did.
        gone.addAll(node.outputs().subList(1, node.outputs().size()));
        out.add(node.without("training_mode").withOutputs(List.of(node.output())));
      } else if (node.operator().equals("Dropout")) {
        boolean mask =
            node.outputs().size() > 1
                && (read.contains(node.outputs().get(1))
                    || outputs.contains(node.outputs().get(1)));
        Node plain = mask ? node : node.withOutputs(List.of(node.output()));
        out.add(
            plain.inputs().size() > 2
                ? plain.withInputs(plain.inputs().subList(0, plain.input(1).isEmpty() ? 1 : 2))
                : plain);
      } else {
        out.add(node);
      }
    }
    gone.remove("");
    for (Node node : out) {
      for (String input : node.inputs()) {
        if (gone.contains(input)) {
          throw EspalierException.program(
              "a node reads the running statistics that batch normalisation computes in training",
              where + ", node " + node.name() + " (" + node.operator() + ")",
              "there are none when the model is deployed",
              "export the model for inference: model.eval() in torch");
        }
      }
    }
    outputs.stream().filter(gone::contains).forEach(statistics::add);
    return new TrainingForm(out, statistics);
  }
}
