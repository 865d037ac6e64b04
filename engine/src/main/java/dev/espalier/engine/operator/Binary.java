package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;

/** The functions of two numbers, broadcast as numpy does; each in a line of {@link #all}. */
final class Binary implements Operator {
  private final String type;
  private final boolean truth;
  private final BinaryOperator<NDArray> function;
  private final DoubleBinaryOperator reals;
  private final Folding.Whole whole;

  private Binary(
      String type,
      boolean truth,
      BinaryOperator<NDArray> function,
      DoubleBinaryOperator reals,
      Folding.Whole whole) {
    this.type = type;
    this.truth = truth;
    this.function = function;
    this.reals = reals;
    this.whole = whole;
  }

  private static Binary number(
      String type,
      BinaryOperator<NDArray> function,
      DoubleBinaryOperator reals,
      Folding.Whole whole) {
    return new Binary(type, false, function, reals, whole);
  }

  private static Binary truth(
      String type,
      BinaryOperator<NDArray> function,
      DoubleBinaryOperator reals,
      Folding.Whole whole) {
    return new Binary(type, true, function, reals, whole);
  }

  static List<Operator> all() {
    return List.of(
        number("Add", NDArray::add, (a, b) -> a + b, (a, b) -> a + b),
        number("Sub", NDArray::sub, (a, b) -> a - b, (a, b) -> a - b),
        number("Mul", NDArray::mul, (a, b) -> a * b, (a, b) -> a * b),
        number("Div", Binary::quotient, (a, b) -> a / b, (a, b) -> a / b),
        number("Pow", NDArray::pow, Math::pow, (a, b) -> (long) Math.pow(a, b)),
        number("Mod", Binary::remainder, (a, b) -> a % b, Math::floorMod),
        number("PRelu", Binary::prelu, (a, b) -> a < 0 ? a * b : a, (a, b) -> a < 0 ? a * b : a),
        truth("Equal", NDArray::eq, (a, b) -> a == b ? 1 : 0, (a, b) -> a == b ? 1 : 0),
        truth("Less", NDArray::lt, (a, b) -> a < b ? 1 : 0, (a, b) -> a < b ? 1 : 0),
        truth("LessOrEqual", NDArray::lte, (a, b) -> a <= b ? 1 : 0, (a, b) -> a <= b ? 1 : 0),
        truth("Greater", NDArray::gt, (a, b) -> a > b ? 1 : 0, (a, b) -> a > b ? 1 : 0),
        truth("GreaterOrEqual", NDArray::gte, (a, b) -> a >= b ? 1 : 0, (a, b) -> a >= b ? 1 : 0),
        truth("And", NDArray::logicalAnd, (a, b) -> 0, (a, b) -> a & b),
        truth("Or", NDArray::logicalOr, (a, b) -> 0, (a, b) -> a | b),
        truth("Xor", NDArray::logicalXor, (a, b) -> 0, (a, b) -> a ^ b));
  }

  /** Of floats with the sign of the dividend, as fmod has it; of whole numbers of the divisor. */
  private static NDArray remainder(NDArray a, NDArray b) {
    return a.getDataType().isFloating() ? a.sub(b.mul(a.div(b).trunc())) : a.mod(b);
  }

  /** Of whole numbers the whole part, towards zero. */
  private static NDArray quotient(NDArray a, NDArray b) {
    NDArray y = a.div(b);
    return a.getDataType().isFloating() ? y : y.toType(a.getDataType(), false);
  }

  /** max(0, x) − slope·max(0, −x). */
  private static NDArray prelu(NDArray x, NDArray slope) {
    NDArray below = x.neg().getNDArrayInternal().relu();
    return x.getNDArrayInternal().relu().sub(below.mul(slope));
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    return List.of(Axes.broadcast(node, inputs.shape(0), inputs.shape(1)));
  }

  @Override
  public DataType outputType(Node node, Inputs inputs) {
    return truth ? DataType.BOOL : inputs.type(0);
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Tensor> a = inputs.constant(0);
    Optional<Tensor> b = inputs.constant(1);
    if (a.isEmpty() || b.isEmpty()) {
      return Optional.empty();
    }
    if ((type.equals("Div") || type.equals("Mod"))
        && !b.get().isFloating()
        && b.get().nonZero() < b.get().size()) {
      throw Refusal.misfit(node, "it divides an integer by 0");
    }
    return Folding.zip(node, a.get(), b.get(), reals, whole, outputType(node, inputs));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    return Operands.made(
        function.apply(Operands.of(node, inputs, 0, pass), Operands.of(node, inputs, 1, pass)),
        pass);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    for (int i = 0; i < 2; i++) {
      Axes.tieBroadcast(node.input(i), inputs.shape(i), node.output(), outputs.get(0), ties);
    }
  }

  /** A slope is learnt; a factor or a summand only where a MatMul makes it a bias. */
  @Override
  public boolean learns(int i) {
    return type.equals("PRelu") && i == 1;
  }
}
