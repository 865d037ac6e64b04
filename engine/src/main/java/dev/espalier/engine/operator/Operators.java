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
    for (List<Operator> some :
        List.of(
            Unary.all(),
            Truth.all(),
            Binary.all(),
            Variadic.all(),
            Reduction.all(),
            Recurrent.all(),
            single())) {
      some.forEach(operator -> ALL.put(name(operator.domain(), operator.type()), operator));
    }
  }

  private static List<Operator> single() {
    return List.of(
        new Conv(),
        new ConvTranspose(),
        new Gemm(),
        new MatMul(),
        new Einsum(),
        new Clip(),
        new Softmax(false),
        new Softmax(true),
        new BatchNormalization(),
        new Normalization.Layer(),
        new Normalization.Instance(),
        new Normalization.Group(),
        new Lrn(),
        new Pool.Max(),
        new Pool.Average(),
        new Pool.Global(false),
        new Pool.Global(true),
        new Flatten(),
        new Reshape(),
        new Squeezing(true),
        new Squeezing(false),
        new Transpose(),
        new Expand(),
        new Tile(),
        new Concat(),
        new Split(),
        new Slice(),
        new Gather(),
        new GatherElements(),
        new GatherNd(),
        new OneHot(),
        new Extreme(true),
        new Extreme(false),
        new CumSum(),
        new Where(),
        new Trilu(),
        new Pad(),
        new Resize(),
        new DepthSpace(true),
        new DepthSpace(false),
        new Identity(),
        new Cast(),
        new Dropout(),
        new Constant(),
        new ConstantOfShape(),
        new Range(),
        new ShapeOf(),
        new SizeOf(),
        new ArrayFeatureExtractor(),
        new Scaler(),
        new Quantization(false),
        new Quantization(true));
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
    String name = name(node.domain(), node.operator());
    Operator operator = ALL.get(name);
    if (operator == null) {
      throw EspalierException.program(
          "the operator " + name + " is not known",
          "node " + node.name(),
          "known are " + String.join(", ", known()),
          "export the model with these operators");
    }
    return operator;
  }

  private static String name(String domain, String operator) {
    return domain.isEmpty() || domain.equals("ai.onnx") ? operator : domain + "." + operator;
  }
}
