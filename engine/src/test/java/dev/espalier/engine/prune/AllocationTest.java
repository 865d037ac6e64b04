package dev.espalier.engine.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Lenet300;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.ConstantFolding;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.train.TrainSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What budgets leave, through every structure that couples channels. */
class AllocationTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);
  private static final long[] DIGITS = {1, 28, 28};

  private static Amount.Budget of(Amount.Measure measure, double part) {
    return new Amount.Budget(measure, part, true);
  }

  private static PruneSpec spec(boolean globally, Criterion criterion, Amount.Budget... budgets) {
    return new PruneSpec(
        new Amount.Budgets(List.of(budgets)),
        true,
        criterion,
        globally,
        List.of(),
        List.of(),
        1,
        0);
  }

  private static PruneSpec spec(boolean globally, Amount.Budget... budgets) {
    return spec(globally, new Criterion.Magnitude(), budgets);
  }

  private static Graph prune(Graph graph, PruneSpec spec) {
    return Pruner.prune(graph, spec, TrainSettings.epochs(1), Optional.empty(), ONE, Progress.NONE)
        .graph();
  }

  private static Map<String, Graph> structures() {
    Map<String, Graph> all = new LinkedHashMap<>(Structures.exact());
    all.putAll(Structures.counting());
    all.putAll(ChannelPruningTest.networks());
    return all;
  }

  private static long cost(Graph graph, Amount.Measure measure) {
    return switch (measure) {
      case MACS -> Cost.macs(graph);
      case BYTES -> OnnxFile.encode(graph).length;
      case PARAMETERS -> Parameters.count(graph);
    };
  }

  private static Map<String, Long> widths(Graph graph) {
    Map<String, Long> widths = new LinkedHashMap<>();
    for (Layers.Prunable p : Layers.of(graph)) {
      widths.put(p.layer(), graph.weights().get(p.weight()).shape()[p.outAxis()]);
    }
    return widths;
  }

  @Test
  void budgetsHoldThroughEveryStructureAndBothRuntimesComputeAlike() {
    structures()
        .forEach(
            (name, graph) -> {
              for (boolean globally : new boolean[] {false, true}) {
                Amount.Measure measure = globally ? Amount.Measure.PARAMETERS : Amount.Measure.MACS;
                Graph smaller = prune(graph, spec(globally, of(measure, 0.7)));
                String where = name + (globally ? " globally" : "");
                assertTrue(
                    cost(smaller, measure) <= 0.7 * cost(ConstantFolding.in(graph), measure),
                    where);
                assertTrue(
                    widths(smaller).values().stream().allMatch(w -> w > 0),
                    where + widths(smaller));
                float[] expected = Masking.run(smaller, 2);
                float largest = 1;
                for (float v : expected) {
                  largest = Math.max(largest, Math.abs(v));
                }
                assertArrayEquals(
                    expected, StructuresTest.engine(smaller, 2), 1e-4f * largest, where);
              }
            });
  }

  /** No channel that is gone would still fit: giving back any one breaks the budget. */
  @Test
  void nothingThatFitsIsLost() {
    Graph graph = RandomWeights.randomly(new Lenet5().build(DIGITS, 10), 3);
    for (double part : new double[] {0.5, 0.3, 0.2, 0.1}) {
      for (boolean globally : new boolean[] {false, true}) {
        Graph smaller = prune(graph, spec(globally, of(Amount.Measure.MACS, part)));
        double room = part * Cost.macs(graph) - Cost.macs(smaller);
        Map<String, Long> whole = widths(graph);
        Map<String, Long> left = widths(smaller);
        // One unit of the dense layer before the last costs what it reads and the classes.
        long unit = left.get("conv2") * 16 + 10;
        assertTrue(room >= 0, "over the budget by " + -room);
        assertTrue(
            left.get("fc1").equals(whole.get("fc1")) || room < unit, left + " leaves " + room);
      }
    }
  }

  @Test
  void widthsInMultiplesUseTheBudgetUpToo() {
    Graph graph = RandomWeights.randomly(new Lenet5().build(DIGITS, 10), 3);
    PruneSpec half = PruneSpec.to(of(Amount.Measure.MACS, 0.5));
    Graph smaller = prune(graph, half.shaped(new ChannelShape(8, Heads.NARROWER)));
    double left = (double) Cost.macs(smaller) / Cost.macs(graph);
    // The same part of every layer, rounded to eights, would be 29%.
    assertTrue(left <= 0.5 && left > 0.45, "MACs left " + left);
    widths(smaller)
        .forEach(
            (layer, width) -> assertTrue(layer.equals("fc2") || width % 8 == 0, layer + width));
  }

  @Test
  void severalBudgetsHoldTogether() {
    Graph graph = RandomWeights.randomly(new Resnet20().build(new long[] {3, 8, 8}, 10), 3);
    Amount.Budget[] both = {
      of(Amount.Measure.MACS, 0.4), new Amount.Budget(Amount.Measure.BYTES, 400_000, false)
    };
    for (boolean globally : new boolean[] {false, true}) {
      Graph smaller = prune(graph, spec(globally, both));
      double macs = (double) Cost.macs(smaller) / Cost.macs(graph);
      int bytes = OnnxFile.encode(smaller).length;
      assertTrue(macs <= 0.4 && bytes <= 400_000, macs + ", " + bytes);
      assertTrue(macs > 0.38 || bytes > 380_000, macs + ", " + bytes);
    }
  }

  @Test
  void globallyChannelsThatMatterStayWhereverTheyAre() {
    Graph graph = RandomWeights.randomly(new Mlp(List.of(40, 40)).build(new long[] {40}, 10), 3);
    // Of the second layer all but 5 units do next to nothing.
    Coupling coupling = Coupling.of(graph);
    List<Coupling.Group> dull = new ArrayList<>();
    for (Coupling.Group group : coupling.groups()) {
      if (group.layers().contains("fc2") && dull.size() < 35) {
        dull.add(group);
      }
    }
    Graph lopsided = Masking.zeroed(graph, dull);
    Amount.Budget budget = of(Amount.Measure.MACS, 0.6);
    Graph evenly = prune(lopsided, spec(false, budget));
    Graph globally = prune(lopsided, spec(true, budget));
    assertEquals(40L, widths(globally).get("fc1"), widths(globally).toString());
    assertTrue(widths(globally).get("fc2") >= 5, widths(globally).toString());
    assertTrue(widths(evenly).get("fc1") < 40, widths(evenly).toString());
    // What was zero goes unnoticed.
    assertArrayEquals(Masking.run(lopsided, 3), Masking.run(globally, 3), 1e-5f);
  }

  @Test
  void everyLayerKeepsAChannelAndTheSameComesOutAgain() {
    Graph graph = RandomWeights.randomly(new Lenet300().build(DIGITS, 10), 3);
    for (Criterion criterion : List.of(new Criterion.Magnitude(), new Criterion.Random())) {
      PruneSpec spec = spec(true, criterion, of(Amount.Measure.MACS, 0.01));
      Graph smaller = prune(graph, spec);
      double left = (double) Cost.macs(smaller) / Cost.macs(graph);
      assertTrue(left <= 0.01 && left > 0.007, "MACs left " + left);
      assertTrue(widths(smaller).values().stream().allMatch(w -> w >= 1));
      assertEquals(smaller, prune(graph, spec));
    }
  }

  @Test
  void aBudgetThatHoldsLeavesTheAmountsOfSingleLayersInForce() {
    Graph graph = RandomWeights.randomly(new Lenet300().build(DIGITS, 10), 3);
    PruneSpec.Override own = new PruneSpec.Override("fc2", new Amount.Level(0.4));
    for (boolean globally : new boolean[] {false, true}) {
      PruneSpec spec =
          new PruneSpec(
              new Amount.Budgets(List.of(of(Amount.Measure.MACS, 0.99))),
              true,
              new Criterion.Magnitude(),
              globally,
              List.of(own),
              List.of(),
              1,
              0);
      Map<String, Long> left = widths(prune(graph, spec));
      assertEquals(Map.of("fc1", 300L, "fc2", 60L, "fc3", 10L), left);
    }
  }
}
