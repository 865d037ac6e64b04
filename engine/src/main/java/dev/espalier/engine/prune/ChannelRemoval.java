package dev.espalier.engine.prune;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.operator.Inputs;
import dev.espalier.engine.operator.Operators;
import dev.espalier.engine.operator.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Takes channels out of a graph: one rewrite of its weights and of what its nodes say of shapes.
 */
final class ChannelRemoval {
  private ChannelRemoval() {}

  /**
   * The graph without these groups. Its inputs and outputs keep their shapes; every other value
   * loses the slices that the groups name.
   *
   * @param coupling of this graph
   * @throws IllegalArgumentException when a group is frozen or nothing would stay of an axis
   */
  static Graph remove(Graph graph, Coupling coupling, Collection<Coupling.Group> groups) {
    Map<Coupling.Axis, BitSet> gone = new LinkedHashMap<>();
    for (Coupling.Group group : groups) {
      if (group.frozen()) {
        throw new IllegalArgumentException("channels of " + group.layers() + " have to stay");
      }
      group
          .slices()
          .forEach(
              (axis, indices) -> {
                BitSet set = gone.computeIfAbsent(axis, a -> new BitSet());
                Arrays.stream(indices).forEach(set::set);
              });
    }
    gone.forEach(
        (axis, set) -> {
          if (set.cardinality() >= coupling.count(axis)) {
            throw new IllegalArgumentException("nothing would stay of " + axis);
          }
        });
    Map<String, Weight> weights = new LinkedHashMap<>(graph.weights());
    gone.forEach(
        (axis, set) -> {
          if (weights.get(axis.value()) instanceof Weight.Value v) {
            int[] kept =
                IntStream.range(0, coupling.count(axis)).filter(i -> !set.get(i)).toArray();
            weights.put(axis.value(), new Weight.Value(v.tensor().select(axis.axis(), kept)));
          } else if (weights.get(axis.value()) instanceof Weight.Rule) {
            throw new IllegalArgumentException("a blueprint has no channels to choose from");
          }
        });
    Refitted refitted = new Refitted(graph, coupling.shapes(), weights);
    for (Node node : graph.nodes()) {
      Shapes before = coupling.shapes();
      boolean same = true;
      List<long[]> outputs = new ArrayList<>();
      for (int i = 0; i < node.outputs().size(); i++) {
        String output = node.outputs().get(i);
        long[] old = output.isEmpty() ? new long[0] : before.of(output);
        outputs.add(shapeWithout(output, old, gone));
        same &= Arrays.equals(old, outputs.get(i));
      }
      for (String input : node.inputs()) {
        if (!input.isEmpty()) {
          same &= Arrays.equals(before.of(input), shapeWithout(input, before.of(input), gone));
        }
      }
      refitted.add(
          same
              ? node
              : Operators.of(node).refit(node, remaining(node, before, gone), outputs, refitted));
    }
    Graph smaller = refitted.graph();
    verify(smaller, coupling.shapes(), gone);
    return smaller;
  }

  /** What a node reads after the removal. */
  private static Inputs remaining(Node node, Shapes shapes, Map<Coupling.Axis, BitSet> gone) {
    Inputs before = shapes.inputsOf(node);
    return new Inputs() {
      @Override
      public int size() {
        return before.size();
      }

      @Override
      public boolean has(int i) {
        return before.has(i);
      }

      @Override
      public long[] shape(int i) {
        return shapeWithout(node.input(i), before.shape(i), gone);
      }

      @Override
      public DataType type(int i) {
        return before.type(i);
      }

      @Override
      public long[] before(int i) {
        return before.shape(i);
      }

      @Override
      public int[] kept(int i, int axis) {
        BitSet set = gone.getOrDefault(new Coupling.Axis(node.input(i), axis), new BitSet());
        return IntStream.range(0, Math.toIntExact(before.shape(i)[axis]))
            .filter(slice -> !set.get(slice))
            .toArray();
      }

      @Override
      public Optional<Tensor> constant(int i) {
        // What shapes and axes are made of has no channels; a constant with channels is a weight.
        return before
            .constant(i)
            .filter(t -> Arrays.equals(t.shape(), shapeWithout(node.input(i), t.shape(), gone)));
      }
    };
  }

  private static long[] shapeWithout(String value, long[] before, Map<Coupling.Axis, BitSet> gone) {
    long[] shape = before.clone();
    for (int axis = 0; axis < shape.length; axis++) {
      BitSet set = gone.get(new Coupling.Axis(value, axis));
      shape[axis] -= set == null ? 0 : set.cardinality();
    }
    return shape;
  }

  /** Every value must have exactly the shape that the coupling foretold. */
  private static void verify(Graph smaller, Shapes before, Map<Coupling.Axis, BitSet> gone) {
    Shapes after;
    try {
      after = Shapes.infer(smaller, 1);
    } catch (EspalierException e) {
      throw EspalierException.run(
          "`" + smaller.name() + "` would not fit together without these channels",
          e.where(),
          e.why().isEmpty() ? e.what() : e.what() + "; " + e.why(),
          "except the layers before it; the operator does not say all that is coupled by it",
          e);
    }
    Set<String> values = new HashSet<>();
    smaller.nodes().forEach(n -> values.addAll(n.outputs()));
    // The pieces that a new shape is put together of were not there before.
    values.removeIf(value -> !before.has(value));
    smaller.outputs().stream().map(ValueInfo::name).forEach(values::add);
    for (String value : values) {
      if (!value.isEmpty()
          && !Arrays.equals(after.of(value), shapeWithout(value, before.of(value), gone))) {
        throw EspalierException.run(
            "`" + smaller.name() + "` would not fit together without these channels",
            "value " + value,
            "it has the shape "
                + Arrays.toString(after.of(value))
                + " and should have "
                + Arrays.toString(shapeWithout(value, before.of(value), gone)),
            "except the layers before it; an operator does not say all that is coupled by it");
      }
    }
  }
}
