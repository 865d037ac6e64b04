package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Consecutive pieces along one axis: of sizes in input 1 (an attribute before opset 13), or alike.
 */
final class Split implements Operator {
  @Override
  public String type() {
    return "Split";
  }

  private static long[] sizes(Node node, long whole, Optional<long[]> given) {
    int count = node.outputs().size();
    long[] sizes =
        node.input(1).isEmpty() ? node.integers("split") : Operands.needed(node, given, "sizes");
    if (sizes.length == 0) {
      long each = (whole + count - 1) / count;
      sizes = new long[count];
      Arrays.fill(sizes, each);
      sizes[count - 1] = whole - each * (count - 1);
    }
    if (sizes.length != count
        || Arrays.stream(sizes).anyMatch(s -> s < 0)
        || Arrays.stream(sizes).sum() != whole) {
      throw Refusal.misfit(
          node, "pieces of " + Refusal.shape(sizes) + " are not an axis of " + whole);
    }
    return sizes;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    long[] x = inputs.shape(0);
    int axis = Refusal.axis(node, node.integer("axis", 0), x.length);
    List<long[]> out = new ArrayList<>();
    for (long size : sizes(node, x[axis], Operands.integers(inputs, 1))) {
      long[] piece = x.clone();
      piece[axis] = size;
      out.add(piece);
    }
    return out;
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = Operands.of(node, inputs, 0, pass);
    int axis = Refusal.axis(node, node.integer("axis", 0), x.getShape().dimension());
    long[] sizes = sizes(node, x.size(axis), Operands.integers(node, 1, pass));
    long[] cuts = new long[sizes.length - 1];
    long at = 0;
    for (int i = 0; i < cuts.length; i++) {
      at += sizes[i];
      cuts[i] = at;
    }
    NDList pieces = x.split(cuts, axis);
    pieces.attach(pass.manager());
    return pieces;
  }

  @Override
  public DataType outputType(Node node, Inputs inputs) {
    return inputs.type(0);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    int axis = Refusal.axis(node, node.integer("axis", 0), x.length);
    int offset = 0;
    for (int i = 0; i < outputs.size(); i++) {
      long[] piece = outputs.get(i);
      int size = (int) shapes(node, inputs).get(i)[axis];
      if (piece.length > 0) {
        for (int d = 0; d < x.length; d++) {
          for (int k = 0; k < piece[d]; k++) {
            ties.tie(node.input(0), d, d == axis ? k + offset : k, node.outputs().get(i), d, k);
          }
        }
      }
      offset += size;
    }
  }

  /** The sizes that are left; {@code outputs} tells them. */
  @Override
  public Node refit(Node node, Inputs remaining, List<long[]> outputs, Constants fresh) {
    long[] x = remaining.shape(0);
    int axis = Refusal.axis(node, node.integer("axis", 0), x.length);
    long[] sizes = new long[outputs.size()];
    long rest = x[axis];
    int unread = -1;
    for (int i = 0; i < sizes.length; i++) {
      if (outputs.get(i).length == 0) {
        unread = i;
      } else {
        sizes[i] = outputs.get(i)[axis];
        rest -= sizes[i];
      }
    }
    if (unread >= 0) {
      sizes[unread] = rest;
    }
    if (node.attributes().containsKey("split")) {
      return node.with("split", new Attribute.Ints(Arrays.stream(sizes).boxed().toList()));
    }
    Node without = node.without("num_outputs");
    return fresh.integers(without, 1, sizes);
  }
}
