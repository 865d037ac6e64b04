package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** In which order the layers of several models are listed and drawn. */
class LayerOrderTest {
  @Test
  void theLayersOfEachModelStayInItsOrder() {
    assertEquals(
        List.of("conv1", "conv2", "fc1", "fc2"),
        LayerOrder.of(List.of(List.of("fc1", "fc2"), List.of("conv1", "conv2", "fc1", "fc2"))));
    assertEquals(
        List.of("fc1", "fc3", "fc2", "out"),
        LayerOrder.of(List.of(List.of("fc1", "fc3", "out"), List.of("fc1", "fc2", "out"))));
    assertEquals(
        List.of("a", "b", "c", "d", "e"),
        LayerOrder.of(List.of(List.of("b", "d"), List.of("a", "b", "c", "d"), List.of("d", "e"))));
  }

  @Test
  void modelsWithoutALayerInCommonStandOneAfterTheOther() {
    assertEquals(
        List.of("a", "b", "c", "d"), LayerOrder.of(List.of(List.of("a", "b"), List.of("c", "d"))));
  }

  @Test
  void everyNameIsThereOnceWhereOrdersContradict() {
    assertEquals(
        List.of("a", "b", "x"), LayerOrder.of(List.of(List.of("a", "b"), List.of("b", "a", "x"))));
  }
}
