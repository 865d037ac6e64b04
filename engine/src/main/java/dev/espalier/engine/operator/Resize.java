package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Axes made longer or shorter, the nearest number or a linear or cubic (Keys 1981) mean of the
 * nearest taken, with ONNX's formulas. Factors are input 2, or sizes input 3; opset 18 may name the
 * axes.
 */
final class Resize implements Operator {
  private static final int SCALES = 2;
  private static final int SIZES = 3;

  /** How one axis changes; {@code scale} is float32 as in ONNX Runtime. */
  private record Change(long size, long output, float scale) {
    boolean none() {
      return scale == 1;
    }
  }

  /**
   * What an axis is made of.
   *
   * @param from for every tap and position of the output, a position of the input
   * @param parts how much of it; null for all of it
   */
  private record Taps(long[][] from, float[][] parts) {}

  @Override
  public String type() {
    return "Resize";
  }

  private static Optional<Tensor> given(
      Node node, int i, IntFunction<Optional<Tensor>> constants, String what) {
    if (node.input(i).isEmpty()) {
      return Optional.empty();
    }
    Optional<Tensor> t = constants.apply(i);
    if (t.isEmpty()) {
      throw Refusal.unsupported(
          node, what + " computed from the data", "export the model with constant " + what);
    }
    return t.filter(some -> some.size() > 0);
  }

  private static int[] axes(Node node, int rank) {
    long[] all = IntStream.range(0, rank).asLongStream().toArray();
    return Arrays.stream(node.integers("axes", all))
        .mapToInt(axis -> Refusal.axis(node, axis, rank))
        .toArray();
  }

  private static Change[] changes(Node node, long[] x, IntFunction<Optional<Tensor>> constants) {
    Optional<Tensor> sizes = given(node, SIZES, constants, "sizes");
    Optional<Tensor> scales = given(node, SCALES, constants, "scales");
    Tensor wanted =
        sizes
            .or(() -> scales)
            .orElseThrow(() -> Refusal.misfit(node, "sizes and scales are missing"));
    int[] axes = axes(node, x.length);
    if (wanted.size() != axes.length || wanted.isFloating() == sizes.isPresent()) {
      throw Refusal.misfit(
          node,
          wanted + " does not say the size of " + axes.length + " axes of " + Refusal.shape(x));
    }
    Change[] changes = new Change[x.length];
    Arrays.setAll(changes, i -> new Change(x[i], x[i], 1));
    for (int i = 0; i < axes.length; i++) {
      long size = x[axes[i]];
      float scale = sizes.isPresent() ? (float) wanted.longs()[i] / size : wanted.floats()[i];
      long output = sizes.isPresent() ? wanted.longs()[i] : (long) (size * scale);
      if (!(scale > 0) || output < 1 || output > Integer.MAX_VALUE) {
        throw Refusal.misfit(node, "axis " + axes[i] + " of " + size + " would become " + output);
      }
      if (axes[i] == 0 && scale != 1) {
        throw Refusal.unsupported(
            node, "a size for the batch", "export the model with a dynamic first dimension");
      }
      changes[axes[i]] = new Change(size, output, scale);
    }
    return changes;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    if (node.integer("antialias", 0) != 0) {
      throw Refusal.unsupported(node, "antialias", "export the model without it");
    }
    if (!node.text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
      throw Refusal.unsupported(node, "keep_aspect_ratio_policy", "give the sizes themselves");
    }
    Change[] changes = changes(node, inputs.shape(0), inputs::constant);
    taps(node, new Change(2, 2, 1));
    return List.of(Arrays.stream(changes).mapToLong(Change::output).toArray());
  }

  private static Taps taps(Node node, Change change) {
    float[] at = new float[Math.toIntExact(change.output)];
    for (int i = 0; i < at.length; i++) {
      at[i] = original(node, i, change);
    }
    String mode = node.text("mode", "nearest");
    return switch (mode) {
      case "nearest" -> nearest(node, change, at);
      case "linear" -> linear(change, at);
      case "cubic" -> cubic(node, change, at);
      default -> throw Refusal.misfit(node, "mode " + mode + " is not in ONNX");
    };
  }

  /** Where position {@code i} of the output lies on the input. */
  private static float original(Node node, int i, Change c) {
    String mode = node.text("coordinate_transformation_mode", "half_pixel");
    return switch (mode) {
      case "half_pixel" -> (i + 0.5f) / c.scale - 0.5f;
      case "pytorch_half_pixel" -> c.output > 1 ? (i + 0.5f) / c.scale - 0.5f : 0;
      case "align_corners" -> c.output > 1 ? (float) i * (c.size - 1) / (c.output - 1) : 0;
      case "asymmetric" -> i / c.scale;
      case "half_pixel_symmetric" -> {
        float adjustment = c.output / (c.scale * c.size);
        yield c.size / 2f * (1 - adjustment) + (i + 0.5f) / c.scale - 0.5f;
      }
      default ->
          throw Refusal.unsupported(
              node,
              "coordinate_transformation_mode " + mode,
              "use half_pixel, pytorch_half_pixel, half_pixel_symmetric, align_corners or asymmetric");
    };
  }

