package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;

/** Sum, Mean, Max and Min of any number of tensors, broadcast together. */
final class Variadic implements Operator {
  private final String type;
  private final BinaryOperator<NDArray> function;
  private final DoubleBinaryOperator reals;
  private final Folding.Whole whole;

  private Variadic(
      String type,
      BinaryOperator<NDArray> function,
      DoubleBinaryOperator reals,
      Folding.Whole whole) {
    this.type = type;
    this.function = function;
    this.reals = reals;
    this.whole = whole;
  }

  static List<Operator> all() {
    return List.of(
        new Variadic("Sum", NDArray::add, Double::sum, Long::sum),
        new Variadic("Mean", NDArray::add, Double::sum, Long::sum),
        new Variadic("Max", NDArray::maximum, Math::max, Math::max),
        new Variadic("Min", NDArray::minimum, Math::min, Math::min));
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, Math.max(1, inputs.size()));
    long[] out = inputs.shape(0);
    for (int i = 1; i < inputs.size(); i++) {
      out = Axes.broadcast(node, out, inputs.shape(i));
    }
    return List.of(out);
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Tensor> sum = inputs.constant(0);
    for (int i = 1; i < inputs.size() && sum.isPresent(); i++) {
      Optional<Tensor> next = inputs.constant(i);
      sum =
          next.isEmpty()
              ? Optional.empty()
              : Folding.zip(node, sum.get(), next.get(), reals, whole, inputs.type(0));
    }
    return type.equals("Mean") ? Optional.empty() : sum;
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray y = Operands.of(node, inputs, 0, pass);
    for (int i = 1; i < inputs.size(); i++) {
      y = function.apply(y, Operands.of(node, inputs, i, pass));
      y.attach(pass.manager());
    }
    if (type.equals("Mean")) {
      y = Scalar.times(y, 1.0 / inputs.size());
    }
    return Operands.made(
        inputs.size() == 1 ? y.mul(Scalar.of(pass.manager(), 1, y.getDataType())) : y, pass);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    for (int i = 0; i < inputs.size(); i++) {
      Axes.tieBroadcast(node.input(i), inputs.shape(i), node.output(), outputs.get(0), ties);
    }
  }
}
