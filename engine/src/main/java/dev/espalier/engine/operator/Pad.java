package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A constant around the tensor, or its own numbers: mirrored without the edge ({@code reflect}),
 * the edge again and again ({@code edge}), or from the other side ({@code wrap}). Amounts are input
 * 1 since opset 11 and an attribute before; the constant is input 2; opset 18 may name the axes in
 * input 3. Negative amounts cut.
 */
final class Pad implements Operator {
  @Override
  public String type() {
    return "Pad";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    long[] out = inputs.shape(0).clone();
    long[] pads = pads(node, out.length, name -> constant(node, inputs, name));
    boolean mirrored = mode(node).equals("reflect");
    for (int i = 0; i < out.length; i++) {
      long most = Math.max(pads[i], pads[i + out.length]);
      if (most > 0 && !mode(node).equals("constant") && most > out[i] - (mirrored ? 1 : 0)) {
        throw Refusal.misfit(
            node, "pads " + Refusal.shape(pads) + " take more than " + Refusal.shape(out) + " has");
      }
      out[i] = Math.addExact(out[i], Math.addExact(pads[i], pads[i + out.length]));
      if (out[i] < 0) {
        throw Refusal.misfit(node, "pads " + Refusal.shape(pads) + " cut more than there is");
      }
    }
    return List.of(out);
  }

  private static Optional<Tensor> constant(Node node, Inputs inputs, String name) {
    return inputs.constant(node.inputs().indexOf(name));
  }

  private static String mode(Node node) {
    String mode = node.text("mode", "constant");
    return switch (mode) {
      case "constant", "reflect", "edge", "wrap" -> mode;
      default -> throw Refusal.misfit(node, "mode " + mode + " is not in ONNX");
    };
  }

  private static long[] pads(Node node, int rank, Function<String, Optional<Tensor>> constants) {
    long[] given =
        node.input(1).isEmpty()
            ? node.integers("pads")
            : whole(node, constants.apply(node.input(1)));
    long[] axes = node.input(3).isEmpty() ? null : whole(node, constants.apply(node.input(3)));
    int count = axes == null ? rank : axes.length;
    if (given.length != 2 * count) {
      throw Refusal.misfit(node, "pads " + Refusal.shape(given) + " do not fit the input");
    }
    long[] pads = new long[2 * rank];
    for (int i = 0; i < count; i++) {
      int axis = axes == null ? i : Refusal.axis(node, axes[i], rank);
      pads[axis] = given[i];
      pads[axis + rank] = given[i + count];
    }
    return pads;
  }

  /** Which slice of an axis each slice of the padded axis is. */
  private static long[] from(String mode, long size, long before, long after) {
    long[] from = new long[Math.toIntExact(before + size + after)];
    for (int i = 0; i < from.length; i++) {
      long at = i - before;
      from[i] =
          switch (mode) {
            case "edge" -> Math.max(0, Math.min(size - 1, at));
            case "wrap" -> Math.floorMod(at, size);
            default -> at < 0 ? -at : at < size ? at : 2 * (size - 1) - at;
          };
    }
    return from;
  }

  private static long[] whole(Node node, Optional<Tensor> value) {
    if (value.isEmpty() || value.get().isFloating()) {
      throw Refusal.unsupported(
          node, "amounts that are computed", "export the model with constant padding");
    }
    return value.get().longs();
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = inputs.get(0);
    int rank = x.getShape().dimension();
    long[] pads = pads(node, rank, pass::constant);
    if (!mode(node).equals("constant")) {
      NDArray y = x;
      for (int axis = 0; axis < rank; axis++) {
        if (pads[axis] != 0 || pads[axis + rank] != 0) {
          long[] from = from(mode(node), x.size(axis), pads[axis], pads[axis + rank]);
          y = Selection.of(y, axis, from, pass);
        }
      }
      return Operands.made(y.reshape(y.getShape()), pass);
    }
    double value = node.real("value", 0);
    if (!node.input(2).isEmpty()) {
      Optional<Tensor> t = pass.constant(node.input(2));
      if (t.isEmpty() || !t.get().isFloating() || t.get().size() != 1) {
        throw Refusal.unsupported(
            node, "a value that is no constant number", "export the model with a constant value");
      }
      value = t.get().floats()[0];
    }
    long[] reversed = new long[2 * rank];
    for (int i = 0; i < rank; i++) {
      reversed[2 * i] = pads[rank - 1 - i];
      reversed[2 * i + 1] = pads[2 * rank - 1 - i];
    }
    NDArray y = Operands.padded(x, reversed, value);
    y.attach(pass.manager());
    return new NDList(y);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    long[] pads = pads(node, x.length, name -> constant(node, inputs, name));
    for (int axis = 0; axis < x.length; axis++) {
      if (pads[axis] == 0 && pads[axis + x.length] == 0) {
        ties.tie(node.input(0), axis, node.output(), axis, (int) x[axis]);
      } else {
        // The padded slices have no weights behind them, and the amounts are fixed.
        ties.freeze(node.input(0), axis);
        ties.freeze(node.output(), axis);
      }
    }
  }
}
