package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.function.UnaryOperator;

/** Truths about one number or truth, each in a line of {@link #all}. */
final class Truth extends Elementwise {
  private final UnaryOperator<NDArray> function;
  private final DoublePredicate number;

  private Truth(String type, UnaryOperator<NDArray> function, DoublePredicate number) {
    super(type);
    this.function = function;
    this.number = number;
  }

  static List<Operator> all() {
    return List.of(
        new Truth("Not", NDArray::logicalNot, v -> v == 0),
        new Truth("IsNaN", NDArray::isNaN, Double::isNaN),
        new Truth("IsInf", NDArray::isInfinite, Double::isInfinite));
  }

  @Override
  public DataType outputType(Node node, Inputs inputs) {
    return DataType.BOOL;
  }

  @Override
  NDArray apply(Node node, NDArray x, Pass pass) {
    return function.apply(x);
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    return inputs.constant(0).filter(t -> t.size() <= Folding.MOST).map(this::truths);
  }

  private Tensor truths(Tensor t) {
    long[] out = new long[t.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = number.test(t.isFloating() ? t.floats()[i] : t.longs()[i]) ? 1 : 0;
    }
    return Tensor.ofIntegers(DataType.BOOL, t.shape(), out);
  }
}
