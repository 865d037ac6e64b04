package dev.espalier.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Model;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.device.CortexM4;
import dev.espalier.engine.device.CortexM7;
import dev.espalier.engine.device.Device;
import dev.espalier.engine.device.PhoneCore;
import dev.espalier.engine.device.RaspberryPi4;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.prune.Pruner;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.run.Constraint;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation.Bound;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.study.Experiment;
import dev.espalier.engine.study.OutOfReach;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is proved before training holds for the models that training and quantizing make. */
class LowerBoundsTest {
  private static final List<Device> DEVICES =
      List.of(
          new CortexM4(120, 2097, 640),
          new CortexM7(280, 2097, 1184),
          new RaspberryPi4(4),
          new PhoneCore());

  @Test
  void noModelIsBelowTheBoundsOfItsBlueprint(@TempDir Path folder) {
    Experiment lab = Experiment.in(folder).threads(1);
    DataSet data = lab.data("d", new Glyphs(120, 40, 0.2, 1));
    for (Architecture architecture : List.of(new Lenet5(), new Resnet20())) {
      Graph blueprint = architecture.build(data.shape(), data.classes().size());
      PruneSpec half = PruneSpec.channels(0.5);
      Model whole = lab.train(architecture, data, TrainSettings.epochs(1));
      Model thin = lab.prune(whole, half);
      Graph shapes = Pruner.shapes(blueprint, half).orElseThrow();
      Graph alike = Pruner.shapes(blueprint, PruneSpec.weights(0.5)).orElseThrow();
      assertEquals(blueprint, alike, "zeros change no shape");
      holds(blueprint, false, whole.graph());
      holds(blueprint, true, lab.quantize(whole, data, QuantizeSpec.int8()).graph());
      holds(shapes, false, thin.graph());
      holds(shapes, true, lab.quantize(thin, data, QuantizeSpec.int8()).graph());
      assertEquals(
          (double) Cost.macs(thin.graph()),
          LowerBounds.of(shapes, false, Optional.empty()).get(Metric.MACS));
    }
  }

  private static void holds(Graph before, boolean quantized, Graph made) {
    Map<Metric, Double> least = LowerBounds.of(before, quantized, Optional.empty());
    atLeast(least, Metric.MACS, (double) Cost.macs(made));
    atLeast(least, Metric.PARAMETERS, (double) Parameters.count(made));
    atLeast(least, Metric.SIZE, OnnxFile.encode(made).length);
    atLeast(least, Metric.MEMORY, (double) Cost.peakActivationBytes(made, 1));
    assertTrue(least.get(Metric.SIZE) > 0.5 * OnnxFile.encode(made).length, "far too low");
    for (Device device : DEVICES) {
      var there = device.estimate(made);
      Map<Metric, Double> modelled = LowerBounds.of(before, quantized, Optional.of(device));
      there.latency().number().ifPresent(v -> atLeast(modelled, Metric.LATENCY, v));
      there.energy().number().ifPresent(v -> atLeast(modelled, Metric.ENERGY, v));
      there.memory().number().ifPresent(v -> atLeast(modelled, Metric.MEMORY, v));
      // A model that is there already is bounded by itself, as exactly as its type tells.
      Map<Metric, Double> own = LowerBounds.of(made, quantized, Optional.of(device));
      there.latency().number().ifPresent(v -> assertEquals(v, own.get(Metric.LATENCY)));
      there.memory().number().ifPresent(v -> assertEquals(v, own.get(Metric.MEMORY)));
    }
  }

  private static void atLeast(Map<Metric, Double> least, Metric metric, double value) {
    double bound = least.get(metric);
    assertTrue(bound > 0 && bound <= value * (1 + 1e-12), metric + ": " + bound + ", " + value);
  }

  @Test
  void whatIsOutOfReachIsToldWithWhatThereIsAtTheLeast() {
    Graph blueprint = new Lenet5().build(new long[] {1, 28, 28}, 10);
    Constraint size = new Constraint(Metric.SIZE, new Bound.Limit(false, 100_000), "size …");
    Constraint right =
        new Constraint(Metric.ACCURACY, new Bound.Limit(true, 0.9), "accuracy at least 90%");
    Target small = new Target("small", Optional.empty(), List.of(right, size));
    List<OutOfReach> out = OutOfReach.of(blueprint, false, small);
    assertEquals(1, out.size());
    assertEquals(1, out.get(0).constraint());
    assertEquals("size …", out.get(0).demand());
    assertTrue(out.get(0).least().endsWith(" MB"), out.get(0).least());
    assertFalse(OutOfReach.of(blueprint, true, small).isEmpty());
    assertFalse(OutOfReach.ofSearch(blueprint, small, Set.of("quantize")).isEmpty());
    assertEquals(List.of(), OutOfReach.ofSearch(blueprint, small, Set.of("prune")));

    Target flash = new Target("mcu", Optional.of(new CortexM7(216, 60, 512)), List.of(right));
    List<OutOfReach> full = OutOfReach.of(blueprint, true, flash);
    assertEquals(1, full.size());
    assertEquals(-1, full.get(0).constraint());
    assertEquals("fits the flash of cortex-m7 (60 KB)", full.get(0).demand());
  }
}
