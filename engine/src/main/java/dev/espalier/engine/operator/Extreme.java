package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import java.util.List;

/** ArgMax and ArgMin: where along an axis the largest or the smallest number is, as int64. */
final class Extreme implements Operator {
  private final boolean largest;

  Extreme(boolean largest) {
    this.largest = largest;
  }

  @Override
  public String type() {
    return largest ? "ArgMax" : "ArgMin";
  }

  private static int axis(Node node, int rank) {
    return Refusal.axis(node, node.integer("axis", 0), rank);
  }

  private static boolean keeps(Node node) {
    return node.integer("keepdims", 1) != 0;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    long[] x = inputs.shape(0);
    int axis = axis(node, x.length);
    if (node.integer("select_last_index", 0) != 0) {
      throw Refusal.unsupported(node, "select_last_index", "take the first of equal numbers");
    }
    if (x[axis] == 0) {
      throw Refusal.misfit(node, "axis " + axis + " of " + Refusal.shape(x) + " is empty");
    }
    long[] out = new long[keeps(node) ? x.length : x.length - 1];
    int n = 0;
    for (int i = 0; i < x.length; i++) {
      if (i != axis) {
        out[n++] = x[i];
      } else if (keeps(node)) {
        out[n++] = 1;
      }
    }
    return List.of(out);
  }

  @Override
  public DataType outputType(Node node, Inputs inputs) {
    return DataType.INT64;
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = Operands.of(node, inputs, 0, pass);
    int axis = axis(node, x.getShape().dimension());
    NDArray y = largest ? x.argMax(axis) : x.argMin(axis);
    return Operands.made(keeps(node) ? y.expandDims(axis) : y, pass);
  }

  /** Indices are numbers: nothing before them may move. */
  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    int axis = axis(node, x.length);
    int at = 0;
    for (int i = 0; i < x.length; i++) {
      if (i == axis) {
        ties.freeze(node.input(0), i);
        at += keeps(node) ? 1 : 0;
      } else {
        ties.tie(node.input(0), i, node.output(), at++, (int) x[i]);
      }
    }
  }
}
