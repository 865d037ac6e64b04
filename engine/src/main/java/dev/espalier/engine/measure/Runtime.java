package dev.espalier.engine.measure;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.onnx.OnnxFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A model in ONNX Runtime, from its exported bytes, on the CPU. One thread may use it at a time;
 * closing frees the native memory.
 *
 * <p>The runtime's threads sleep when idle (spinning is off): on a machine that does other work
 * too, spinning threads disturb each other and the slowest runs become several times slower.
 */
public final class Runtime implements AutoCloseable {
  private static final int WARM_UP_RUNS = 10;
  private static final int MIN_RUNS = 20;
  private static final int MAX_RUNS = 20_000;

  /** Floats of input held at once when a whole split is evaluated: 8 MB. */
  private static final int BATCH_FLOATS = 2 << 20;

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final int threads;
  private final String input;
  private final long[] inputShape;
  private final boolean whole;
  private final int width;
  private final String output;

  private Runtime(OrtEnvironment environment, OrtSession session, int threads) throws OrtException {
    this.environment = environment;
    this.session = session;
    this.threads = threads;
    if (session.getNumInputs() != 1) {
      throw EspalierException.program(
          "the model has " + session.getNumInputs() + " inputs",
          String.join(", ", session.getInputNames()),
          "a classifier takes one: the samples",
          "export a model with one input");
    }
    Map.Entry<String, NodeInfo> only = session.getInputInfo().entrySet().iterator().next();
    this.input = only.getKey();
    if (!(only.getValue().getInfo() instanceof TensorInfo info)
        || (info.type != OnnxJavaType.FLOAT && info.type != OnnxJavaType.INT64)) {
      throw EspalierException.program(
          "the model's input is neither float32 nor int64",
          "input " + input,
          "samples are given as float32, numbers of tokens as int64",
          "export the model with such an input");
    }
    this.whole = info.type == OnnxJavaType.INT64;
    this.inputShape = info.getShape();
    long values = 1;
    for (int i = 1; i < inputShape.length; i++) {
      values *= Math.max(1, inputShape[i]);
    }
    this.width = Math.toIntExact(values);
    this.output = prediction(session);
  }

  /** The output that {@link Graph#prediction()} tells, of a model in ONNX Runtime. */
  private static String prediction(OrtSession session) throws OrtException {
    return session.getOutputInfo().entrySet().stream()
        .filter(
            o ->
                o.getValue().getInfo() instanceof TensorInfo info
                    && info.type == OnnxJavaType.FLOAT
                    && info.getShape().length == 2)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(session.getOutputNames().iterator().next());
  }

  /**
   * Loads a model.
   *
   * @param threads that one run may use
   * @throws EspalierException when ONNX Runtime refuses the model, with its reason
   */
  public static Runtime of(Graph graph, int threads) {
    return of(OnnxFile.encode(graph), graph.name(), threads);
  }

  /**
   * As {@link #of(Graph, int)} from an ONNX file's bytes.
   *
   * @param where what to name in messages
   */
  public static Runtime of(byte[] model, String where, int threads) {
    OrtEnvironment environment = environment();
    OrtSession session = null;
    try (OrtSession.SessionOptions options = options(threads)) {
      session = environment.createSession(model, options);
      return new Runtime(environment, session, threads);
    } catch (OrtException e) {
      throw EspalierException.program(
          "ONNX Runtime refuses the model",
          where,
          e.getMessage(),
          "export it for a runtime of this age, or with other operators",
          e);
    } catch (EspalierException e) {
      closeQuietly(session);
      throw e;
    }
  }

  /** The process's one environment; errors only are logged. */
  public static OrtEnvironment environment() {
    return RuntimeLibrary.environment();
  }

  /** The version of ONNX Runtime; loads its native library. */
  public static String version() {
    return environment().getVersion();
  }

