package dev.espalier.engine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.architecture.Lenet300;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.MobilenetV2;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.measure.Runtime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineBenchmarkTest {
  @TempDir Path folder;

  @Test
  void isMeasuredOnceAndMeasuredAgainWhereWhatWasKeptIsDamaged() throws IOException {
    MachineBenchmark.Result measured = MachineBenchmark.kept(folder);
    assertTrue(measured.floats().convolution3x3() > 0);
    assertTrue(measured.integers().denseWeight() > 0);
    Path file;
    try (var files = Files.list(folder)) {
      file = files.findFirst().orElseThrow();
    }
    assertEquals(measured, MachineBenchmark.kept(folder));
    Files.writeString(file, "{\"floats\": {\"dense\": -1}}");
    MachineBenchmark.Result again = MachineBenchmark.kept(folder);
    assertTrue(again.floats().start() >= 0);
    assertEquals(again, MachineBenchmark.kept(folder));
  }

  /**
   * Prints modelled beside measured latency; how they lie to each other is the machine's affair.
   */
  @Test
  @Tag("long")
  void modelledBesideMeasured() {
    MachineBenchmark.Result rates = MachineBenchmark.kept(folder);
    List<Architecture> architectures =
        List.of(new Lenet300(), new Lenet5(), new Resnet20(), new MobilenetV2(1));
    for (Architecture architecture : architectures) {
      long[] input =
          architecture instanceof Lenet300 || architecture instanceof Lenet5
              ? new long[] {1, 28, 28}
              : new long[] {3, 32, 32};
      Graph graph = filled(architecture.build(input, 10));
      double modelled = rates.floats().start();
      for (Workload.Layer layer : Workload.of(graph).layers()) {
        modelled += rates.floats().of(layer);
      }
      double measured;
      try (Runtime runtime = Runtime.of(graph, 1)) {
        measured =
            runtime
                .latency(
                    new float[(int) Tensor.count(input)], 1, Duration.ofMillis(300), Progress.NONE)
                .median();
      }
      System.out.printf(
          Locale.ROOT,
          "%s: modelled %.1f us, measured %.1f us%n",
          graph.name(),
          1e6 * modelled,
          1e6 * measured);
      assertTrue(modelled > 0 && measured > 0, graph.name());
    }
  }

  private static Graph filled(Graph blueprint) {
    SplittableRandom random = new SplittableRandom(3);
    Map<String, Tensor> values = new LinkedHashMap<>();
    for (Map.Entry<String, Weight> weight : blueprint.weights().entrySet()) {
      if (weight.getValue() instanceof Weight.Rule rule) {
        float[] all = new float[Math.toIntExact(Tensor.count(rule.shape()))];
        boolean kernel = rule.shape().length > 1;
        double spread = Math.sqrt(6.0 * rule.shape()[0] / all.length);
        for (int i = 0; i < all.length; i++) {
          all[i] = kernel ? (float) (spread * (2 * random.nextDouble() - 1)) : 1;
        }
        values.put(weight.getKey(), Tensor.ofFloats(rule.shape(), all));
      }
    }
    return blueprint.withWeights(values);
  }
}
