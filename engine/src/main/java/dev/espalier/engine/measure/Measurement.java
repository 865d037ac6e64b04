package dev.espalier.engine.measure;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.data.Task;
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
 * @param quality on the test split: the {@link Accuracy} or the {@link Fit}, with intervals
 *     (measured)
 * @param parameters numbers in the weights that are trained; see {@link Parameters} (exact)
 * @param nonZero those of them that are not 0 (exact)
 * @param bytes of the ONNX file (exact)
 * @param gzipBytes of the same file after gzip, where zeros and repeats save space (exact)
 * @param macs multiply-accumulates of one sample, zeros counted (exact)
 * @param peakActivationBytes most bytes of activations alive at once, for one sample (exact)
 * @param latency of one run in ONNX Runtime (measured)
 */
public record Measurement(
    Quality quality,
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
    Quality quality =
        quality(graph, bytes, data, data.test(), Environment.defaultThreads(), progress);
    progress.check();
    Latency latency;
    try (Runtime runtime = Runtime.of(bytes, graph.name(), latencyThreads)) {
      latency = runtime.latency(data, data.test(), latencyBatch, LATENCY_BUDGET, progress);
    }
    progress.check();
    return new Measurement(
        quality,
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
   * @throws EspalierException when there is no test split, the model does not fit the data, or
   *     there are no classes
   */
  public static Accuracy accuracy(Graph graph, DataSet data) {
    return accuracy(graph, data, data.test(), Progress.NONE);
  }

  /** Only the accuracy, on the given split of the data. */
  public static Accuracy accuracy(Graph graph, DataSet data, Split split, Progress progress) {
    Task.of(graph, data).needsClasses("accuracy", "model " + graph.name());
    return (Accuracy)
        quality(graph, OnnxFile.encode(graph), data, split, Environment.defaultThreads(), progress);
  }

  /**
   * What the model's task is judged by, on the test split.
   *
   * @throws EspalierException when there is no test split, or the model does not fit the data
   */
  public static Quality quality(Graph graph, DataSet data) {
    return quality(
        graph,
        OnnxFile.encode(graph),
        data,
        data.test(),
        Environment.defaultThreads(),
        Progress.NONE);
  }

  /**
   * As {@link #quality(Graph, DataSet)} on another split; {@code progress} may cancel.
   *
   * @param split samples of that data
   */
  public static Quality quality(Graph graph, DataSet data, Split split, Progress progress) {
    return quality(
        graph, OnnxFile.encode(graph), data, split, Environment.defaultThreads(), progress);
  }

  /**
   * What the model's task is judged by, on a split.
   *
   * @param model the graph's exported bytes
   * @param threads of ONNX Runtime
   * @throws EspalierException when the split is empty, or the model does not fit the data
   */
  public static Quality quality(
      Graph graph, byte[] model, DataSet data, Split split, int threads, Progress progress) {
    if (split.size() == 0) {
      throw EspalierException.program(
          "there are no samples to measure on",
          "data set " + data.name(),
          "this split of it is empty",
          "split the data with a test part: `split 80/10/10`");
    }
    Task task = Task.of(graph, data);
    progress.check();
    try (Runtime runtime = Runtime.of(model, graph.name(), threads)) {
      if (task instanceof Task.Classification) {
        return Accuracy.of(runtime.predictions(data, split, progress, boundary(graph)), split);
      }
      float[][] outputs = runtime.logits(data, split, progress);
      if (outputs[0].length != task.outputs()) {
        throw EspalierException.program(
            "the model and the data do not fit",
            "data set " + data.name(),
            "the model gives "
                + outputs[0].length
                + (outputs[0].length == 1 ? " number" : " numbers")
                + " for a sample, and "
                + task.describe()
                + " takes "
                + task.outputs(),
            "use a model made for this data");
      }
      return Fit.of(outputs, task, data, split);
    }
  }

  /** From where on the one output of a model of two classes speaks for the second. */
  private static double boundary(Graph graph) {
    String output = graph.prediction().name();
    boolean probability =
        graph.nodes().stream()
            .anyMatch(n -> n.operator().equals("Sigmoid") && n.outputs().contains(output));
    return probability ? 0.5 : 0;
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
