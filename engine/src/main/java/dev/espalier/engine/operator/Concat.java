package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;

/** Tensors side by side along one axis. */
final class Concat implements Operator {
  @Override
  public String type() {
    return "Concat";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, Math.max(1, inputs.size()));
    long[] out = inputs.shape(0).clone();
    int axis = Refusal.axis(node, node.integer("axis", 0), out.length);
    for (int i = 1; i < inputs.size(); i++) {
      long[] x = inputs.shape(i);
      boolean fits = x.length == out.length;
      for (int d = 0; fits && d < x.length; d++) {
        fits = d == axis || x[d] == out[d];
      }
      if (!fits) {
        throw Refusal.misfit(
            node,
            Refusal.shape(inputs.shape(0))
                + " and "
                + Refusal.shape(x)
                + " differ beside axis "
                + axis);
      }
      out[axis] += x[axis];
    }
    return List.of(out);
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    int total = 0;
    for (int i = 0; i < inputs.size(); i++) {
      Optional<Tensor> t = inputs.constant(i);
      if (t.isEmpty() || t.get().rank() != 1 || t.get().size() > Folding.MOST) {
        return Optional.empty();
      }
      total += t.get().size();
    }
    boolean floats = inputs.constant(0).orElseThrow().isFloating();
    long[] whole = new long[floats ? 0 : total];
    float[] reals = new float[floats ? total : 0];
    int at = 0;
    for (int i = 0; i < inputs.size(); i++) {
      Tensor part = inputs.constant(i).orElseThrow();
      if (part.isFloating() != floats) {
        throw Refusal.misfit(node, "it joins whole numbers and floats");
      }
      Object from = floats ? part.floats() : part.longs();
      System.arraycopy(from, 0, floats ? reals : whole, at, part.size());
      at += part.size();
    }
    return Optional.of(
        floats
            ? Tensor.ofFloats(new long[] {total}, reals)
            : Tensor.ofIntegers(inputs.type(0), new long[] {total}, whole));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDList parts = new NDList(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      parts.add(Operands.of(node, inputs, i, pass));
    }
    int axis = Refusal.axis(node, node.integer("axis", 0), parts.get(0).getShape().dimension());
    if (parts.stream().anyMatch(p -> p.size() > 0)) {
      parts.removeIf(p -> p.size() == 0);
    }
    return Operands.made(NDArrays.concat(parts, axis), pass);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    int axis = Refusal.axis(node, node.integer("axis", 0), outputs.get(0).length);
    int offset = 0;
    for (int i = 0; i < inputs.size(); i++) {
      long[] x = inputs.shape(i);
      for (int d = 0; d < x.length; d++) {
        for (int k = 0; k < x[d]; k++) {
          ties.tie(node.input(i), d, k, node.output(), d, d == axis ? k + offset : k);
        }
      }
      offset += (int) x[axis];
    }
  }
}
