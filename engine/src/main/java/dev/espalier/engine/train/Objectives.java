package dev.espalier.engine.train;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** What training makes small for each task, and which models suit it. */
final class Objectives {
  private Objectives() {}

  /** The loss of a task on samples of a split. */
  static Objective of(Task task, Split split) {
    if (task instanceof Task.Classification) {
      int[] labels = split.labels();
      return (logits, columns, batch, gradient) -> {
        int[] rows = batch.rows();
        double[] scratch = new double[columns];
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
          int label = labels[rows[i]];
          sum +=
              columns == 1
                  ? Losses.sigmoidCrossEntropy(logits, i, label, 1.0 / rows.length, gradient)
                  : Losses.crossEntropy(
                      logits, i * columns, columns, label, 1.0 / rows.length, scratch, gradient);
        }
        return sum / rows.length;
      };
    }
    if (task instanceof Task.Reconstruction) {
      return (outputs, columns, batch, gradient) -> {
        float[] wanted = Upload.read(batch.input());
        return squares(outputs, columns, batch.rows().length, wanted, i -> i, gradient);
      };
    }
    float[] targets = split.targets();
    return (outputs, columns, batch, gradient) ->
        squares(outputs, columns, batch.rows().length, targets, i -> batch.rows()[i], gradient);
  }

  /** The mean of the squared errors over samples and columns. */
  private static double squares(
      float[] outputs,
      int columns,
      int samples,
      float[] targets,
      IntUnaryOperator target,
      float[] gradient) {
    double share = 1.0 / ((double) samples * columns);
    double sum = 0;
    for (int i = 0; i < samples; i++) {
      int row = i * columns;
      int from = target.applyAsInt(i) * columns;
      sum += Losses.squared(outputs, row, columns, targets, from, share, gradient);
    }
    return sum * share;
  }

  /**
   * Refuses a model whose outputs are not what the task asks for.
   *
   * @param outputs numbers that it gives for a sample
   */
  static void check(Task task, Graph graph, int outputs) {
    String last = last(graph);
    if (task instanceof Task.Classification c) {
      int classes = c.outputs();
      if (outputs == 1 && classes == 2 && last.equals("Sigmoid")) {
        throw EspalierException.program(
            "the model ends in a Sigmoid",
            graph.name(),
            "the loss takes the logit before it, and would bend it a second time",
            "export the model without its last Sigmoid");
      }
      if (outputs < classes && !(outputs == 1 && classes == 2)) {
        throw EspalierException.program(
            "the model and the data do not fit",
            graph.name(),
            "the model tells " + outputs + " classes apart, the data has " + classes,
            "take a model with as many outputs as the data has classes");
      }
      return;
    }
    if (last.equals("Softmax") || last.equals("LogSoftmax")) {
      throw EspalierException.program(
          "the model ends in a " + last,
          graph.name(),
          "its outputs are probabilities of classes, and this is " + task.describe(),
          "take a model that ends in a dense layer");
    }
    if (outputs != task.outputs()) {
      throw EspalierException.program(
          "the model and the data do not fit",
          graph.name(),
          "the model gives "
              + outputs
              + (outputs == 1 ? " number" : " numbers")
              + " for a sample, and "
              + task.describe()
              + " takes "
              + task.outputs(),
          "take a model with so many outputs");
    }
  }

  /** The operator that makes the graph's output; empty when none does. */
  private static String last(Graph graph) {
    String output = graph.prediction().name();
    Optional<Node> node =
        graph.nodes().stream().filter(n -> n.outputs().contains(output)).findFirst();
    return node.map(Node::operator).orElse("");
  }
}
