package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import java.util.List;

/** A function of each element alone: the shape stays, and every channel stays itself. */
abstract class Elementwise implements Operator {
  private final String type;

  Elementwise(String type) {
    this.type = type;
  }

  abstract NDArray apply(Node node, NDArray x, Pass pass);

  @Override
  public final String type() {
    return type;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    return List.of(inputs.shape(0));
  }

  @Override
  public final NDList compute(Node node, NDList inputs, Pass pass) {
    return new NDList(apply(node, Operands.of(node, inputs, 0, pass), pass));
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    Axes.tieAll(node.input(0), node.output(), outputs.get(0), ties);
  }

  @Override
  public Memory memory() {
    return Memory.IN_PLACE;
  }
}
