package dev.espalier.engine.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final long[] DIGITS = {1, 28, 28};
  private static final long[] CIFAR = {3, 32, 32};

  /** Trained numbers: everything but the running statistics of normalisation. */
  private static long parameters(Graph graph) {
    return graph.weights().entrySet().stream()
        .filter(e -> !e.getKey().contains(".running_"))
        .mapToLong(e -> Tensor.count(e.getValue().shape()))
        .sum();
  }

  private static List<String> nodes(Graph graph) {
    return graph.nodes().stream().map(n -> n.name()).toList();
  }

  @Test
  void knownNetworksHaveTheirPublishedSizes() {
    assertEquals(266_610, parameters(new Lenet300().build(DIGITS, 10)));
    assertEquals(431_080, parameters(new Lenet5().build(DIGITS, 10)));
    assertEquals(272_474, parameters(new Resnet20().build(CIFAR, 10)));
    assertEquals(2_395_210, parameters(new Mlp(List.of(1200, 1200)).build(DIGITS, 10)));
  }

  @Test
  void blueprintsHoldRulesAndNamesThatUsersSee() {
    Graph graph = new Lenet5().build(DIGITS, 10);
    assertTrue(graph.isBlueprint());
    assertEquals("input", graph.inputs().get(0).name());
    assertEquals(List.of(-1L, 1L, 28L, 28L), graph.inputs().get(0).shape());
    assertEquals("logits", graph.outputs().get(0).name());
    assertEquals("logits", graph.node("fc2").output());
    assertEquals(List.of("input", "conv1.weight", "conv1.bias"), graph.node("conv1").inputs());
    assertEquals(
        List.of(20L, 1L, 5L, 5L),
        java.util.Arrays.stream(graph.weights().get("conv1.weight").shape()).boxed().toList());
  }

  @Test
  void aWordOfTheCatalogMakesTheArchitecture() {
    Record mlp =
        Catalog.standard()
            .find(Kind.ARCHITECTURE, "mlp")
            .orElseThrow()
            .make(Map.of("hidden", List.of(30)));
    assertEquals(new Mlp(List.of(30)), mlp);
    assertEquals(
        "lenet-5", Catalog.standard().find(Kind.ARCHITECTURE, "lenet").orElseThrow().name());
    assertEquals(
        new Layer.Conv(16, 3, 1, Layer.Padding.SAME, -1, 1, true),
        Catalog.standard()
            .find(Kind.LAYER, "conv")
            .orElseThrow()
            .make(Map.of("filters", 16, "kernel", 3)));
  }

  @Test
  void imagesTooSmallAreRefusedNamingTheLayer() {
    EspalierException e =
        assertThrows(EspalierException.class, () -> new Lenet5().build(new long[] {1, 12, 12}, 10));
    assertEquals("layer `conv2` of `lenet-5` does not fit", e.what());
    assertEquals("a 5x5 window with padding 0 does not fit into its input [20, 4, 4]", e.why());
  }

  @Test
  void modelsBeyondMemoryAreRefusedBeforeAnythingIsAllocated() {
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () -> new Mlp(List.of(1_000_000, 1_000_000)).build(DIGITS, 10));
    assertTrue(e.what().contains("fc2"), e.what());
  }

  @Test
  void layersGetTheirWordAndANumberUnlessNamed() {
    LayerBlock block =
        new LayerBlock(
            List.of(
                entry(conv(8), "conv2"),
                entry(conv(8)),
                entry(conv(8)),
                entry(new Layer.MaxPool(2, 0)),
                entry(new Layer.Dense(10), "head")));
    assertEquals(
        List.of("conv2", "conv1", "conv3", "max-pool1", "head-flatten", "head"),
        nodes(block.build(DIGITS, 10)));
  }

  @Test
  void residualBlocksAddTheirInputOrItsProjection() {
    Graph same =
        new LayerBlock(
                List.of(
                    entry(conv(16)),
                    entry(
                        new Layer.Residual(List.of(entry(conv(16)), entry(new Layer.Relu()))),
                        "block1"),
                    entry(new Layer.Dense(10))))
            .build(CIFAR, 10);
    assertEquals(List.of("block1-relu1.out", "conv1.out"), same.node("block1").inputs());

    Graph projected =
        LayerBlock.of(
                new Layer.Residual(
                    List.of(
                        entry(new Layer.Conv(16, 3, 2, Layer.Padding.SAME, -1, 1, true)),
                        entry(new Layer.BatchNorm()))),
                new Layer.GlobalPool(),
                new Layer.Dense(10))
            .build(CIFAR, 10);
    assertEquals(
        List.of("residual1-batch-norm1.out", "residual1-shortcut-bn.out"),
        projected.node("residual1").inputs());
    assertEquals(
        2, projected.node("residual1-shortcut").integers("strides")[0], "the block halves images");
  }

  @Test
  void aResidualBlockThatCannotBeAddedIsRefused() {
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () ->
                LayerBlock.of(
                        new Layer.Residual(List.of(entry(new Layer.Dense(16)))),
                        new Layer.Dense(10))
                    .build(CIFAR, 10));
    assertEquals("layer `residual1` cannot add its output to its input", e.what());
    assertTrue(e.why().contains("[3, 32, 32]") && e.why().contains("[16]"), e.why());
  }

  @Test
  void aConvolutionOfFeaturesIsRefused() {
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () -> LayerBlock.of(conv(8), new Layer.Dense(10)).build(new long[] {64}, 10));
    assertEquals("layer `conv1` of `model` does not fit", e.what());
    assertTrue(e.why().contains("[64]"), e.why());
  }

  @Test
  void aBlockThatDoesNotEndInLogitsIsRefusedWithWhatToAdd() {
    EspalierException wrong =
        assertThrows(
            EspalierException.class, () -> LayerBlock.of(new Layer.Dense(9)).build(DIGITS, 10));
    assertEquals("end with `dense(10)`", wrong.fix());
    EspalierException relu =
        assertThrows(
            EspalierException.class,
            () -> LayerBlock.of(new Layer.Dense(10), new Layer.Relu()).build(DIGITS, 10));
    assertEquals("a model cannot end with `relu`", relu.what());
  }

  @Test
  void twoLayersOfOneNameAreRefused() {
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () ->
                new LayerBlock(
                        List.of(entry(new Layer.Dense(5), "fc"), entry(new Layer.Dense(10), "fc")))
                    .build(DIGITS, 10));
    assertEquals("two layers are called `fc`", e.what());
  }

  @Test
  void channelMeansCanBeTheLogits() {
    Graph graph = LayerBlock.of(conv(10), new Layer.GlobalPool()).build(DIGITS, 10);
    assertEquals("logits", graph.node("flatten1").output());
  }

  @Test
  void groupsMustDivideTheChannels() {
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () ->
                LayerBlock.of(
                        new Layer.Conv(9, 3, 1, Layer.Padding.SAME, -1, 2, true),
                        new Layer.Dense(10))
                    .build(CIFAR, 10));
    assertTrue(e.why().startsWith("2 groups do not divide both evenly"), e.why());
  }

  private static Layer conv(int filters) {
    return new Layer.Conv(filters, 3, 1, Layer.Padding.SAME, -1, 1, true);
  }

  private static LayerBlock.Entry entry(Layer layer) {
    return new LayerBlock.Entry(layer, Optional.empty());
  }

  private static LayerBlock.Entry entry(Layer layer, String name) {
    return new LayerBlock.Entry(layer, Optional.of(name));
  }
}
