package dev.espalier.engine.measure;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.Cost;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;

/**
 * A model's figures as deployed: from its exported bytes in ONNX Runtime, on the test split.
 *
 * @param accuracy on the test split, with its interval and every prediction (measured)
 * @param parameters numbers in the weights that are trained; see {@link Parameters} (exact)
 * @param nonZero those of them that are not 0 (exact)
 * @param bytes of the ONNX file (exact)
 * @param gzipBytes of the same file after gzip, where zeros and repeats save space (exact)
 * @param macs multiply-accumulates of one sample, zeros counted (exact)
 * @param peakActivationBytes most bytes of activations alive at once, for one sample (exact)
 * @param latency of one run in ONNX Runtime (measured)
 */
public record Measurement(
    Accuracy accuracy,
    long parameters,
    long nonZero,
    long bytes,
    long gzipBytes,
    long macs,
    long peakActivationBytes,
    Latency latency) {

  /** How long one model's latency is measured. */
  public static final Duration LATENCY_BUDGET = Duration.ofMillis(500);

  /**
   * Measures everything.
   *
   * @param latencyBatch samples a run when latency is measured
   * @param latencyThreads threads of ONNX Runtime when latency is measured
   * @throws EspalierException when there is no test split, or the model does not fit the data
   */
  public static Measurement of(Graph graph, DataSet data, int latencyBatch, int latencyThreads) {
    return of(graph, data, latencyBatch, latencyThreads, Progress.NONE);
  }

  /** As {@link #of(Graph, DataSet, int, int)}; {@code progress} may cancel. */
  public static Measurement of(
      Graph graph, DataSet data, int latencyBatch, int latencyThreads, Progress progress) {
    byte[] bytes = OnnxFile.encode(graph);
    Accuracy accuracy = accuracy(bytes, graph.name(), data, data.test(), progress);
    Latency latency;
    try (Runtime runtime = Runtime.of(bytes, graph.name(), latencyThreads)) {
      latency = runtime.latency(data, data.test(), latencyBatch, LATENCY_BUDGET, progress);
    }
    return new Measurement(
        accuracy,
        Parameters.count(graph),
        Parameters.nonZero(graph),
        bytes.length,
        gzipBytes(bytes),
        Cost.macs(graph),
        Cost.peakActivationBytes(graph, 1),
        latency);
  }

  /**
   * Only the accuracy on the test split.
   *
   * @throws EspalierException when there is no test split, or the model does not fit the data
   */
  public static Accuracy accuracy(Graph graph, DataSet data) {
    return accuracy(graph, data, data.test(), Progress.NONE);
  }

  /** Only the accuracy, on the given split of the data. */
  public static Accuracy accuracy(Graph graph, DataSet data, Split split, Progress progress) {
    return accuracy(OnnxFile.encode(graph), graph.name(), data, split, progress);
  }

  private static Accuracy accuracy(
      byte[] model, String name, DataSet data, Split split, Progress progress) {
    if (split.size() == 0) {
      throw EspalierException.program(
          "there are no samples to measure accuracy on",
          "data set " + data.name(),
          "this split of it is empty",
          "split the data with a test part: `split 80/10/10`");
    }
    try (Runtime runtime = Runtime.of(model, name, Environment.defaultThreads())) {
      return Accuracy.of(runtime.predictions(data, split, progress), split);
    }
  }

  /** How many bytes gzip makes of these. */
  public static long gzipBytes(byte[] bytes) {
    long[] count = new long[1];
    OutputStream counter =
        new OutputStream() {
          @Override
          public void write(int b) {
            count[0]++;
          }

          @Override
          public void write(byte[] b, int offset, int length) {
            count[0] += length;
          }
        };
    try (GZIPOutputStream gzip = new GZIPOutputStream(counter, 1 << 16)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return count[0];
  }
}
