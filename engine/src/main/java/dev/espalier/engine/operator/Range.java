package dev.espalier.engine.operator;

import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;

/** Numbers from a start to before a limit, by a step; all three constant. */
final class Range implements Operator {
  @Override
  public String type() {
    return "Range";
  }

  private static Tensor made(Node node, Inputs inputs) {
    double[] bounds = new double[3];
    boolean floats = false;
    for (int i = 0; i < 3; i++) {
      Optional<Tensor> t = inputs.constant(i);
      if (t.isEmpty() || t.get().size() != 1) {
        throw Refusal.unsupported(
            node, "bounds computed from the data", "export the model with constant bounds");
      }
      floats = t.get().isFloating();
      bounds[i] = floats ? t.get().floats()[0] : t.get().longs()[0];
    }
    double count = Math.max(0, Math.ceil((bounds[1] - bounds[0]) / bounds[2]));
    if (!(count <= Folding.MOST)) {
      throw Refusal.misfit(node, "from " + bounds[0] + " to " + bounds[1] + " by " + bounds[2]);
    }
    long[] shape = {(long) count};
    if (floats) {
      float[] out = new float[(int) count];
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) (bounds[0] + i * bounds[2]);
      }
      return Tensor.ofFloats(shape, out);
    }
    long[] out = new long[(int) count];
    for (int i = 0; i < out.length; i++) {
      out[i] = (long) (bounds[0] + i * bounds[2]);
    }
    return Tensor.ofIntegers(inputs.type(0), shape, out);
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 3);
    return List.of(made(node, inputs).shape());
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    return Optional.of(made(node, inputs));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    throw new IllegalStateException("range " + node.name() + " is folded, never computed");
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    ties.freeze(node.output(), 0);
  }
}
