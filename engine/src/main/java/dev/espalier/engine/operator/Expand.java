package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;

/** Broadcast to a shape; a 1 in that shape keeps the input's dimension. */
final class Expand implements Operator {
  @Override
  public String type() {
    return "Expand";
  }

  private static long[] target(Node node, long[] x, Optional<long[]> given) {
    long[] wanted = Operands.needed(node, given, "a shape");
    for (long d : wanted) {
      if (d < 0) {
        throw Refusal.misfit(node, Refusal.shape(wanted) + " is no shape");
      }
    }
    return Axes.broadcast(node, x, wanted);
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    return List.of(target(node, inputs.shape(0), Operands.integers(inputs, 1)));
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    long[] shape = shapes(node, inputs).get(0);
    if (Tensor.count(shape) > Folding.MOST) {
      return Optional.empty();
    }
    return inputs.constant(0).map(t -> Folding.spread(t, shape));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = Operands.of(node, inputs, 0, pass);
    long[] shape = target(node, x.getShape().getShape(), Operands.integers(node, 1, pass));
    return Operands.made(x.broadcast(new Shape(shape)), pass);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    Axes.tieBroadcast(node.input(0), inputs.shape(0), node.output(), outputs.get(0), ties);
  }

  @Override
  public Node refit(Node node, Inputs remaining, List<long[]> outputs, Constants fresh) {
    return fresh.shape(node, 1, outputs.get(0));
  }
}
