package dev.espalier.engine.operator;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Node;
import java.util.Arrays;

/** The one place where operators make their errors: each names the node. */
final class Refusal {
  private Refusal() {}

  /** The inputs do not fit. */
  static EspalierException misfit(Node node, String why) {
    return EspalierException.program(
        node.operator() + " `" + node.name() + "` does not fit its inputs",
        where(node),
        why,
        "mend the layer, or the layer before it");
  }

  /** The node asks for something that this engine does not have. */
  static EspalierException unsupported(Node node, String what, String fix) {
    return EspalierException.program(
        node.operator() + " `" + node.name() + "` uses " + what + ", which is not supported",
        where(node),
        "",
        fix);
  }

  static String shape(long... shape) {
    return Arrays.toString(shape);
  }

  static void rank(Node node, long[] shape, int least, int most) {
    if (shape.length < least || shape.length > most) {
      throw misfit(
          node,
          "the input has shape "
              + shape(shape)
              + "; it must have "
              + (least == most ? Integer.toString(least) : least + " to " + most)
              + " dimensions");
    }
  }

  /** The axis counted from the front. */
  static int axis(Node node, long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw misfit(node, "axis " + axis + " is not in a tensor of " + rank + " dimensions");
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  static void given(Node node, Inputs inputs, int least) {
    for (int i = 0; i < least; i++) {
      if (!inputs.has(i)) {
        throw misfit(node, "input " + i + " is missing");
      }
    }
  }

  private static String where(Node node) {
    return "node " + node.name();
  }
}
