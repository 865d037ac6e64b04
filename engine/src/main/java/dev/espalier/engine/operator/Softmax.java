package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import java.util.List;

/** Softmax and LogSoftmax over one axis, the last unless said (opset 13). */
final class Softmax implements Operator {
  private final boolean log;

  Softmax(boolean log) {
    this.log = log;
  }

  @Override
  public String type() {
    return log ? "LogSoftmax" : "Softmax";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    axis(node, inputs.shape(0).length);
    return List.of(inputs.shape(0));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = inputs.get(0);
    int axis = axis(node, x.getShape().dimension());
    return new NDList(log ? x.logSoftmax(axis) : x.softmax(axis));
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    Axes.tieAll(node.input(0), node.output(), outputs.get(0), ties);
    ties.freeze(node.output(), axis(node, outputs.get(0).length));
  }

  @Override
  public Memory memory() {
    return Memory.IN_PLACE;
  }

  private static int axis(Node node, int rank) {
    return Refusal.axis(node, node.integer("axis", -1), rank);
  }
}
