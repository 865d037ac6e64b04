package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** The functions of one number, each in a line of {@link #all}. */
final class Unary extends Elementwise {
  /** SELU's constants: Klambauer et al. 2017, arXiv:1706.02515. */
  private static final float SELU_ALPHA = 1.67326319217681884765625f;

  private static final float SELU_GAMMA = 1.05070102214813232421875f;

  /** What a node makes of an array; its attributes are parameters. */
  @FunctionalInterface
  private interface Function {
    NDArray apply(Node node, NDArray x);
  }

  private final Function function;
  private final DoubleUnaryOperator number;

  private Unary(String type, Function function, DoubleUnaryOperator number) {
    super(type);
    this.function = function;
    this.number = number;
  }

  private static Unary of(String type, UnaryOperator<NDArray> function, DoubleUnaryOperator n) {
    return new Unary(type, (node, x) -> function.apply(x), n);
  }

  private static Unary of(String type, Function function) {
    return new Unary(type, function, null);
  }

  static List<Operator> all() {
    return List.of(
        of("Relu", x -> x.getNDArrayInternal().relu(), v -> Math.max(0, v)),
        of("Sigmoid", x -> x.getNDArrayInternal().sigmoid(), null),
        of("Tanh", NDArray::tanh, Math::tanh),
        of("Abs", NDArray::abs, Math::abs),
        of("Neg", NDArray::neg, v -> -v),
        of("Exp", NDArray::exp, Math::exp),
        of("Log", NDArray::log, Math::log),
        of("Sqrt", NDArray::sqrt, Math::sqrt),
        of("Reciprocal", Unary::reciprocal, v -> 1 / v),
        of("Floor", NDArray::floor, Math::floor),
        of("Ceil", NDArray::ceil, Math::ceil),
        of("Round", NDArray::round, Math::rint),
        of("Sign", NDArray::sign, Math::signum),
        of("Sin", NDArray::sin, Math::sin),
        of("Cos", NDArray::cos, Math::cos),
        of("Tan", NDArray::tan, Math::tan),
        of("Atan", NDArray::atan, Math::atan),
        of("Erf", NDArray::erf, null),
        of("Softplus", x -> x.getNDArrayInternal().softPlus(), null),
        of("Softsign", x -> x.getNDArrayInternal().softSign(), null),
        of("Mish", x -> x.mul(x.getNDArrayInternal().softPlus().tanh()), null),
        of("HardSwish", x -> x.mul(hardSigmoid(x, 1 / 6.0, 0.5)), null),
        of("LeakyRelu", (n, x) -> x.getNDArrayInternal().leakyRelu(n.real("alpha", 0.01f))),
        of("Elu", (n, x) -> elu(x, n.real("alpha", 1))),
        of("Celu", (n, x) -> celu(x, n.real("alpha", 1))),
        of(
            "Selu",
            (n, x) ->
                Scalar.times(elu(x, n.real("alpha", SELU_ALPHA)), n.real("gamma", SELU_GAMMA))),
        of("HardSigmoid", (n, x) -> hardSigmoid(x, n.real("alpha", 0.2f), n.real("beta", 0.5f))),
        of("ThresholdedRelu", (n, x) -> thresholded(x, n.real("alpha", 1))),
        of("Gelu", (n, x) -> gelu(x, n.text("approximate", "none").equals("tanh"))));
  }

  private static NDArray reciprocal(NDArray x) {
    NDArray one = Scalar.of(x.getManager(), 1, x.getDataType());
    return one.div(x);
  }

  /** max(0, x) + alpha·(exp(min(0, x)) − 1). */
  private static NDArray elu(NDArray x, double alpha) {
    NDArray low = x.neg().getNDArrayInternal().relu().neg().exp();
    NDArray below = Scalar.times(low.sub(Scalar.of(x.getManager(), 1, x.getDataType())), alpha);
    return x.getNDArrayInternal().relu().add(below);
  }

  /** max(0, x) + min(0, alpha·(exp(x/alpha) − 1)). */
  private static NDArray celu(NDArray x, double alpha) {
    return Scalar.times(elu(Scalar.times(x, 1 / alpha), 1), alpha);
  }

  /** max(0, min(1, alpha·x + beta)). */
  private static NDArray hardSigmoid(NDArray x, double alpha, double beta) {
    NDArray line = Scalar.times(x, alpha).add(Scalar.of(x.getManager(), beta, x.getDataType()));
    return line.clip(0, 1);
  }

  private static NDArray thresholded(NDArray x, double alpha) {
    return x.mul(x.gt(alpha).toType(x.getDataType(), false));
  }

  /** x·Φ(x), or Hendrycks and Gimpel's approximation of it, arXiv:1606.08415. */
  private static NDArray gelu(NDArray x, boolean approximate) {
    if (!approximate) {
      return x.getNDArrayInternal().gelu();
    }
    NDArray cubic = Scalar.times(x.mul(x).mul(x), 0.044715);
    NDArray inner = Scalar.times(x.add(cubic), Math.sqrt(2 / Math.PI)).tanh();
    NDArray one = Scalar.of(x.getManager(), 1, x.getDataType());
    return Scalar.times(x, 0.5).mul(inner.add(one));
  }

  @Override
  NDArray apply(Node node, NDArray x, Pass pass) {
    return function.apply(node, x);
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    return number == null
        ? Optional.empty()
        : inputs.constant(0).flatMap(t -> Folding.map(t, number));
  }
}
