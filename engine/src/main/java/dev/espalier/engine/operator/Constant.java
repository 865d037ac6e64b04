package dev.espalier.engine.operator;

import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;

/** A value written in the node itself. */
final class Constant implements Operator {
  @Override
  public String type() {
    return "Constant";
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    return List.of(value(node).shape());
  }

  @Override
  public DataType outputType(Node node, Inputs inputs) {
    return value(node).type();
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    return Optional.of(value(node));
  }

  private static Tensor value(Node node) {
    for (Attribute attribute : node.attributes().values()) {
      if (attribute instanceof Attribute.Value v) {
        return v.tensor();
      } else if (attribute instanceof Attribute.Int i) {
        return Tensor.ofLongs(new long[0], i.value());
      } else if (attribute instanceof Attribute.Real r) {
        return Tensor.ofFloats(new long[0], r.value());
      } else if (attribute instanceof Attribute.Ints i) {
        return Tensor.ofLongs(
            new long[] {i.values().size()}, i.values().stream().mapToLong(v -> v).toArray());
      } else if (attribute instanceof Attribute.Reals r) {
        float[] values = new float[r.values().size()];
        for (int k = 0; k < values.length; k++) {
          values[k] = r.values().get(k);
        }
        return Tensor.ofFloats(new long[] {values.length}, values);
      }
    }
    throw Refusal.unsupported(node, "a value that is no tensor of numbers", "use a tensor");
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    throw new IllegalStateException("constant " + node.name() + " is folded, never computed");
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    // Its value is in the node, where nothing can be cut out of it.
    Axes.freezeFrom(node.output(), 0, outputs.get(0).length, ties);
  }
}
