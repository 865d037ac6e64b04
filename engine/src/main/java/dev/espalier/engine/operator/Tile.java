package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import java.util.List;
import java.util.Optional;

/** Each axis repeated, whole after whole. */
final class Tile implements Operator {
  @Override
  public String type() {
    return "Tile";
  }

  private static long[] repeats(Node node, int rank, Optional<long[]> given) {
    long[] repeats = Operands.needed(node, given, "repeats");
    if (repeats.length != rank) {
      throw Refusal.misfit(node, "it repeats " + repeats.length + " axes of " + rank);
    }
    for (long r : repeats) {
      if (r < 0) {
        throw Refusal.misfit(node, "it repeats " + r + " times");
      }
    }
    return repeats;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    long[] out = inputs.shape(0).clone();
    long[] repeats = repeats(node, out.length, Operands.integers(inputs, 1));
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.multiplyExact(out[i], repeats[i]);
    }
    return List.of(out);
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = Operands.of(node, inputs, 0, pass);
    long[] repeats = repeats(node, x.getShape().dimension(), Operands.integers(node, 1, pass));
    return Operands.made(x.tile(repeats), pass);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    for (int axis = 0; axis < x.length; axis++) {
      for (int k = 0; k < outputs.get(0)[axis]; k++) {
        ties.tie(node.input(0), axis, k % (int) x[axis], node.output(), axis, k);
      }
    }
  }
}
