package dev.espalier.engine.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.onnx.Networks;
import dev.espalier.engine.onnx.OnnxFile;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasurementTest {
  private final DataSet data = Samples.noise(1, 10, 700, 1, 4, 4);

  /** One dense layer, computed by hand in double. */
  private static int byHand(Graph graph, float[] x) {
    float[] w = graph.tensor("fc1.weight").floats();
    float[] b = graph.tensor("fc1.bias").floats();
    double[] y = new double[10];
    int best = 0;
    for (int o = 0; o < 10; o++) {
      y[o] = b[o];
      for (int i = 0; i < 16; i++) {
        y[o] += w[o * 16 + i] * x[i];
      }
      best = y[o] > y[best] ? o : best;
    }
    return best;
  }

  @Test
  void predictionsAreThoseOfTheModelOnScaledSamples() {
    Graph graph = Networks.mlp(3, 16, 10);
    int[] predicted;
    try (Runtime runtime = Runtime.of(graph, 1)) {
      predicted = runtime.predictions(data, data.test());
    }
    int errors = 0;
    float[] x = new float[16];
    for (int i = 0; i < predicted.length; i++) {
      data.read(data.test(), i, x, 0);
      assertEquals(byHand(graph, x), predicted[i], "sample " + i);
      errors += predicted[i] == data.test().labels()[i] ? 0 : 1;
    }
    Accuracy accuracy = Measurement.accuracy(graph, data);
    assertEquals(errors, accuracy.errors());
    assertEquals(700, accuracy.samples());
    assertEquals((700 - errors) / 700.0, accuracy.fraction());
    assertTrue(accuracy.interval().contains(accuracy.fraction()));
    assertArrayEquals(predicted, accuracy.predictions());
  }

  @Test
  void everyFigureOfADenseNetwork() {
    Graph graph = Networks.mlp(3, 16, 20, 10);
    float[] pruned = graph.tensor("fc1.weight").floats().clone();
    Arrays.fill(pruned, 0, 160, 0f);
    Graph sparse =
        graph.withWeights(Map.of("fc1.weight", Tensor.ofFloats(new long[] {20, 16}, pruned)));
    Measurement dense = Measurement.of(graph, data, 1, 1);
    Measurement m = Measurement.of(sparse, data, 4, 1);
    assertEquals(16 * 20 + 20 + 20 * 10 + 10, m.parameters());
    assertEquals(m.parameters() - 160, m.nonZero());
    assertEquals(16 * 20 + 20 * 10, m.macs());
    assertEquals(OnnxFile.encode(sparse).length, m.bytes());
    assertEquals(dense.bytes(), m.bytes());
    assertTrue(m.gzipBytes() < dense.gzipBytes() - 400, "zeros must show in gzip");
    assertTrue(m.peakActivationBytes() >= 4 * 36);
    assertEquals(4, m.latency().batch());
    assertEquals(1, m.latency().threads());
    assertTrue(m.latency().runs() >= 20);
    assertTrue(m.latency().median() > 0 && m.latency().median() <= m.latency().p95());
  }

  @Test
  void runningStatisticsAreNoParameters() {
    Graph graph = Networks.resnet(1, 1, 4);
    long expected = 0;
    for (String name : graph.weights().keySet()) {
      if (!name.contains("running")) {
        expected += graph.tensor(name).size();
      }
    }
    assertEquals(expected, Parameters.count(graph));
  }

  @Test
  void dropoutsRatioIsNoParameter() {
    assertFalse(Parameters.names(Networks.lenet5(1)).contains("drop.ratio"));
    // LeCun et al. 1998 with 28 by 28 inputs padded, all maps connected.
    assertEquals(61706, Parameters.count(Networks.lenet5(1)));
  }

  @Test
  void logitsThatAreNotNumbersAreErrors() {
    Graph graph = Networks.mlp(3, 16, 10);
    float[] bias = new float[10];
    bias[4] = Float.NaN;
    Graph broken = graph.withWeights(Map.of("fc1.bias", Tensor.ofFloats(new long[] {10}, bias)));
    Accuracy accuracy = Measurement.accuracy(broken, data);
    assertEquals(700, accuracy.errors());
    assertEquals(-1, accuracy.predictions()[0]);
  }

  @Test
  void dataThatDoesNotFitIsRefused() {
    EspalierException e =
        assertThrows(
            EspalierException.class, () -> Measurement.accuracy(Networks.mlp(3, 17, 10), data));
    assertTrue(e.getMessage().contains("[1, 4, 4]"), e.getMessage());
    assertTrue(e.getMessage().contains("[17]"), e.getMessage());
    EspalierException few =
        assertThrows(
            EspalierException.class, () -> Measurement.accuracy(Networks.mlp(3, 16, 9), data));
    assertTrue(few.getMessage().contains("9 outputs, 10 classes"), few.getMessage());
  }

  @Test
  void anEmptyTestSplitIsRefused() {
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () -> Measurement.accuracy(Networks.mlp(3, 16, 10), Samples.noise(1, 5, 0, 16)));
    assertTrue(e.getMessage().contains("no samples"), e.getMessage());
  }

  @Test
  void stoppingStopsTheMeasurement() {
    Progress stopped =
        new Progress() {
          @Override
          public void on(Event event) {}

          @Override
          public boolean cancelled() {
            return true;
          }
        };
    try (Runtime runtime = Runtime.of(Networks.mlp(3, 16, 10), 1)) {
      assertThrows(
          Progress.Cancelled.class,
          () -> runtime.latency(data, data.test(), 1, Duration.ofSeconds(60), stopped));
    }
  }
}
