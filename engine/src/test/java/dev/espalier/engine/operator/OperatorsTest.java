package dev.espalier.engine.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.onnxruntime.OrtException;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.train.NativeEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class OperatorsTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);

  @Provide
  Arbitrary<String> all() {
    List<String> all = new ArrayList<>(Case.DIFFERENTIABLE);
    all.addAll(Case.TRUTHS);
    return Arbitraries.of(all);
  }

  @Provide
  Arbitrary<String> operators() {
    return Arbitraries.of(Case.DIFFERENTIABLE);
  }

  @Property(tries = 1800)
  void shapesAndValuesAreThoseOfOnnxRuntime(@ForAll("all") String operator, @ForAll long seed)
      throws OrtException {
    Case c = Case.random(operator, seed);
    Graph graph = c.graph();
    // Both sum in float32, in different orders: a few units in the last place of sums of ~30.
    BothRuntimes.agree(graph, c.x(), 2e-5f, c.toString());
  }

  /**
   * In double precision, where a central difference with step 1e-6 is good to about 1e-9 and where
   * hardly ever a kink lies within the step.
   */
  @Property(tries = 1100)
  void gradientsAreThoseOfFiniteDifferences(
      @ForAll("operators") String operator, @ForAll long seed) {
    Case c = Case.random(operator, seed);
    Graph graph = c.graph();
    Node node = graph.node("node");
    Shapes shapes = Shapes.infer(graph, 1);
    NativeEngine.work(
        ONE,
        "test",
        m -> {
          List<double[]> values = new ArrayList<>();
          List<long[]> dims = new ArrayList<>();
          for (int i = 0; i < node.inputs().size(); i++) {
            Tensor t = i == 0 ? c.x() : c.others().get(i - 1);
            boolean floats = t != null && t.isFloating();
            values.add(floats ? doubles(t.floats()) : null);
            dims.add(floats ? t.shape() : null);
          }
          double[] direction = new double[(int) Tensor.count(shapes.of("y"))];
          Random random = new Random(seed);
          Arrays.setAll(direction, i -> random.nextGaussian());
          Pass pass = pass(m, shapes);
          NDList inputs = inputs(values, dims, m);
          JniUtils.setGradMode(true);
          for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i) != null && differentiable(node, i)) {
              inputs.get(i).setRequiresGradient(true);
            }
          }
          NDArray y = Operators.of(node).compute(node, inputs, pass).get(c.output());
          NDArray sum = y.flatten().mul(m.create(direction)).sum();
          JniUtils.backward((PtNDArray) sum, (PtNDArray) m.create(1.0), false, false);
          JniUtils.setGradMode(false);
          for (int i = 0; i < values.size(); i++) {
            if (values.get(i) == null || !differentiable(node, i)) {
              continue;
            }
            double[] analytic = inputs.get(i).getGradient().toDoubleArray();
            for (int k = 0; k < analytic.length; k += 1 + analytic.length / 5) {
              double kept = values.get(i)[k];
              double step = 1e-6;
              values.get(i)[k] = kept + step;
              double up = value(node, values, dims, direction, m, pass);
              values.get(i)[k] = kept - step;
              double down = value(node, values, dims, direction, m, pass);
              values.get(i)[k] = kept;
              assertEquals(
                  (up - down) / (2 * step),
                  analytic[k],
                  1e-5 * (1 + Math.abs(analytic[k])),
                  "input " + i + " element " + k + " of " + c);
            }
          }
          return null;
        });
  }

  /** Bounds, ratios, fill values and running statistics are constants. */
  private static boolean differentiable(Node node, int i) {
    return switch (node.operator()) {
      case "Clip", "Dropout", "Pad", "Pow", "Mod", "Resize" -> i == 0;
      case "BatchNormalization" -> i < 3;
      default -> true;
    };
  }

  private static double value(
      Node node,
      List<double[]> values,
      List<long[]> dims,
      double[] direction,
      NDManager m,
      Pass pass) {
    double[] y =
        Operators.of(node)
            .compute(node, inputs(values, dims, m), pass)
            .get(node.outputs().indexOf("y"))
            .toDoubleArray();
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += y[i] * direction[i];
    }
    return sum;
  }

  private static NDList inputs(List<double[]> values, List<long[]> dims, NDManager m) {
    NDList out = new NDList();
    for (int i = 0; i < values.size(); i++) {
      out.add(
          values.get(i) == null
              ? null
              : m.create(values.get(i), new Shape(dims.get(i))).toType(DataType.FLOAT64, false));
    }
    return out;
  }

  private static double[] doubles(float[] values) {
    double[] out = new double[values.length];
    Arrays.setAll(out, i -> values[i]);
    return out;
  }

  private static Pass pass(NDManager manager, Shapes shapes) {
    return new Pass() {
      @Override
      public boolean training() {
        return false;
      }

      @Override
      public NDManager manager() {
        return manager;
      }

      @Override
      public Optional<Tensor> constant(String value) {
        return shapes.constant(value);
      }
    };
  }

  @Test
  void everyKnownOperatorIsTested() {
    TreeSet<String> tested = new TreeSet<>(Case.DIFFERENTIABLE);
    // These are folded before anything runs, or only have shapes and costs.
    tested.addAll(List.of("Constant", "Shape", "QuantizeLinear", "DequantizeLinear"));
    tested.addAll(Case.TRUTHS);
    // In graphs of several nodes: ComposedGraphsTest.
    tested.addAll(
        List.of("And", "Or", "Xor", "Not", "Where", "ConstantOfShape", "Range", "Size", "OneHot"));
    tested.addAll(List.of("ai.onnx.ml.ArrayFeatureExtractor", "ai.onnx.ml.Scaler"));
    assertEquals(List.copyOf(tested), Operators.known());
  }

  @Test
  void anUnknownOperatorIsRefusedByName() {
    Node node = Node.of("odd", "Frobnicate", List.of("x"), List.of("y"), Map.of());
    EspalierException e = assertThrows(EspalierException.class, () -> Operators.of(node));
    assertEquals("the operator Frobnicate is not known", e.what());
    assertEquals("node odd", e.where());
    assertTrue(e.why().contains("BatchNormalization, Cast, Ceil"), e.why());
    Node foreign = new Node("odd", "Conv", "com.microsoft", List.of("x"), List.of("y"), Map.of());
    assertTrue(
        assertThrows(EspalierException.class, () -> Operators.of(foreign))
            .what()
            .contains("com.microsoft.Conv"));
  }
}
