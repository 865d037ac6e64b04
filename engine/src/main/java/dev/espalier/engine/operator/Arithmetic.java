package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;

/** Add, Sub, Mul and Div, broadcast as numpy does. */
abstract class Arithmetic implements Operator {
  private final String type;

  Arithmetic(String type) {
    this.type = type;
  }

  /** Of arrays. */
  abstract NDArray apply(NDArray a, NDArray b);

  /** Of integers, as ONNX does it. */
  abstract long apply(long a, long b);

  @Override
  public final String type() {
    return type;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 2);
    return List.of(Axes.broadcast(node, inputs.shape(0), inputs.shape(1)));
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Tensor> a = inputs.constant(0);
    Optional<Tensor> b = inputs.constant(1);
    if (a.isEmpty() || b.isEmpty() || a.get().isFloating() || b.get().isFloating()) {
      return Optional.empty();
    }
    long[] x = a.get().longs();
    long[] y = b.get().longs();
    if (x.length != y.length && x.length != 1 && y.length != 1) {
      return Optional.empty();
    }
    long[] out = new long[Math.max(x.length, y.length)];
    for (int i = 0; i < out.length; i++) {
      long divisor = y[y.length == 1 ? 0 : i];
      if (type.equals("Div") && divisor == 0) {
        throw Refusal.misfit(node, "it divides an integer by 0");
      }
      out[i] = apply(x[x.length == 1 ? 0 : i], divisor);
    }
    return Optional.of(
        Tensor.ofIntegers(
            a.get().type(), Axes.broadcast(node, a.get().shape(), b.get().shape()), out));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray out = apply(inputs.get(0), inputs.get(1));
    out.attach(pass.manager());
    return new NDList(out);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    for (int i = 0; i < 2; i++) {
      Axes.tieBroadcast(node.input(i), inputs.shape(i), node.output(), outputs.get(0), ties);
    }
  }

  /** a + b. */
  static final class Add extends Arithmetic {
    Add() {
      super("Add");
    }

    @Override
    NDArray apply(NDArray a, NDArray b) {
      return a.add(b);
    }

    @Override
    long apply(long a, long b) {
      return a + b;
    }
  }

  /** a − b. */
  static final class Sub extends Arithmetic {
    Sub() {
      super("Sub");
    }

    @Override
    NDArray apply(NDArray a, NDArray b) {
      return a.sub(b);
    }

    @Override
    long apply(long a, long b) {
      return a - b;
    }
  }

  /** a · b, element by element. */
  static final class Mul extends Arithmetic {
    Mul() {
      super("Mul");
    }

    @Override
    NDArray apply(NDArray a, NDArray b) {
      return a.mul(b);
    }

    @Override
    long apply(long a, long b) {
      return a * b;
    }
  }

  /** a / b, element by element. */
  static final class Div extends Arithmetic {
    Div() {
      super("Div");
    }

    @Override
    NDArray apply(NDArray a, NDArray b) {
      return a.div(b);
    }

    @Override
    long apply(long a, long b) {
      return a / b;
    }
  }
}
