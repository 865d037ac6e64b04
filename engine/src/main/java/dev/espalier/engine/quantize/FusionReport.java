package dev.espalier.engine.quantize;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.onnx.OnnxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What ONNX Runtime really made of a model's layers. A quantized model is fast only where its
 * layers became integer kernels: with 3 of 21 fused, one was slower than in float.
 *
 * @param fused convolutions and dense layers that run on integers
 * @param layers all convolutions and dense layers
 * @param operators of the optimized model, with their number
 */
public record FusionReport(int fused, int layers, Map<String, Integer> operators) {
  private static final Set<String> INTEGER =
      Set.of(
          "QLinearConv",
          "QGemm",
          "QLinearMatMul",
          "ConvInteger",
          "MatMulInteger",
          "MatMulIntegerToFloat",
          "DynamicQuantizeMatMul");
  private static final Set<String> FLOAT =
      Set.of("Conv", "FusedConv", "Gemm", "FusedGemm", "MatMul", "FusedMatMul");

  public FusionReport {
    operators = Map.copyOf(operators);
  }

  /** Loads the model in ONNX Runtime and counts its operators after optimization. */
  public static FusionReport of(Graph graph) {
    Path file = null;
    try {
      file = Files.createTempFile("espalier", ".onnx");
      try (OrtSession.SessionOptions options = Runtime.options(1)) {
        options.setOptimizedModelFilePath(file.toString());
        Runtime.environment().createSession(OnnxFile.encode(graph), options).close();
      }
      return count(OnnxFile.operators(Files.readAllBytes(file), graph.name()));
    } catch (OrtException e) {
      throw EspalierException.program(
          "ONNX Runtime refuses the model", graph.name(), e.getMessage(), "", e);
    } catch (IOException e) {
      throw EspalierException.run(
          "the optimized model cannot be read back",
          graph.name(),
          String.valueOf(e.getMessage()),
          "look at the folder for temporary files: is it full?",
          e);
    } finally {
      delete(file);
    }
  }

  private static FusionReport count(Map<String, Integer> operators) {
    int fused = 0;
    int layers = 0;
    for (Map.Entry<String, Integer> operator : operators.entrySet()) {
      if (INTEGER.contains(operator.getKey())) {
        fused += operator.getValue();
        layers += operator.getValue();
      } else if (FLOAT.contains(operator.getKey())) {
        layers += operator.getValue();
      }
    }
    return new FusionReport(fused, layers, operators);
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // It lies in the folder for temporary files, which the system empties.
    }
  }

  /** {@code 21 of 21 layers run on integers}. */
  @Override
  public String toString() {
    return fused + " of " + layers + " layers run on integers";
  }
}
