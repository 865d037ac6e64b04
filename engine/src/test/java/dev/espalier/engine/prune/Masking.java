package dev.espalier.engine.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.operator.ConstantFolding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The proof of the coupling: channels that are zero in all their slices can go unnoticed. */
final class Masking {
  private Masking() {}

  /** Zeroes about two thirds of the channels, chosen by the seed, removes them and compares. */
  static void proves(Graph original, Heads heads, long seed) {
    Graph graph = ConstantFolding.in(original);
    Coupling coupling = Coupling.of(graph, heads);
    SplittableRandom random = new SplittableRandom(seed);
    Map<Coupling.Axis, Integer> left = new LinkedHashMap<>();
    List<Coupling.Group> gone = new ArrayList<>();
    for (Coupling.Group group : coupling.groups()) {
      boolean spare =
          group.slices().entrySet().stream()
              .allMatch(
                  e -> left.computeIfAbsent(e.getKey(), coupling::count) > e.getValue().length);
      if (!group.frozen() && spare && random.nextInt(3) > 0) {
        group.slices().forEach((axis, i) -> left.merge(axis, -i.length, Integer::sum));
        gone.add(group);
      }
    }
    Graph zeroed = zeroed(graph, gone);
    Graph smaller = ChannelRemoval.remove(zeroed, coupling, gone);
    assertTrue(gone.isEmpty() || Parameters.count(smaller) < Parameters.count(graph));
    float[] whole = run(zeroed, 3);
    float largest = 0;
    for (float v : whole) {
      largest = Math.max(largest, Math.abs(v));
    }
    // Sums in another order: float32 keeps about 1e-7 of the largest term, through 20 layers.
    assertArrayEquals(
        whole, run(smaller, 3), 1e-5f * Math.max(1, largest), original.name() + " " + seed);
  }

  /** The logits of a batch of noise, by ONNX Runtime. */
  static float[] run(Graph graph, int batch) {
    long[] shape = graph.inputs().get(0).shape(batch);
    SplittableRandom random = new SplittableRandom(7);
    float[] x = new float[(int) Tensor.count(shape)];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble();
    }
    try (Runtime runtime = Runtime.of(graph, 1)) {
      return runtime.run(x, batch);
    }
  }

  /** Every slice of every weight of these groups set to zero. */
  static Graph zeroed(Graph graph, List<Coupling.Group> groups) {
    Map<Coupling.Axis, BitSet> slices = new LinkedHashMap<>();
    for (Coupling.Group group : groups) {
      group
          .slices()
          .forEach(
              (axis, indices) ->
                  Arrays.stream(indices)
                      .forEach(slices.computeIfAbsent(axis, a -> new BitSet())::set));
    }
    Map<String, Tensor> changed = new LinkedHashMap<>();
    slices.forEach(
        (axis, indices) -> {
          if (!graph.hasWeight(axis.value())) {
            return;
          }
          Tensor before = changed.getOrDefault(axis.value(), graph.tensor(axis.value()));
          float[] values = before.floats().clone();
          int inner = 1;
          for (int i = axis.axis() + 1; i < before.rank(); i++) {
            inner *= (int) before.dim(i);
          }
          for (int i = 0; i < values.length; i++) {
            if (indices.get(i / inner % (int) before.dim(axis.axis()))) {
              values[i] = 0;
            }
          }
          changed.put(axis.value(), Tensor.ofFloats(before.shape(), values));
        });
    return graph.withWeights(changed);
  }
}
