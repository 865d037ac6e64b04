package dev.espalier.engine.operator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.types.Shape;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.espalier.engine.Environment;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.train.NativeEngine;
import dev.espalier.engine.train.Network;
import java.nio.FloatBuffer;
import java.util.Map;

/** A graph in the engine and in ONNX Runtime. */
final class BothRuntimes {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);

  private BothRuntimes() {}

  /** That the first output has the same shape and values, and the shape that was inferred. */
  static void agree(Graph graph, Tensor x, float tolerance, String what) throws OrtException {
    Tensor wanted = deployed(graph, x);
    long[] inferred = Shapes.infer(graph, x.dim(0)).of(graph.outputs().get(0).name());
    assertArrayEquals(wanted.shape(), inferred, what + " shape");
    assertArrayEquals(wanted.floats(), engine(graph, x), tolerance, what);
  }

  /** The first output in ONNX Runtime. */
  static Tensor deployed(Graph graph, Tensor x) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      try (OrtSession session = environment.createSession(OnnxFile.encode(graph), options);
          OnnxTensor input =
              OnnxTensor.createTensor(environment, FloatBuffer.wrap(x.floats()), x.shape());
          OrtSession.Result result = session.run(Map.of("x", input))) {
        OnnxTensor made = (OnnxTensor) result.get(0);
        float[] values = new float[(int) Tensor.count(made.getInfo().getShape())];
        made.getFloatBuffer().get(values);
        return Tensor.ofFloats(made.getInfo().getShape(), values);
      }
    }
  }

  /** The values of the first output in the engine. */
  static float[] engine(Graph graph, Tensor x) {
    return NativeEngine.work(
        ONE,
        "test",
        m ->
            new Network(graph, m)
                .infer(m.create(x.floats(), new Shape(x.shape())), m)
                .toFloatArray());
  }
}