  /** The options of every session: so many threads, one operator after the other, no spinning. */
  public static OrtSession.SessionOptions options(int threads) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    options.addConfigEntry("session.inter_op.allow_spinning", "0");
    return options;
  }

  /**
   * The logits of every sample of a split, scaled as the data set says: [samples][classes].
   *
   * @throws EspalierException when the samples do not fit the model's input
   */
  public float[][] logits(DataSet data, Split split) {
    return logits(data, split, Progress.NONE);
  }

  /** As {@link #logits(DataSet, Split)}; {@code progress} may cancel between batches. */
  public float[][] logits(DataSet data, Split split, Progress progress) {
    fits(data);
    float[][] logits = new float[split.size()][];
    int batch = Math.max(1, Math.min(256, BATCH_FLOATS / width));
    float[] sample = new float[width];
    FloatBuffer buffer = direct(Math.min(batch, Math.max(1, split.size())) * width);
    for (int from = 0; from < split.size(); from += batch) {
      progress.check();
      int count = Math.min(batch, split.size() - from);
      buffer.clear();
      for (int i = 0; i < count; i++) {
        data.read(split, from + i, sample, 0);
        buffer.put(sample);
      }
      buffer.flip();
      float[] all = run(buffer, count);
      int classes = all.length / count;
      for (int i = 0; i < count; i++) {
        logits[from + i] = Arrays.copyOfRange(all, i * classes, (i + 1) * classes);
      }
    }
    return logits;
  }

  /**
   * The predicted class of every sample of a split: the largest logit, the first of equals, -1
   * where a logit is not a number.
   */
  public int[] predictions(DataSet data, Split split) {
    return predictions(data, split, Progress.NONE);
  }

  /** As {@link #predictions(DataSet, Split)}; {@code progress} may cancel between batches. */
  public int[] predictions(DataSet data, Split split, Progress progress) {
    return predictions(data, split, progress, 0);
  }

  /**
   * As {@link #predictions(DataSet, Split, Progress)}.
   *
   * @param boundary above which the one output of a model of two classes means the second
   */
  int[] predictions(DataSet data, Split split, Progress progress, double boundary) {
    float[][] logits = logits(data, split, progress);
    boolean one = logits.length > 0 && logits[0].length == 1 && data.classCount() == 2;
    int[] predictions = new int[logits.length];
    for (int i = 0; i < logits.length; i++) {
      if (one && !Float.isNaN(logits[i][0])) {
        predictions[i] = logits[i][0] > boundary ? 1 : 0;
      } else {
        predictions[i] = largest(logits[i]);
      }
    }
    if (!one && logits.length > 0 && logits[0].length < data.classCount()) {
      throw EspalierException.program(
          "the model has fewer outputs than the data has classes",
          "data set " + data.name(),
          logits[0].length + " outputs, " + data.classCount() + " classes",
          "use a model made for this data");
    }
    return predictions;
  }

  private static int largest(float[] logits) {
    int best = 0;
    for (int i = 0; i < logits.length; i++) {
      if (Float.isNaN(logits[i])) {
        return -1;
      }
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /**
   * The output that is measured, for so many inputs; see {@link Graph#prediction()}.
   *
   * @param inputs [batch · values of one sample], row-major
   */
  public float[] run(float[] inputs, int batch) {
    FloatBuffer buffer = direct(inputs.length);
    buffer.put(inputs).flip();
    return run(buffer, batch);
  }

  private float[] run(FloatBuffer inputs, int batch) {
    try (OnnxTensor tensor = tensor(inputs, batch);
        OrtSession.Result result = session.run(Map.of(input, tensor))) {
      return floats((OnnxTensor) result.get(output).orElseThrow());
    } catch (OrtException e) {
      throw broke(e);
    }
  }

  /**
   * Hands every output that is float32 to {@code each}, with its name.
   *
   * @param inputs [batch · values of one sample], row-major
   */
  public void outputs(float[] inputs, int batch, BiConsumer<String, FloatBuffer> each) {
    FloatBuffer buffer = direct(inputs.length);
    buffer.put(inputs).flip();
    try (OnnxTensor tensor = tensor(buffer, batch);
        OrtSession.Result result = session.run(Map.of(input, tensor))) {
      for (Map.Entry<String, OnnxValue> output : result) {
        FloatBuffer values = ((OnnxTensor) output.getValue()).getFloatBuffer();
        if (values != null) {
          each.accept(output.getKey(), values);
        }
      }
    } catch (OrtException e) {
      throw broke(e);
    }
  }

  private static float[] floats(OnnxTensor tensor) {
    FloatBuffer values = tensor.getFloatBuffer();
    if (values == null) {
      throw EspalierException.program(
          "the model's output is not float32",
          tensor.getInfo().toString(),
          "logits are float32",
          "export the model with a float32 output");
    }
    float[] out = new float[values.remaining()];
    values.get(out);
    return out;
  }

  /**
   * Measures how long a run takes on the given samples: at least 20 runs after a warm-up of at
   * least 10, for about {@code budget}.
   *
   * @param inputs [batch · values of one sample]
   */
  public Latency latency(float[] inputs, int batch, Duration budget, Progress progress) {
    long[] sorted = nanoseconds(inputs, batch, budget, progress);
    int runs = sorted.length;
    double median =
        runs % 2 == 1 ? sorted[runs / 2] : (sorted[runs / 2 - 1] + (double) sorted[runs / 2]) / 2;
    // The nearest-rank definition: the smallest time that at least 95% of the runs stay within.
    double p95 = sorted[(int) Math.ceil(0.95 * runs) - 1];
    return new Latency(median * 1e-9, p95 * 1e-9, batch, threads, runs);
  }

  /** What single runs take, as {@link #latency} times them: nanoseconds, the quickest first. */
  private long[] nanoseconds(float[] inputs, int batch, Duration budget, Progress progress) {
    FloatBuffer buffer = direct(inputs.length);
    buffer.put(inputs).flip();
    Map<String, OnnxTensor> feed;
    try (OnnxTensor tensor = tensor(buffer, batch)) {
      feed = Map.of(input, tensor);
      long warmUp = Math.min(budget.toNanos() / 5, 200_000_000L);
      long begin = System.nanoTime();
      for (int i = 0; i < WARM_UP_RUNS || System.nanoTime() - begin < warmUp; i++) {
        progress.check();
        session.run(feed).close();
      }
      long[] nanos = new long[MAX_RUNS];
      int runs = 0;
      begin = System.nanoTime();
      while (runs < MAX_RUNS && (runs < MIN_RUNS || System.nanoTime() - begin < budget.toNanos())) {
        progress.check();
        long start = System.nanoTime();
        OrtSession.Result result = session.run(feed);
        nanos[runs++] = System.nanoTime() - start;
        result.close();
      }
      long[] sorted = Arrays.copyOf(nanos, runs);
      Arrays.sort(sorted);
      return sorted;
    } catch (OrtException e) {
      throw broke(e);
    }
  }

  /**
   * As {@link #latency(float[], int, Duration, Progress)} on the first samples of a split, repeated
   * when the batch is larger.
   */
  public Latency latency(DataSet data, Split split, int batch, Duration budget, Progress progress) {
    return latency(first(data, split, batch), batch, budget, progress);
  }

  /**
   * What single runs on those samples take: nanoseconds, the quickest first, for about {@code
   * budget} after a warm-up.
   */
  public long[] nanoseconds(
      DataSet data, Split split, int batch, Duration budget, Progress progress) {
    return nanoseconds(first(data, split, batch), batch, budget, progress);
  }

  private float[] first(DataSet data, Split split, int batch) {
    fits(data);
    float[] inputs = new float[Math.multiplyExact(batch, width)];
    for (int i = 0; i < batch; i++) {
      data.read(split, i % split.size(), inputs, i * width);
    }
    return inputs;
  }

  private void fits(DataSet data) {
    if (data.width() != width) {
      throw EspalierException.program(
          "the data does not fit the model",
          "data set " + data.name() + ", input " + input,
          "a sample has shape "
              + Arrays.toString(data.shape())
              + "; the model takes "
              + Arrays.toString(Arrays.copyOfRange(inputShape, 1, inputShape.length)),
          "use the data that the model is made for");
    }
  }

  /** The name of the output that holds the logits. */
  public String output() {
    return output;
  }

  private long[] shape(int batch) {
    long[] shape = inputShape.clone();
    shape[0] = batch;
    return shape;
  }

  /** The samples as the model takes them; whole numbers where those are numbers of tokens. */
  private OnnxTensor tensor(FloatBuffer samples, int batch) throws OrtException {
    if (!whole) {
      return OnnxTensor.createTensor(environment, samples, shape(batch));
    }
    LongBuffer numbers =
        ByteBuffer.allocateDirect(Math.multiplyExact(samples.remaining(), Long.BYTES))
            .order(ByteOrder.nativeOrder())
            .asLongBuffer();
    while (samples.hasRemaining()) {
      float value = samples.get();
      if (value != Math.rint(value)) {
        throw EspalierException.program(
            "the model reads whole numbers, and the data holds " + value,
            "input " + input,
            "its input is int64: numbers of tokens",
            "use the data that the model is made for, without `normalize`");
      }
      numbers.put((long) value);
    }
    return OnnxTensor.createTensor(environment, numbers.flip(), shape(batch));
  }

  private static FloatBuffer direct(int floats) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static EspalierException broke(OrtException e) {
    return EspalierException.run(
        "ONNX Runtime could not run the model",
        "",
        e.getMessage(),
        "look at the model's shapes",
        e);
  }

  private static void closeQuietly(OrtSession session) {
    try {
      if (session != null) {
        session.close();
      }
    } catch (OrtException e) {
      // The refusal that led here is what the user must hear of.
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw broke(e);
    }
  }
}
