package dev.espalier.engine.operator;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The operators the engine knows: a new one is one new class and one line here. */
public final class Operators {
  private static final Map<String, Operator> ALL = new LinkedHashMap<>();

  static {
    for (Operator operator :
        List.of(
            new Conv(),
            new Gemm(),
            new MatMul(),
            new Arithmetic.Add(),
            new Arithmetic.Sub(),
            new Arithmetic.Mul(),
            new Arithmetic.Div(),
            new Relu(),
            new LeakyRelu(),
            new Sigmoid(),
            new Tanh(),
            new Clip(),
            new Softmax(false),
            new Softmax(true),
            new BatchNormalization(),
            new Pool.Max(),
            new Pool.Average(),
            new Pool.Global(),
            new ReduceMean(),
            new Flatten(),
            new Reshape(),
            new Squeezing(true),
            new Squeezing(false),
            new Transpose(),
            new Concat(),
            new Slice(),
            new Pad(),
            new Identity(),
            new Cast(),
            new Dropout(),
            new Constant(),
            new ShapeOf(),
            new Gather(),
            new Quantization(false),
            new Quantization(true))) {
      ALL.put(operator.type(), operator);
    }
  }

  private Operators() {}

  /** The names of all known operators, sorted. */
  public static List<String> known() {
    return List.copyOf(new TreeSet<>(ALL.keySet()));
  }

  /**
   * The operator of a node.
   *
   * @throws EspalierException naming the node and the known operators when there is none
   */
  public static Operator of(Node node) {
    Operator operator = ALL.get(node.operator());
    if (operator == null || !(node.domain().isEmpty() || node.domain().equals("ai.onnx"))) {
      String name =
          node.domain().isEmpty() ? node.operator() : node.domain() + "." + node.operator();
      throw EspalierException.program(
          "the operator " + name + " is not known",
          "node " + node.name(),
          "known are " + String.join(", ", known()),
          "export the model with these operators");
    }
    return operator;
  }
}
