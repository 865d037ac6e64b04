package dev.espalier.engine.operator;

import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import java.util.List;

/**
 * Everything the engine asks about one ONNX operator. A new operator is one class that implements
 * this and one line in {@link Operators}.
 */
public interface Operator {
  /** The ONNX operator's name, {@code Conv}. */
  String type();

  /**
   * Shapes of the outputs.
   *
   * @throws dev.espalier.engine.EspalierException naming the node when the inputs do not fit
   */
  List<long[]> shapes(Node node, Inputs inputs);

  /**
   * The outputs, differentiable with respect to floating inputs.
   *
   * <p>A result must not be attached to a weight's manager: write {@code x.mul(w)}, not {@code
   * w.mul(x)}.
   *
   * @param inputs in the node's order; null where an optional input is left out
   */
  NDList compute(Node node, NDList inputs, Pass pass);

  /** Multiply-accumulates of one evaluation; 0 where there is no multiplication by weights. */
  default long macs(Node node, Inputs inputs, List<long[]> outputs) {
    return 0;
  }

  /** Declares which channels go together when one is removed. */
  void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties);
}
