package dev.espalier.engine.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.GraphBuilder;
import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.architecture.Layer;
import dev.espalier.engine.architecture.LayerBlock;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.ConstantFolding;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChannelPruningTest {
  private static final long[] SMALL = {3, 8, 8};

  /** Networks with every way of coupling, by name. */
  private static final Map<String, Graph> NETWORKS = networks();

  static Map<String, Graph> networks() {
    Map<String, Graph> all = new LinkedHashMap<>();
    all.put("mlp", new Mlp(List.of(12, 7)).build(SMALL, 4));
    all.put("lenet-5", new Lenet5().build(new long[] {1, 28, 28}, 10));
    all.put("resnet20", new Resnet20().build(SMALL, 10));
    all.put(
        "residual blocks",
        LayerBlock.of(
                conv(8, 1),
                new Layer.Residual(
                    List.of(
                        entry(conv(8, 1)), entry(new Layer.BatchNorm()), entry(new Layer.Tanh()))),
                new Layer.Residual(
                    List.of(
                        entry(new Layer.Conv(12, 3, 2, Layer.Padding.SAME, -1, 1, true)),
                        entry(new Layer.LeakyRelu(0.1)))),
                new Layer.AvgPool(2, 0),
                new Layer.Dense(9),
                new Layer.Residual(List.of(entry(new Layer.Dense(9)), entry(new Layer.Relu()))),
                new Layer.Dense(10))
            .build(SMALL, 10));
    all.put(
        "depthwise",
        LayerBlock.of(
                conv(6, 1),
                new Layer.BatchNorm(),
                conv(6, 6),
                new Layer.Relu(),
                new Layer.Conv(10, 1, 1, Layer.Padding.SAME, -1, 1, true),
                new Layer.Conv(20, 3, 1, Layer.Padding.SAME, -1, 10, true),
                new Layer.Sigmoid(),
                new Layer.GlobalPool(),
                new Layer.Dense(10))
            .build(SMALL, 10));
    all.put(
        "grouped",
        LayerBlock.of(
                conv(8, 1),
                conv(12, 4),
                new Layer.Relu(),
                new Layer.MaxPool(2, 0),
                new Layer.Dense(10))
            .build(SMALL, 10));
    all.put("concat", concat());
    all.put("reshape", asTorchFlattens(new Lenet5().build(new long[] {1, 28, 28}, 10)));
    all.putAll(OperatorNetworks.all());
    all.replaceAll((name, blueprint) -> RandomWeights.randomly(blueprint.named(name), 3));
    return all;
  }

  /**
   * Two branches side by side, added to a third, so that a family has channels of several layers.
   */
  private static Graph concat() {
    GraphBuilder g = new GraphBuilder("concat", GraphBuilder.Kernels.HE_NORMAL, SMALL);
    Flow left = g.relu("relu1", g.conv("left", g.input(), 5, 3, 1, 1, 1, true));
    Flow right = g.conv("right", g.input(), 4, 1, 1, 0, 1, true);
    Flow both = g.concat("both", List.of(left, right));
    Flow other = g.batchNorm("bn", g.conv("other", g.input(), 9, 3, 1, 1, 1, false));
    Flow sum = g.add("sum", both, other);
    Flow again = g.concat("again", List.of(sum, left));
    Flow out = g.dense("fc", g.flatten("flatten", g.maxPool("pool", again, 2, 2)), 10);
    return g.build(out, 10);
  }

  /** With {@code x.view(-1, 800)} in place of Flatten, as exporters write it. */
  private static Graph asTorchFlattens(Graph graph) {
    Map<String, Weight> weights = new LinkedHashMap<>(graph.weights());
    weights.put("shape", new Weight.Value(Tensor.ofLongs(new long[] {2}, -1, 800)));
    List<Node> nodes = new ArrayList<>();
    for (Node n : graph.nodes()) {
      nodes.add(
          n.operator().equals("Flatten")
              ? Node.of(n.name(), "Reshape", List.of(n.input(0), "shape"), n.outputs(), Map.of())
              : n);
    }
    return new Graph(
        graph.name(),
        graph.opset(),
        graph.inputs(),
        graph.outputs(),
        nodes,
        weights,
        graph.metadata());
  }

  private static Layer conv(int filters, int groups) {
    return new Layer.Conv(filters, 3, 1, Layer.Padding.SAME, -1, groups, true);
  }

  private static LayerBlock.Entry entry(Layer layer) {
    return new LayerBlock.Entry(layer, Optional.empty());
  }

  private static Pruned prune(Graph graph, PruneSpec spec) {
    return Pruner.prune(
        graph,
        spec,
        TrainSettings.epochs(1),
        Optional.empty(),
        Environment.standard(),
        Progress.NONE);
  }

  private static PruneSpec spec(
      double level,
      Criterion criterion,
      boolean globally,
      Map<String, Double> overrides,
      String... except) {
    return new PruneSpec(
        new Amount.Level(level),
        true,
        criterion,
        globally,
        new TreeMap<>(overrides)
            .entrySet().stream()
                .map(e -> new PruneSpec.Override(e.getKey(), new Amount.Level(e.getValue())))
                .toList(),
        List.of(except),
        1,
        0);
  }

  private static Map<String, Long> outputs(Graph graph) {
    Map<String, Long> outputs = new TreeMap<>();
    for (Layers.Prunable p : Layers.of(graph)) {
      outputs.put(p.layer(), graph.weights().get(p.weight()).shape()[p.outAxis()]);
    }
    return outputs;
  }

  @Provide
  Arbitrary<String> network() {
    return Arbitraries.of(NETWORKS.keySet());
  }

  /** The proof of the coupling: channels that are zero in all their slices can go unnoticed. */
  @Property(tries = 60)
  void removingZeroedChannelsChangesNoOutput(
      @ForAll @From("network") String network, @ForAll long seed) {
    Masking.proves(NETWORKS.get(network), Heads.NARROWER, seed);
  }

  @Test
  void everyNetworkHasChannelsToRemove() {
    NETWORKS.forEach(
        (name, graph) ->
            assertTrue(
                Coupling.of(ConstantFolding.in(graph)).groups().stream().anyMatch(g -> !g.frozen()),
                name));
  }

  @Test
  void everyRatioLeavesAValidSmallerNetwork() {
    for (Map.Entry<String, Graph> network : NETWORKS.entrySet()) {
      long before = Long.MAX_VALUE;
      for (int tenths = 0; tenths < 10; tenths++) {
        for (boolean globally : new boolean[] {false, true}) {
          Graph smaller =
              prune(
                      network.getValue(),
                      spec(tenths / 10.0, new Criterion.Magnitude(), globally, Map.of()))
                  .graph();
          for (float logit : Masking.run(smaller, 2)) {
            assertTrue(Float.isFinite(logit), network.getKey() + " at " + tenths);
          }
          if (!globally) {
            assertTrue(Parameters.count(smaller) <= before, network.getKey() + " at " + tenths);
            before = Parameters.count(smaller);
          }
        }
      }
    }
  }

  @Test
  void halfOfTheChannelsOfEveryLayerGo() {
    Graph graph = NETWORKS.get("lenet-5");
    Pruned result = prune(graph, PruneSpec.channels(0.5));
    assertEquals(
        Map.of("conv1", 10L, "conv2", 25L, "fc1", 250L, "fc2", 10L), outputs(result.graph()));
    assertEquals(10 * 26 + 25 * 251 + 250 * 401 + 2_510, Parameters.count(result.graph()));
    assertEquals(
        "removed 285 of 570 channels (50.0%): parameters 431,080 → 109,295 (−74.6%), MACs "
            + String.format(
                "%,d → %,d (−%.1f%%)",
                Cost.macs(graph),
                Cost.macs(result.graph()),
                100.0 * (Cost.macs(graph) - Cost.macs(result.graph())) / Cost.macs(graph)),
        result.effect());
  }

  @Test
  void residualStagesShrinkTogether() {
    Map<String, Long> left =
        outputs(prune(NETWORKS.get("resnet20"), PruneSpec.channels(0.25)).graph());
    for (String layer : List.of("conv1", "block1-conv2", "block3-conv2", "block2-conv1")) {
      assertEquals(12, left.get(layer), layer);
    }
    for (String layer : List.of("block4-shortcut", "block4-conv2", "block6-conv2")) {
      assertEquals(24, left.get(layer), layer);
    }
    assertEquals(48, left.get("block9-conv2"));
    assertEquals(10, left.get("fc"));
  }

  @Test
  void slicesOfChannelsShrinkWithWhatTheyAreCutFrom() {
    Map<String, Long> left =
        outputs(prune(NETWORKS.get("slices"), PruneSpec.channels(0.5)).graph());
    assertEquals(6, left.get("conv1"));
    assertEquals(4, left.get("conv2"));
    assertEquals(
        3,
        outputs(prune(NETWORKS.get("transposed convolutions"), PruneSpec.channels(0.5)).graph())
            .get("up"),
        "of three groups one stays");
    Map<String, Long> resized =
        outputs(prune(NETWORKS.get("resized"), PruneSpec.channels(0.5)).graph());
    assertEquals(3, resized.get("conv1"));
    assertEquals(4, resized.get("conv2"), "of three shuffled channels one stays");
    assertEquals(2, resized.get("conv3"));
    Map<String, Long> einsum =
        outputs(prune(NETWORKS.get("einsum"), PruneSpec.channels(0.5)).graph());
    assertEquals(
        List.of(4L, 4L, 4L), List.of(einsum.get("in0"), einsum.get("in1"), einsum.get("in2")));
  }

  @Test
  void hiddenUnitsOfRecurrentLayersGo() {
    for (String network : List.of("lstm", "lstm both ways", "gru", "rnn")) {
      Pruned half = prune(NETWORKS.get(network), PruneSpec.channels(0.5));
      Map<String, Long> left = outputs(half.graph());
      assertEquals(4, left.get("first.recurrence"), network);
      assertEquals(4, half.graph().node("first").integer("hidden_size", 0), network);
      Pruned held =
          prune(
              NETWORKS.get(network),
              spec(0.5, new Criterion.Magnitude(), false, Map.of(), "first"));
      assertEquals(8, outputs(held.graph()).get("first.recurrence"), network);
    }
  }

  @Test
  void theWeakestChannelsGo() {
    Graph graph = NETWORKS.get("mlp");
    Coupling coupling = Coupling.of(graph);
    List<Coupling.Group> weak =
        coupling.groups().stream()
            .filter(g -> g.layers().contains("fc1"))
            .filter(
                g -> {
                  int unit = g.slices().get(new Coupling.Axis("fc1.weight", 0))[0];
                  return unit == 2 || unit == 11;
                })
            .toList();
    Graph weakened = Masking.zeroed(graph, weak);
    Graph smaller =
        prune(weakened, spec(2.0 / 12, new Criterion.Magnitude(), false, Map.of("fc2", 0.0)))
            .graph();
    assertEquals(10, outputs(smaller).get("fc1"));
    assertArrayEquals(Masking.run(weakened, 4), Masking.run(smaller, 4), 1e-5f);
  }

  @Test
  void levelsCountFromTheDenseOriginalEvenAfterSavingAndLoading(@TempDir Path folder) {
    Graph half = prune(NETWORKS.get("lenet-5"), PruneSpec.channels(0.5)).graph();
    OnnxFile.write(half, folder.resolve("half.onnx"));
    Graph loaded = OnnxFile.read(folder.resolve("half.onnx"));
    Pruned again = prune(loaded, PruneSpec.channels(0.8));
    assertEquals(
        Map.of("conv1", 4L, "conv2", 10L, "fc1", 100L, "fc2", 10L), outputs(again.graph()));
    assertTrue(again.effect().contains("80.0% of the dense original's are gone"), again.effect());
    EspalierException e =
        assertThrows(EspalierException.class, () -> prune(loaded, PruneSpec.channels(0.3)));
    assertTrue(e.what().endsWith("already lost 50% of its channels"), e.what());
  }

  @Test
  void maskedWeightsStayMaskedAndCountedAfterChannelsGo(@TempDir Path folder) {
    Graph sparse = prune(NETWORKS.get("lenet-5"), PruneSpec.weights(0.5)).graph();
    Graph smaller = prune(sparse, PruneSpec.channels(0.5)).graph();
    OnnxFile.write(smaller, folder.resolve("small.onnx"));
    Graph loaded = OnnxFile.read(folder.resolve("small.onnx"));
    assertEquals(LayerRow.of(smaller), LayerRow.of(loaded));
    LayerRow fc1 = LayerRow.of(loaded).get(2);
    assertEquals(400_000, fc1.dense());
    assertEquals(100_000, fc1.size());
    assertTrue(fc1.nonZero() < fc1.size());
    assertTrue(fc1.sparsity() > 0.75);
    EspalierException e =
        assertThrows(EspalierException.class, () -> prune(loaded, PruneSpec.weights(0.6)));
    assertEquals("percentages count from the dense original", e.why());
  }

  @Test
  void aFamilyWithAnExceptedLayerStaysWhole() {
    Pruned result =
        prune(
            NETWORKS.get("resnet20"),
            spec(0.5, new Criterion.Magnitude(), false, Map.of(), "block2-conv2"));
    Map<String, Long> left = outputs(result.graph());
    assertEquals(16, left.get("conv1"));
    assertEquals(16, left.get("block3-conv2"));
    assertEquals(8, left.get("block2-conv1"), "coupled to nothing that is excepted");
    assertTrue(
        result.effect().contains("kept whole, being coupled to what is excepted: conv1,"),
        result.effect());
  }

  @Test
  void exceptingEverythingIsRefused() {
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () ->
                prune(
                    NETWORKS.get("mlp"),
                    spec(0.5, new Criterion.Magnitude(), false, Map.of(), "fc*")));
    assertEquals("`except` leaves no channel that may go", e.what());
  }

  @Test
  void amountsThatContradictTheCouplingAreRefused() {
    Graph resnet = NETWORKS.get("resnet20");
    EspalierException different =
        assertThrows(
            EspalierException.class,
            () ->
                prune(
                    resnet,
                    spec(
                        0.5,
                        new Criterion.Magnitude(),
                        false,
                        Map.of("conv1", 0.25, "block1-conv2", 0.5))));
    assertEquals("`conv1` and `block1-conv2` cannot have different amounts", different.what());
    EspalierException excepted =
        assertThrows(
            EspalierException.class,
            () ->
                prune(
                    resnet,
                    spec(
                        0.5,
                        new Criterion.Magnitude(),
                        false,
                        Map.of("block1-conv2", 0.25),
                        "conv1")));
    assertEquals("the channels of `block1-conv2` cannot go", excepted.what());
    assertTrue(excepted.why().contains("`conv1`"), excepted.why());
    EspalierException logits =
        assertThrows(
            EspalierException.class,
            () -> prune(resnet, spec(0.5, new Criterion.Magnitude(), false, Map.of("fc", 0.5))));
    assertTrue(logits.why().contains("model's outputs"), logits.why());
  }

  @Test
  void globallyFamiliesCompeteForTheWholeAmount() {
    Graph graph = NETWORKS.get("lenet-5");
    Map<String, Long> left =
        outputs(prune(graph, spec(0.5, new Criterion.Magnitude(), true, Map.of())).graph());
    assertEquals(285, left.get("conv1") + left.get("conv2") + left.get("fc1"));
  }

  @Test
  void chanceFollowsTheSeed() {
    Graph graph = NETWORKS.get("lenet-5");
    PruneSpec random = spec(0.5, new Criterion.Random(), false, Map.of());
    Graph once = prune(graph, random).graph();
    assertEquals(once, prune(graph, random).graph());
    assertEquals(outputs(prune(graph, PruneSpec.channels(0.5)).graph()), outputs(once));
  }

  @Test
  void oneChannelAlwaysStays() {
    Graph tiny = prune(NETWORKS.get("resnet20"), PruneSpec.channels(0.999)).graph();
    outputs(tiny).forEach((layer, n) -> assertEquals(layer.equals("fc") ? 10 : 1, n, layer));
    assertEquals(20, Masking.run(tiny, 2).length);
  }
}
