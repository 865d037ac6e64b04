package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import java.util.Arrays;
import java.util.List;

/**
 * Batch normalisation over all axes but the channel's. Ioffe, Szegedy 2015, arXiv:1502.03167.
 *
 * <p>X [N, C, …], scale, B, mean, variance [C] → Y as X. In training the batch's own statistics
 * normalise and the running ones become momentum·running + (1 − momentum)·batch, the variance with
 * Bessel's correction as PyTorch has it.
 */
final class BatchNormalization implements Operator {
  @Override
  public String type() {
    return "BatchNormalization";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 5);
    long[] x = inputs.shape(0);
    Refusal.rank(node, x, 2, Window.MOST_AXES + 2);
    for (int i = 1; i < 5; i++) {
      if (!Arrays.equals(inputs.shape(i), new long[] {x[1]})) {
        throw Refusal.misfit(
            node,
            "input "
                + i
                + " is "
                + Refusal.shape(inputs.shape(i))
                + "; the input "
                + Refusal.shape(x)
                + " has "
                + x[1]
                + " channels");
      }
    }
    if (node.outputs().stream().filter(o -> !o.isEmpty()).count() > 1) {
      throw Refusal.unsupported(
          node, "running statistics as outputs", "export the model for inference");
    }
    return List.of(x);
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = inputs.get(0);
    return x.getNDArrayInternal()
        .batchNorm(
            x,
            inputs.get(3),
            inputs.get(4),
            inputs.get(1),
            inputs.get(2),
            1,
            node.real("momentum", 0.9f),
            node.real("epsilon", 1e-5f),
            pass.training());
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    Axes.tieAll(node.input(0), node.output(), x, ties);
    for (int i = 1; i < 5; i++) {
      ties.tie(node.output(), 1, node.input(i), 0, (int) x[1]);
    }
  }

  @Override
  public boolean learns(int i) {
    return i == 1 || i == 2;
  }

  /** In deployment it is folded into the convolution before it, or done where the data lies. */
  @Override
  public Memory memory() {
    return Memory.IN_PLACE;
  }
}
