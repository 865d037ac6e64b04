package dev.espalier.engine.operator;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The shape and element type of every value of a graph, for one batch size; and what is constant.
 */
public final class Shapes {
  private final Map<String, long[]> shapes = new HashMap<>();
  private final Map<String, DataType> types = new HashMap<>();
  private final Map<String, Tensor> constants = new HashMap<>();
  private final Set<String> activations = new HashSet<>();

  private Shapes() {}

  /**
   * Infers all shapes.
   *
   * @throws EspalierException naming the node whose inputs do not fit, or whose operator is unknown
   */
  public static Shapes infer(Graph graph, long batch) {
    Shapes out = new Shapes();
    for (ValueInfo input : graph.inputs()) {
      out.shapes.put(input.name(), input.shape(batch));
      out.types.put(input.name(), input.type());
      out.activations.add(input.name());
    }
    graph
        .weights()
        .forEach(
            (name, weight) -> {
              out.activations.remove(name);
              out.shapes.put(name, weight.shape());
              out.types.put(name, DataType.FLOAT);
              if (weight instanceof Weight.Value v) {
                out.types.put(name, v.tensor().type());
                out.constants.put(name, v.tensor());
              }
            });
    for (Node node : graph.nodes()) {
      out.add(node);
    }
    return out;
  }

  /**
   * The graph's outputs with the types and shapes that it computes; dimensions that differ between
   * batches are open.
   *
   * @throws EspalierException as {@link #infer}
   */
  public static List<ValueInfo> outputs(Graph graph) {
    Shapes two = infer(graph, 2);
    Shapes three = infer(graph, 3);
    List<ValueInfo> outputs = new ArrayList<>();
    for (ValueInfo output : graph.outputs()) {
      long[] shape = two.of(output.name());
      long[] other = three.of(output.name());
      List<Long> dims = new ArrayList<>();
      for (int i = 0; i < shape.length; i++) {
        dims.add(shape[i] == other[i] ? shape[i] : ValueInfo.DYNAMIC);
      }
      outputs.add(new ValueInfo(output.name(), two.typeOf(output.name()), dims));
    }
    return outputs;
  }

  private void add(Node node) {
    Operator operator = Operators.of(node);
    Inputs inputs = inputsOf(node);
    List<long[]> made;
    try {
      made = operator.shapes(node, inputs);
      for (long[] shape : made) {
        // ArithmeticException when the elements cannot be counted.
        Math.multiplyExact(Tensor.count(shape), Double.BYTES);
      }
    } catch (ArithmeticException e) {
      throw EspalierException.program(
          node.operator() + " `" + node.name() + "` makes a tensor too large to count",
          "node " + node.name(),
          "",
          "check the model's shapes",
          e);
    }
    boolean runs = node.inputs().stream().anyMatch(activations::contains);
    Optional<Tensor> folded = operator.fold(node, inputs);
    for (int i = 0; i < node.outputs().size(); i++) {
      String name = node.outputs().get(i);
      if (name.isEmpty() || i >= made.size()) {
        continue;
      }
      shapes.put(name, made.get(i));
      types.put(name, operator.outputType(node, inputs));
      if (i == 0 && folded.isPresent()) {
        constants.put(name, folded.get());
      } else if (runs) {
        activations.add(name);
      }
    }
  }

  /** The shape of a value. Throws IllegalArgumentException when the graph has none of that name. */
  public long[] of(String value) {
    long[] shape = shapes.get(value);
    if (shape == null) {
      throw new IllegalArgumentException("no value " + value);
    }
    return shape.clone();
  }

  /** Whether the graph has a value of that name. */
  public boolean has(String value) {
    return shapes.containsKey(value);
  }

  /** The element type of a value. */
  public DataType typeOf(String value) {
    DataType type = types.get(value);
    if (type == null) {
      throw new IllegalArgumentException("no value " + value);
    }
    return type;
  }

  /**
   * The value, when it is known without running: a weight's, or one that follows from constants and
   * shapes.
   */
  public Optional<Tensor> constant(String value) {
    return Optional.ofNullable(constants.get(value));
  }

  /** Whether a value depends on the graph's inputs (and not only on their shapes). */
  public boolean isActivation(String value) {
    return activations.contains(value);
  }

  /** What is known of a node's inputs. */
  public Inputs inputsOf(Node node) {
    return new Inputs() {
      @Override
      public int size() {
        return node.inputs().size();
      }

      @Override
      public boolean has(int i) {
        return !node.input(i).isEmpty();
      }

      @Override
      public long[] shape(int i) {
        return of(node.input(i));
      }

      @Override
      public DataType type(int i) {
        return typeOf(node.input(i));
      }

      @Override
      public Optional<Tensor> constant(int i) {
        return Shapes.this.constant(node.input(i));
      }
    };
  }

  /** The shapes of a node's outputs, in order; left-out ones are empty arrays. */
  public List<long[]> outputsOf(Node node) {
    return node.outputs().stream().map(o -> o.isEmpty() ? new long[0] : of(o)).toList();
  }
}
