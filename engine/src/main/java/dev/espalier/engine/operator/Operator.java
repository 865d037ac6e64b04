package dev.espalier.engine.operator;

import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Everything the engine asks about one ONNX operator. A new operator is one class that implements
 * this and one line in {@link Operators}.
 */
public interface Operator {
  /** The ONNX operator's name, {@code Conv}. */
  String type();

  /** The operator set it belongs to; empty is ONNX's own. */
  default String domain() {
    return "";
  }

  /**
   * Shapes of the outputs.
   *
   * @throws dev.espalier.engine.EspalierException naming the node when the inputs do not fit
   */
  List<long[]> shapes(Node node, Inputs inputs);

  /** The element type of the outputs; mostly that of the first input. */
  default DataType outputType(Node node, Inputs inputs) {
    return inputs.size() > 0 && inputs.has(0) ? inputs.type(0) : DataType.FLOAT;
  }

  /**
   * The value of the first output when it follows from shapes and constants alone, as the little
   * integer sums before a Reshape do; empty otherwise. Called after {@link #shapes}.
   */
  default Optional<Tensor> fold(Node node, Inputs inputs) {
    return Optional.empty();
  }

  /**
   * The outputs, differentiable with respect to floating inputs. In training, batch normalisation
   * changes the arrays of its running mean and variance in place.
   *
   * <p>DJL attaches a result to the manager of its first operand. A result whose first operand may
   * be a weight must therefore be attached to {@link Pass#manager()}, or it lives as long as the
   * weight.
   *
   * @param inputs in the node's order; null where an optional input is left out and where the input
   *     is an integer constant, see {@link Pass#constant}
   */
  NDList compute(Node node, NDList inputs, Pass pass);

  /** Multiply-accumulates of one evaluation; 0 where there is no multiplication by weights. */
  default long macs(Node node, Inputs inputs, List<long[]> outputs) {
    return 0;
  }

  /** Declares which channels go together when one is removed. */
  void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties);

  /**
   * The node with the attributes and constant inputs it needs after slices of its inputs were
   * removed along {@link #couple coupled} channels (a grouped convolution's {@code group}, the
   * shape that a Reshape takes).
   *
   * @param remaining its inputs after the removal
   * @param outputs the shapes its outputs have to have then, for batch 1
   */
  default Node refit(Node node, Inputs remaining, List<long[]> outputs, Constants fresh) {
    return node;
  }

  /** Whether a floating constant at input {@code i} is a parameter that training changes. */
  default boolean learns(int i) {
    return false;
  }

  /** What the first output does with the memory of the first input when the model is deployed. */
  default Memory memory() {
    return Memory.OWN;
  }

  /** See {@link #memory()}. */
  enum Memory {
    /** The output has memory of its own. */
    OWN,
    /** The output is written over the input when nothing else reads that. */
    IN_PLACE,
    /** The output is the input seen otherwise: no memory at all. */
    VIEW
  }
}
