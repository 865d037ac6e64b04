package dev.espalier.engine.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.train.NativeEngine;
import dev.espalier.engine.train.Network;
import dev.espalier.engine.train.TrainSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Channels through every structure, each at ten ratios. */
class StructuresTest {
  private static final Map<String, Graph> EXACT = Structures.exact();
  private static final Map<String, Graph> ALL = all();
  private static final Environment ONE = new Environment(1, 1, "cpu", true);

  private static Map<String, Graph> all() {
    Map<String, Graph> all = new LinkedHashMap<>(EXACT);
    all.putAll(Structures.counting());
    return all;
  }

  @Provide
  Arbitrary<String> exact() {
    return Arbitraries.of(EXACT.keySet());
  }

  @Property(tries = 120)
  void removingZeroedChannelsChangesNoOutput(
      @ForAll @From("exact") String structure, @ForAll Heads heads, @ForAll long seed) {
    Masking.proves(EXACT.get(structure), heads, seed);
  }

  @Test
  void everyRatioLeavesAValidNetworkThatBothRuntimesComputeAlike() {
    ALL.forEach(
        (name, graph) -> {
          long before = Long.MAX_VALUE;
          for (int tenths = 0; tenths < 10; tenths++) {
            for (Heads heads : Heads.values()) {
              Graph smaller =
                  prune(graph, PruneSpec.channels(tenths / 10.0).shaped(new ChannelShape(1, heads)))
                      .graph();
              assertArrayEquals(
                  Masking.run(smaller, 2),
                  engine(smaller, 2),
                  1e-4f,
                  name + " at " + tenths + " " + heads);
              assertEquals(smaller, OnnxFile.decode(OnnxFile.encode(smaller), name), name);
              if (heads == Heads.NARROWER) {
                long now = Parameters.count(smaller);
                assertTrue(now <= before, name + " at " + tenths);
                before = now;
              }
            }
          }
          assertTrue(before < Parameters.count(graph), name + " lost nothing");
        });
  }

  /** The noise of {@link Masking#run}, computed by the engine. */
  static float[] engine(Graph graph, int batch) {
    long[] shape = graph.inputs().get(0).shape(batch);
    SplittableRandom random = new SplittableRandom(7);
    float[] x = new float[(int) Tensor.count(shape)];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble();
    }
    return NativeEngine.work(
        ONE,
        "test",
        m -> new Network(graph, m).infer(m.create(x, new Shape(shape)), m).toFloatArray());
  }

  private static Pruned prune(Graph graph, PruneSpec spec) {
    return Pruner.prune(graph, spec, TrainSettings.epochs(1), Optional.empty(), ONE, Progress.NONE);
  }

  private static long outputs(Graph graph, String layer) {
    return Layers.of(graph).stream()
        .filter(p -> p.layer().equals(layer))
        .mapToLong(p -> graph.weights().get(p.weight()).shape()[p.outAxis()])
        .findFirst()
        .orElseThrow();
  }

  @Test
  void headsGetNarrowerOrGoWhole() {
    Graph graph = ALL.get("heads");
    PruneSpec third = PruneSpec.channels(1.0 / 3);
    // 3 heads of 4: 4 − round(4/3) = 3 of each head, or 2 heads of 4.
    Graph narrower = prune(graph, third).graph();
    assertEquals(9, outputs(narrower, "layer1.q"));
    Graph fewer = prune(graph, third.shaped(new ChannelShape(1, Heads.WHOLE))).graph();
    assertEquals(8, outputs(fewer, "layer1.q"));
    assertEquals(8, outputs(fewer, "layer1.v"));
    // The hidden layer has no heads: both ways alike.
    assertEquals(outputs(narrower, "layer1.up"), outputs(fewer, "layer1.up"));
  }

  @Test
  void widthsAreRounded() {
    Graph graph = RandomWeights.randomly(new Resnet20().build(new long[] {3, 8, 8}, 10), 3);
    Graph smaller =
        prune(graph, PruneSpec.channels(0.4).shaped(new ChannelShape(8, Heads.NARROWER))).graph();
    for (LayerRow row : LayerRow.of(smaller)) {
      if (!row.layer().equals("fc")) {
        assertEquals(0, row.shape().get(0) % 8, row.toString());
      }
    }
    // 64 − 26 = 38 is nearest to 40.
    assertEquals(40, outputs(smaller, "block9-conv1"));
  }

  @Test
  void budgetsAreMetWithTheLeastRemoval() {
    Graph graph = RandomWeights.randomly(new Resnet20().build(new long[] {3, 8, 8}, 10), 3);
    Amount.Budget half = new Amount.Budget(Amount.Measure.MACS, 0.5, true);
    Graph smaller = prune(graph, PruneSpec.to(half)).graph();
    double left = (double) Cost.macs(smaller) / Cost.macs(graph);
    assertTrue(left <= 0.5 && left > 0.45, "MACs left " + left);
    Amount.Budget bytes = new Amount.Budget(Amount.Measure.BYTES, 300_000, false);
    int size = OnnxFile.encode(prune(graph, PruneSpec.to(bytes)).graph()).length;
    assertTrue(size <= 300_000 && size > 270_000, "bytes " + size);
    // A budget that holds already takes nothing.
    Amount.Budget loose = new Amount.Budget(Amount.Measure.BYTES, 1e9, false);
    assertEquals(
        Parameters.count(graph), Parameters.count(prune(graph, PruneSpec.to(loose)).graph()));
    Amount.Budget tight = new Amount.Budget(Amount.Measure.MACS, 10, false);
    EspalierException e =
        assertThrows(EspalierException.class, () -> prune(graph, PruneSpec.to(tight)));
    assertTrue(e.what().contains("cannot be pruned to 10 MACs"), e.what());
    assertTrue(e.why().contains("as few channels left as may be"), e.why());
  }

  @Test
  void couplingIsTold() {
    List<CoupledChannels> told = CoupledChannels.of(ALL.get("heads"), Heads.NARROWER);
    CoupledChannels keys =
        told.stream().filter(c -> c.layers().contains("layer1.q")).findFirst().orElseThrow();
    assertEquals(List.of("layer1.q", "layer1.k"), keys.layers());
    assertEquals(4, keys.count());
    assertEquals(3, keys.width());
    assertEquals("", keys.keeper());
    CoupledChannels last = told.get(told.size() - 1);
    assertEquals(List.of("head"), last.layers());
    assertEquals("they are inputs or outputs of the model", last.keeper());
    CoupledChannels stream =
        told.stream().filter(c -> c.layers().contains("embed")).findFirst().orElseThrow();
    assertEquals(
        List.of("embed", "layer1.project", "layer1.down", "layer2.project", "layer2.down"),
        stream.layers());
    assertEquals(12, stream.count());
    assertTrue(stream.weights().contains("positions.weight"), stream.toString());
  }
}
