package dev.espalier.engine.operator;

import dev.espalier.engine.graph.Node;
import java.util.Arrays;

/**
 * The sliding window of a convolution or pooling over the spatial axes, with every attribute of
 * ONNX resolved.
 *
 * @param begin padding before, per spatial axis
 * @param end padding after, per spatial axis
 * @param output spatial size of the output
 */
record Window(
    long[] kernel, long[] stride, long[] dilation, long[] begin, long[] end, long[] output) {

  /** At most this many spatial axes: what PyTorch computes. */
  static final int MOST_AXES = 3;

  static Window of(Node node, long[] input, long[] kernel) {
    int axes = axes(node, input, kernel);
    long[] ones = new long[axes];
    Arrays.fill(ones, 1);
    long[] stride = attribute(node, "strides", ones, 1);
    long[] dilation = attribute(node, "dilations", ones, 1);
    long[] pads = pads(node, axes);
    String auto = node.text("auto_pad", "NOTSET");
    boolean ceil = node.integer("ceil_mode", 0) != 0;
    long[] begin = Arrays.copyOfRange(pads, 0, axes);
    long[] end = Arrays.copyOfRange(pads, axes, 2 * axes);
    long[] output = new long[axes];
    for (int i = 0; i < axes; i++) {
      long size = input[i + 2];
      long reach = dilation[i] * (kernel[i] - 1) + 1;
      switch (auto) {
        case "NOTSET" -> {}
        case "VALID" -> {
          begin[i] = 0;
          end[i] = 0;
        }
        case "SAME_UPPER", "SAME_LOWER" -> {
          long wanted = (size + stride[i] - 1) / stride[i];
          long total = Math.max(0, (wanted - 1) * stride[i] + reach - size);
          long less = total / 2;
          begin[i] = auto.equals("SAME_UPPER") ? less : total - less;
          end[i] = total - begin[i];
        }
        default -> throw Refusal.misfit(node, "auto_pad " + auto + " is not in ONNX");
      }
      long free = size + begin[i] + end[i] - reach;
      if (free < 0) {
        throw Refusal.misfit(
            node,
            "the kernel reaches over "
                + reach
                + " positions of axis "
                + (i + 2)
                + ", and the input "
                + Refusal.shape(input)
                + " with its padding has "
                + (size + begin[i] + end[i]));
      }
      output[i] = (ceil ? (free + stride[i] - 1) / stride[i] : free / stride[i]) + 1;
      // A window that would start beyond the input and its left padding sees only padding.
      if (ceil && (output[i] - 1) * stride[i] >= size + begin[i]) {
        output[i]--;
      }
    }
    return new Window(kernel, stride, dilation, begin, end, output);
  }

  /**
   * The window of a transposed convolution: where each number of the input lays its kernel onto the
   * output. {@code begin} and {@code end} are what is cut off the output; a negative end adds
   * zeros.
   */
  static Window transposed(Node node, long[] input, long[] kernel) {
    int axes = axes(node, input, kernel);
    long[] ones = new long[axes];
    Arrays.fill(ones, 1);
    long[] none = new long[axes];
    long[] stride = attribute(node, "strides", ones, 1);
    long[] dilation = attribute(node, "dilations", ones, 1);
    long[] more = attribute(node, "output_padding", none, 0);
    long[] pads = pads(node, axes);
    String auto = node.text("auto_pad", "NOTSET");
    long[] begin = Arrays.copyOfRange(pads, 0, axes);
    long[] end = Arrays.copyOfRange(pads, axes, 2 * axes);
    long[] output = attribute(node, "output_shape", none, 0);
    boolean given = node.attributes().containsKey("output_shape");
    for (int i = 0; i < axes; i++) {
      long steps = Math.multiplyExact(input[i + 2] - 1, stride[i]);
      long reach = Math.multiplyExact(dilation[i], kernel[i] - 1) + 1;
      long laid = Math.addExact(Math.addExact(steps, reach), more[i]);
      if (given || auto.startsWith("SAME")) {
        long total = Math.max(0, laid - (given ? output[i] : steps + stride[i]));
        output[i] = given ? output[i] : laid - total;
        begin[i] = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
      } else {
        if (auto.equals("VALID")) {
          begin[i] = 0;
          end[i] = 0;
        }
        output[i] = laid - begin[i] - end[i];
      }
      end[i] = laid - begin[i] - output[i];
      if (output[i] < 1 || output[i] > Integer.MAX_VALUE) {
        throw Refusal.misfit(node, "of axis " + (i + 2) + " " + output[i] + " positions are left");
      }
    }
    return new Window(kernel, stride, dilation, begin, end, output);
  }

  private static long[] pads(Node node, int axes) {
    long[] pads = node.integers("pads", new long[2 * axes]);
    if (pads.length != 2 * axes || Arrays.stream(pads).anyMatch(p -> p < 0)) {
      throw Refusal.misfit(node, "pads " + Refusal.shape(pads) + " do not fit the kernel");
    }
    return pads;
  }

  private static int axes(Node node, long[] input, long[] kernel) {
    int axes = kernel.length;
    if (input.length != axes + 2) {
      throw Refusal.misfit(
          node,
          "the kernel "
              + Refusal.shape(kernel)
              + " needs an input of "
              + (axes + 2)
              + " dimensions, not "
              + Refusal.shape(input));
    }
    if (axes < 1 || axes > MOST_AXES) {
      throw Refusal.unsupported(node, axes + " spatial axes", "use 1 to " + MOST_AXES);
    }
    if (Arrays.stream(kernel).anyMatch(k -> k < 1)) {
      throw Refusal.misfit(node, "the kernel " + Refusal.shape(kernel) + " is empty");
    }
    return axes;
  }

  private static long[] attribute(Node node, String name, long[] otherwise, long least) {
    long[] values = node.integers(name, otherwise);
    if (values.length != otherwise.length || Arrays.stream(values).anyMatch(v -> v < least)) {
      throw Refusal.misfit(node, name + " " + Refusal.shape(values) + " do not fit the kernel");
    }
    return values;
  }

  boolean symmetric() {
    return Arrays.equals(begin, end);
  }

  boolean dilated() {
    return Arrays.stream(dilation).anyMatch(d -> d != 1);
  }

  /** The output's shape. */
  long[] shape(long batch, long channels) {
    long[] out = new long[output.length + 2];
    out[0] = batch;
    out[1] = channels;
    System.arraycopy(output, 0, out, 2, output.length);
    return out;
  }

  /** The padding in PyTorch's order: last axis first, before and after. */
  long[] padding() {
    long[] out = new long[2 * begin.length];
    for (int i = 0; i < begin.length; i++) {
      int axis = begin.length - 1 - i;
      out[2 * i] = begin[axis];
      out[2 * i + 1] = end[axis];
    }
    return out;
  }
}