  private static long within(double at, Change change) {
    return (long) Math.max(0, Math.min((double) change.size - 1, at));
  }

  private static Taps nearest(Node node, Change change, float... at) {
    String rounding = node.text("nearest_mode", "round_prefer_floor");
    long[] from = new long[at.length];
    for (int i = 0; i < at.length; i++) {
      double rounded =
          switch (rounding) {
            case "round_prefer_floor" -> Math.ceil(at[i] - 0.5f);
            case "round_prefer_ceil" -> Math.floor(at[i] + 0.5f);
            case "floor" -> Math.floor(at[i]);
            case "ceil" -> Math.ceil(at[i]);
            default -> throw Refusal.misfit(node, "nearest_mode " + rounding + " is not in ONNX");
          };
      from[i] = within(rounded, change);
    }
    return new Taps(new long[][] {from}, null);
  }

  private static Taps linear(Change change, float... at) {
    long[][] from = new long[2][at.length];
    float[][] parts = new float[2][at.length];
    for (int i = 0; i < at.length; i++) {
      float inside = Math.max(0, Math.min((float) change.size - 1, at[i]));
      from[0][i] = (long) inside;
      from[1][i] = within(from[0][i] + 1.0, change);
      parts[1][i] = inside - from[0][i];
      parts[0][i] = 1 - parts[1][i];
    }
    return new Taps(from, parts);
  }

  private static Taps cubic(Node node, Change change, float... at) {
    float a = node.real("cubic_coeff_a", -0.75f);
    boolean exclude = node.integer("exclude_outside", 0) != 0;
    long[][] from = new long[4][at.length];
    float[][] parts = new float[4][at.length];
    for (int i = 0; i < at.length; i++) {
      double floor = Math.floor(at[i]);
      float sum = 0;
      for (int k = 0; k < 4; k++) {
        double place = floor + k - 1;
        from[k][i] = within(place, change);
        boolean outside = place < 0 || place >= change.size;
        parts[k][i] = exclude && outside ? 0 : cubic((float) Math.abs(at[i] - place), a);
        sum += parts[k][i];
      }
      for (int k = 0; exclude && k < 4; k++) {
        parts[k][i] /= sum;
      }
    }
    return new Taps(from, parts);
  }

  /** Keys 1981, "Cubic convolution interpolation for digital image processing", eq. 15. */
  private static float cubic(float distance, float a) {
    float d = distance;
    return d <= 1
        ? ((a + 2) * d - (a + 3)) * d * d + 1
        : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray y = inputs.get(0);
    Change[] changes = changes(node, y.getShape().getShape(), i -> pass.constant(node.input(i)));
    for (int axis = 0; axis < changes.length; axis++) {
      if (!changes[axis].none()) {
        y = resized(y, axis, taps(node, changes[axis]), pass);
      }
    }
    return y == inputs.get(0) ? new NDList(y) : Operands.made(y, pass);
  }

  private static NDArray resized(NDArray x, int axis, Taps taps, Pass pass) {
    if (taps.parts == null) {
      return Selection.of(x, axis, taps.from[0], pass);
    }
    long[] along = new long[x.getShape().dimension()];
    Arrays.fill(along, 1);
    along[axis] = taps.from[0].length;
    NDArray sum = null;
    for (int k = 0; k < taps.from.length; k++) {
      NDArray parts =
          Operands.upload(Tensor.ofFloats(along, taps.parts[k]), pass.manager())
              .toType(x.getDataType(), false);
      NDArray tap = Selection.of(x, axis, taps.from[k], pass).mul(parts);
      sum = sum == null ? tap : sum.add(tap);
    }
    return sum;
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    Change[] changes = changes(node, x, inputs::constant);
    for (int axis = 0; axis < x.length; axis++) {
      if (changes[axis].none()) {
        ties.tie(node.input(0), axis, node.output(), axis, (int) x[axis]);
      } else {
        ties.freeze(node.input(0), axis);
        ties.freeze(node.output(), axis);
      }
    }
  }

  /** Sizes of axes that only lost channels are told anew. */
  @Override
  public Node refit(Node node, Inputs remaining, List<long[]> outputs, Constants fresh) {
    if (!remaining.has(SIZES) || remaining.shape(SIZES)[0] == 0) {
      return node;
    }
    if (!node.attributes().containsKey("axes")) {
      return fresh.shape(node, SIZES, outputs.get(0));
    }
    long[] out = outputs.get(0);
    return fresh.integers(
        node, SIZES, Arrays.stream(axes(node, out.length)).mapToLong(axis -> out[axis]).toArray());
  }
}
