package dev.espalier.engine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.device.Workload.Layer;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.run.Target;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DevicesTest {
  private static Device device(String word) {
    return (Device) Catalog.standard().find(Kind.DEVICE, word).orElseThrow().make(Map.of());
  }

  private static double milliseconds(Device device, String network, boolean integers) {
    Workload workload = Workload.of(PublishedNetworks.of(network)).with(integers);
    return 1000 * device.latency(workload).number().orElseThrow();
  }

  /**
   * Published times of models and how far, in percent, the prediction lies from them. The first
   * block was not used to calibrate; the errors are those that the devices' documentation tells.
   */
  @ParameterizedTest
  @CsvSource({
    "cortex-m4, mobilenet-v1-0.25-96, true, 221.14, -8",
    "cortex-m7, mobilenet-v1-0.25-96, true, 50.33, -8",
    "phone-core, googlenet, false, 228.38, -12",
    "phone-core, resnet-50, false, 526.04, 12",
    "phone-core, googlenet, true, 209.24, -17",
    "phone-core, resnet-50, true, 422.36, 13",
    "raspberry-pi-4, googlenet, false, 176.24, -1",
    "raspberry-pi-4, resnet-50, false, 486.97, 11",
    "raspberry-pi-4, googlenet, true, 187.99, 2",
    "raspberry-pi-4, resnet-50, true, 421.58, 28",
    "cortex-m4, resnet-8, true, 221.98, 0",
    "cortex-m4, autoencoder, true, 7.579, 0",
    "cortex-m7, resnet-8, true, 54.90, 0",
    "cortex-m7, autoencoder, true, 1.8274, 0",
    "phone-core, mobilenet-v1, false, 107.13, 4",
    "raspberry-pi-4, mobilenet-v1, true, 168.48, 0",
  })
  void publishedTimesAreMetAsDocumented(
      String device, String network, boolean integers, double published, double percent) {
    double predicted = milliseconds(device(device), network, integers);
    assertEquals(percent, 100 * (predicted / published - 1), 1.5, network + " " + predicted);
  }

  /** Another chip with the core, at another clock: an STM32H743 at 480 MHz. */
  @Test
  void anotherChipWithTheCoreIsMetAsDocumented() {
    CortexM7 fast = new CortexM7(480, 2048, 512);
    double predicted = milliseconds(fast, "mobilenet-v2-0.35-144", true);
    assertEquals(-19, 100 * (predicted / 118 - 1), 1.5);
    // Its activations took 296 kB there.
    long activations = Cost.peakActivationBytes(PublishedNetworks.of("mobilenet-v2-0.35-144"), 1);
    assertEquals(296_000, activations / 4.0, 0.06 * 296_000);
  }

  @Test
  void networksHaveTheCostThatTheirAuthorsTell() {
    assertEquals(7_489_664, Workload.of(PublishedNetworks.of("mobilenet-v1-0.25-96")).macs(), 1e3);
    assertEquals(23.5e6, Workload.of(PublishedNetworks.of("mobilenet-v2-0.35-144")).macs(), 1e5);
    assertEquals(569e6, Workload.of(PublishedNetworks.of("mobilenet-v1")).macs(), 1e6);
  }

  @Test
  void microcontrollersDoNotGuessAtFloats() {
    Graph graph = new Lenet5().build(new long[] {1, 28, 28}, 10);
    Estimate estimate = new CortexM4(120, 2097, 640).estimate(graph);
    Estimate.Value.Unknown unknown =
        assertInstanceOf(Estimate.Value.Unknown.class, estimate.latency());
    assertTrue(unknown.why().contains("quantize to int8"), unknown.why());
    assertTrue(estimate.energy().number().isEmpty());
    assertTrue(estimate.runs());
    assertEquals(
        4 * Parameters.count(graph) + Stm32.PROGRAM, estimate.flash().number().orElseThrow());
  }

  @Test
  void aModelThatDoesNotFitIsSaidNotTo() {
    Graph graph = new Mlp(List.of(4000)).build(new long[] {1, 28, 28}, 10);
    Estimate estimate = new CortexM4(120, 2097, 640).estimate(graph);
    assertFalse(estimate.runs());
    assertEquals(1, estimate.hindrances().size());
    assertTrue(estimate.hindrances().get(0).contains("of flash"), estimate.hindrances().get(0));
    assertEquals(
        List.of("it needs"),
        new CortexM4(120, 1_000_000, 1)
            .estimate(graph).hindrances().stream().map(h -> h.substring(0, 8)).toList());
  }

  @Test
  void aSlowerClockTakesLongerAndItsPowerIsNotKnown() {
    Workload work = Workload.of(PublishedNetworks.of("resnet-8")).with(true);
    double usual = new CortexM4(120, 2097, 640).latency(work).number().orElseThrow();
    double slow = new CortexM4(60, 2097, 640).latency(work).number().orElseThrow();
    assertEquals(2, slow / usual, 1e-9);
    Graph graph = PublishedNetworks.of("resnet-8");
    assertTrue(new CortexM4(60, 2097, 640).estimate(graph).energy().number().isEmpty());
  }

  @Test
  void normalisationAndActivationFunctionsAreFused() {
    Graph graph = new dev.espalier.engine.architecture.Resnet20().build(new long[] {3, 32, 32}, 10);
    Map<Workload.Kind, Long> counts =
        Workload.of(graph).layers().stream()
            .collect(Collectors.groupingBy(Layer::kind, Collectors.counting()));
    assertEquals(1, counts.get(Workload.Kind.DENSE));
    assertEquals(Cost.macs(graph), Workload.of(graph).macs());
    // Additions and the pooling at the end.
    assertEquals(9 + 1, counts.get(Workload.Kind.ELEMENTWISE));
  }

  /** What {@code size at most …} may be refused for before anything is trained. */
  @Test
  void noFileIsSmallerThanWhatIsRefused() {
    Graph graph =
        new Graph(
            "",
            Graph.OPSET,
            List.of(new ValueInfo("a", DataType.FLOAT, List.of(1L))),
            List.of(new ValueInfo("b", DataType.FLOAT, List.of(1L))),
            List.of(Node.of("", "Abs", List.of("a"), List.of("b"), Map.of())),
            Map.of(),
            Map.of());
    int bytes = OnnxFile.encode(graph).length;
    assertTrue(bytes > Target.SMALLEST_FILE, "the smallest file has " + bytes + " bytes");
  }
}
