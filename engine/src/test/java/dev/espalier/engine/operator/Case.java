package dev.espalier.engine.operator;

import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * One node with random shapes, attributes and values.
 *
 * @param others what the node reads beside the first input; null is left out
 * @param output which of the node's outputs is looked at
 */
record Case(
    String operator, Map<String, Attribute> attributes, Tensor x, List<Tensor> others, int output) {

  Case(String operator, Map<String, Attribute> attributes, Tensor x, List<Tensor> others) {
    this(operator, attributes, x, others, 0);
  }

  static final List<String> DIFFERENTIABLE =
      List.of(
          "Conv",
          "ConvTranspose",
          "LRN",
          "GlobalMaxPool",
          "Gemm",
          "MatMul",
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Relu",
          "LeakyRelu",
          "Sigmoid",
          "Tanh",
          "Clip",
          "Softmax",
          "LogSoftmax",
          "BatchNormalization",
          "MaxPool",
          "AveragePool",
          "GlobalAveragePool",
          "ReduceMean",
          "Flatten",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Transpose",
          "Concat",
          "Slice",
          "Pad",
          "Identity",
          "Cast",
          "Dropout",
          "Abs",
          "Neg",
          "Exp",
          "Log",
          "Sqrt",
          "Reciprocal",
          "Floor",
          "Ceil",
          "Round",
          "Sign",
          "Sin",
          "Cos",
          "Tan",
          "Atan",
          "Erf",
          "Softplus",
          "Softsign",
          "Mish",
          "HardSwish",
          "Elu",
          "Celu",
          "Selu",
          "HardSigmoid",
          "ThresholdedRelu",
          "Gelu",
          "Pow",
          "Mod",
          "PRelu",
          "Sum",
          "Mean",
          "Max",
          "Min",
          "ReduceSum",
          "ReduceMax",
          "ReduceMin",
          "ReduceProd",
          "ReduceL1",
          "ReduceL2",
          "ReduceSumSquare",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "LayerNormalization",
          "InstanceNormalization",
          "GroupNormalization",
          "Expand",
          "Tile",
          "Split",
          "Gather",
          "Trilu",
          "LSTM",
          "GRU",
          "RNN",
          "Resize",
          "DepthToSpace",
          "SpaceToDepth",
          "Einsum",
          "GatherElements",
          "GatherND",
          "CumSum");

  /** Truths and whole numbers about numbers; nothing to differentiate. */
  static final List<String> TRUTHS =
      List.of(
          "Equal",
          "Less",
          "LessOrEqual",
          "Greater",
          "GreaterOrEqual",
          "IsNaN",
          "IsInf",
          "ArgMax",
          "ArgMin");

  /** The least operator set that has an operator, where it is not the usual. */
  private static long opset(String operator) {
    return switch (operator) {
      case "Mish", "GroupNormalization", "ReduceSum" -> 18;
      case "AveragePool", "Pad", "Resize" -> 19;
      case "Gelu" -> 20;
      default ->
          (operator.startsWith("Reduce") && !operator.equals("ReduceMean"))
                  || operator.equals("Split")
              ? 18
              : Graph.OPSET;
    };
  }

  /** The node as a graph: its first input is the graph's, the rest are weights. */
  Graph graph() {
    List<String> inputs = new ArrayList<>(List.of("x"));
    Map<String, Weight> weights = new LinkedHashMap<>();
    for (int i = 0; i < others.size(); i++) {
      if (others.get(i) == null) {
        inputs.add("");
      } else {
        inputs.add("w" + i);
        weights.put("w" + i, new Weight.Value(others.get(i)));
      }
    }
    // Behind an Identity, so that a last Softmax is not taken for what follows the logits.
    List<String> outputs = new ArrayList<>(Collections.nCopies(output, ""));
    outputs.add("y");
    Node node = Node.of("node", operator, inputs, outputs, attributes);
    Node end =
        TRUTHS.contains(operator)
            ? Node.of(
                "end", "Cast", List.of("y"), List.of("out"), Map.of("to", new Attribute.Int(1)))
            : Node.of("end", "Identity", List.of("y"), List.of("out"), Map.of());
    List<Long> open = new ArrayList<>();
    for (long d : x.shape()) {
      open.add(d);
    }
    List<Long> out = new ArrayList<>();
    Graph bare =
        new Graph(
            "case",
            (int) opset(operator),
            List.of(new ValueInfo("x", DataType.FLOAT, open)),
            List.of(new ValueInfo("out", DataType.FLOAT, out)),
            List.of(node, end),
            weights,
            Map.of());
    for (long d : Shapes.infer(bare, 1).of("y")) {
      out.add(d);
    }
    return new Graph(
        "case",
        (int) opset(operator),
        bare.inputs(),
        List.of(new ValueInfo("out", DataType.FLOAT, out)),
        bare.nodes(),
        weights,
        Map.of());
  }

  static Case random(String operator, long seed) {
    Random r = new Random(seed * 31 + operator.hashCode());
    Map<String, Attribute> a = new TreeMap<>();
    return switch (operator) {
      case "Conv" -> conv(r, a);
      case "ConvTranspose" -> convTranspose(r, a);
      case "Resize" -> resize(r, a);
      case "Einsum" -> einsum(r, a);
      case "DepthToSpace", "SpaceToDepth" -> {
        long b = r.nextLong(1, 4);
        boolean deep = operator.equals("DepthToSpace");
        a.put("blocksize", new Attribute.Int(b));
        if (deep && r.nextBoolean()) {
          a.put("mode", new Attribute.Text(r.nextBoolean() ? "DCR" : "CRD"));
        }
        long[] x = shape(r, 4, 4);
        x[1] *= deep ? b * b : 1;
        x[2] *= deep ? 1 : b;
        x[3] *= deep ? 1 : b;
        yield new Case(operator, a, values(r, x), List.of());
      }
      case "ArgMax", "ArgMin" -> {
        long[] shape = shape(r, 1, 4);
        a.put("axis", new Attribute.Int(r.nextInt(2 * shape.length) - shape.length));
        a.put("keepdims", new Attribute.Int(r.nextInt(2)));
        yield new Case(operator, a, values(r, shape), List.of());
      }
      case "CumSum" -> {
        long[] shape = shape(r, 1, 4);
        a.put("exclusive", new Attribute.Int(r.nextInt(2)));
        a.put("reverse", new Attribute.Int(r.nextInt(2)));
        Tensor axis = Tensor.ofLongs(new long[0], r.nextInt(2 * shape.length) - shape.length);
        yield new Case(operator, a, values(r, shape), List.of(axis));
      }
      case "GatherElements" -> {
        long[] shape = shape(r, 1, 4);
        int axis = r.nextInt(shape.length);
        a.put("axis", new Attribute.Int(r.nextBoolean() ? axis : axis - shape.length));
        long[] taken = shape.clone();
        taken[axis] = r.nextLong(1, 6);
        taken[0] = axis == 0 ? taken[0] : 1 + r.nextInt((int) shape[0]);
        yield new Case(operator, a, values(r, shape), List.of(places(r, taken, shape[axis])));
      }
      case "GatherND" -> {
        long[] shape = shape(r, 1, 4);
        int tuple = 1 + r.nextInt(shape.length);
        long[] taken = {1 + r.nextInt(3), tuple};
        long[] sizes = Arrays.copyOf(shape, tuple);
        yield new Case(
            operator,
            a,
            values(r, shape),
            List.of(places(r, r.nextBoolean() ? taken : new long[] {tuple}, sizes)));
      }
      case "LSTM", "GRU", "RNN" -> recurrent(operator, r, a);
      case "LRN" -> {
        // ONNX Runtime has odd sizes only.
        a.put("size", new Attribute.Int(1 + 2 * r.nextInt(4)));
        a.put("alpha", new Attribute.Real(r.nextFloat()));
        a.put("beta", new Attribute.Real(r.nextFloat()));
        a.put("bias", new Attribute.Real(0.5f + r.nextFloat()));
        yield new Case(operator, a, values(r, shape(r, 4, 4)), List.of());
      }
      case "Gemm" -> gemm(r, a);
      case "MatMul" -> matMul(r, a);
      case "Add", "Sub", "Mul" -> binary(operator, r, a);
      case "Div" -> {
        Case c = binary(operator, r, a);
        float[] divisor = c.others.get(0).floats();
        for (int i = 0; i < divisor.length; i++) {
          divisor[i] = (r.nextBoolean() ? 1 : -1) * (0.5f + r.nextFloat());
        }
        yield c;
      }
      case "LeakyRelu" -> {
        a.put("alpha", new Attribute.Real(r.nextFloat()));
        yield new Case(operator, a, values(r, shape(r, 1, 4)), List.of());
      }
      case "Clip" -> {
        Tensor low = r.nextBoolean() ? scalar(-0.5f) : null;
        Tensor high = r.nextBoolean() ? scalar(0.7f) : null;
        yield new Case(operator, a, values(r, shape(r, 1, 4)), Arrays.asList(low, high));
      }
      case "Softmax", "LogSoftmax" -> {
        long[] shape = shape(r, 1, 4);
        a.put("axis", new Attribute.Int(r.nextInt(2 * shape.length) - shape.length));
        yield new Case(operator, a, values(r, shape), List.of());
      }
      case "BatchNormalization" -> {
        long[] shape = shape(r, 2, 5);
        long[] c = {shape[1]};
        a.put("epsilon", new Attribute.Real(1e-3f));
        yield new Case(
            operator,
            a,
            values(r, shape),
            List.of(values(r, c), values(r, c), values(r, c), positive(r, c)));
      }
      case "MaxPool", "AveragePool" -> pool(operator, r, a);
      case "GlobalAveragePool", "GlobalMaxPool" ->
          new Case(operator, a, values(r, shape(r, 3, 5)), List.of());
      case "ReduceMean" -> {
        long[] shape = shape(r, 1, 4);
        long[] axes =
            IntStream.range(0, shape.length).filter(i -> r.nextBoolean()).asLongStream().toArray();
        if (axes.length > 0) {
          a.put("axes", ints(axes));
        }
        a.put("keepdims", new Attribute.Int(r.nextInt(2)));
        yield new Case(operator, a, values(r, shape), List.of());
      }
      case "ReduceSum",
          "ReduceMax",
          "ReduceMin",
          "ReduceProd",
          "ReduceL1",
          "ReduceL2",
          "ReduceSumSquare",
          "ReduceLogSum",
          "ReduceLogSumExp" ->
          reduction(operator, r, a);
      case "Log", "Sqrt", "Reciprocal" ->
          new Case(operator, a, positive(r, shape(r, 1, 4)), List.of());
      case "Elu", "Celu", "ThresholdedRelu" -> {
        a.put("alpha", new Attribute.Real(0.2f + r.nextFloat()));
        yield new Case(operator, a, values(r, shape(r, 1, 4)), List.of());
      }
      case "Selu" -> {
        if (r.nextBoolean()) {
          a.put("alpha", new Attribute.Real(0.2f + r.nextFloat()));
          a.put("gamma", new Attribute.Real(0.2f + r.nextFloat()));
        }
        yield new Case(operator, a, values(r, shape(r, 1, 4)), List.of());
      }
      case "HardSigmoid" -> {
        if (r.nextBoolean()) {
          a.put("alpha", new Attribute.Real(0.2f + r.nextFloat()));
          a.put("beta", new Attribute.Real(r.nextFloat()));
        }
        yield new Case(operator, a, values(r, shape(r, 1, 4)), List.of());
      }
      case "Gelu" -> {
        a.put("approximate", new Attribute.Text(r.nextBoolean() ? "tanh" : "none"));
        yield new Case(operator, a, values(r, shape(r, 1, 4)), List.of());
      }
      case "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual" -> binary(operator, r, a);
      case "Pow" -> {
        long[] shape = shape(r, 1, 4);
        yield new Case(
            operator,
            a,
            positive(r, shape),
            List.of(r.nextBoolean() ? scalar(2) : values(r, shape)));
      }
      case "Mod" -> {
        long[] shape = shape(r, 1, 3);
        a.put("fmod", new Attribute.Int(1));
        yield new Case(operator, a, positive(r, shape), List.of(positive(r, shape)));
      }
      case "PRelu" -> {
        long[] shape = shape(r, 3, 4);
        long[] slope = new long[shape.length - 1];
        Arrays.fill(slope, 1);
        slope[0] = shape[1];
        yield new Case(operator, a, values(r, shape), List.of(values(r, slope)));
      }
      case "Sum", "Mean", "Max", "Min" -> {
        Case c = binary(operator, r, a);
        List<Tensor> others = new ArrayList<>(c.others);
        if (r.nextBoolean()) {
          others.add(values(r, c.x.shape()));
        }
        yield new Case(operator, a, c.x, others);
      }
      case "LayerNormalization" -> {
        long[] shape = shape(r, 2, 4);
        int axis = 1 + r.nextInt(shape.length - 1);
        // One element has no variance to speak of, and a gradient of noise.
        shape[shape.length - 1] = r.nextLong(3, 7);
        long[] normal = Arrays.copyOfRange(shape, axis, shape.length);
        a.put("axis", new Attribute.Int(r.nextBoolean() ? axis : axis - shape.length));
        a.put("epsilon", new Attribute.Real(1e-3f));
        yield new Case(
            operator,
            a,
            values(r, shape),
            r.nextBoolean()
                ? List.of(values(r, normal), values(r, normal))
                : List.of(values(r, normal)));
      }
      case "InstanceNormalization" -> {
        long[] shape = shape(r, 3, 5);
        shape[2] = r.nextLong(3, 6);
        a.put("epsilon", new Attribute.Real(1e-2f));
        long[] c = {shape[1]};
        yield new Case(operator, a, values(r, shape), List.of(values(r, c), values(r, c)));
      }
      case "GroupNormalization" -> {
        long[] shape = shape(r, 3, 4);
        long groups = r.nextLong(1, 4);
        shape[1] = groups * (1 + r.nextInt(3));
        shape[2] = r.nextLong(3, 6);
        a.put("num_groups", new Attribute.Int(groups));
        a.put("epsilon", new Attribute.Real(1e-2f));
        long[] c = {groups};
        yield new Case(operator, a, values(r, shape), List.of(values(r, c), values(r, c)));
      }
      case "Expand" -> {
        long[] shape = {1 + r.nextInt(2), 1, 3};
        long[][] targets = {{1, 4, 1}, {2, 1, 5, 1}, {3}, {1}};
        yield new Case(operator, a, values(r, shape), List.of(longs(targets[r.nextInt(4)])));
      }
      case "Tile" -> {
        long[] shape = shape(r, 1, 3);
        long[] repeats = new long[shape.length];
        Arrays.setAll(repeats, i -> 1 + r.nextInt(3));
        yield new Case(operator, a, values(r, shape), List.of(longs(repeats)));
      }
      case "Split" -> {
        long[] shape = shape(r, 1, 4);
        int axis = r.nextInt(shape.length);
        a.put("axis", new Attribute.Int(axis));
        yield new Case(operator, a, values(r, shape), List.of(longs(shape[axis])));
      }
      case "Gather" -> {
        long[] shape = shape(r, 1, 4);
        int axis = r.nextInt(shape.length);
        a.put("axis", new Attribute.Int(r.nextBoolean() ? axis : axis - shape.length));
        long[] chosen = new long[1 + r.nextInt(4)];
        Arrays.setAll(chosen, i -> r.nextInt(2 * (int) shape[axis]) - shape[axis]);
        Tensor indices =
            r.nextInt(4) == 0
                ? Tensor.ofLongs(new long[0], chosen[0])
                : chosen.length == 4 ? Tensor.ofLongs(new long[] {2, 2}, chosen) : longs(chosen);
        yield new Case(operator, a, values(r, shape), List.of(indices));
      }
      case "Trilu" -> {
        a.put("upper", new Attribute.Int(r.nextInt(2)));
        Tensor k = Tensor.ofLongs(new long[0], r.nextInt(4) - 2);
        yield new Case(
            operator, a, values(r, shape(r, 2, 4)), r.nextBoolean() ? List.of(k) : List.of());
      }
      case "Flatten" -> {
        long[] shape = shape(r, 1, 5);
        a.put("axis", new Attribute.Int(r.nextInt(2 * shape.length + 1) - shape.length));
        yield new Case(operator, a, values(r, shape), List.of());
      }
      case "Reshape" -> {
        long[] shape = {1 + r.nextInt(3), 2, 3, 4};
        long[][] targets = {{0, -1}, {-1, 12}, {0, 0, 12}, {0, 3, 2, -1}, {-1}, {0, 24, 1}};
        long[] target = targets[r.nextInt(targets.length)];
        yield new Case(operator, a, values(r, shape), List.of(longs(target)));
      }
      case "Squeeze" -> {
        long[] shape = {2, 1, 3, 1};
        long[][] axes = {{1}, {3}, {1, -1}};
        yield new Case(
            operator,
            a,
            values(r, shape),
            r.nextInt(4) == 0 ? List.of() : List.of(longs(axes[r.nextInt(3)])));
      }
      case "Unsqueeze" -> {
        long[][] axes = {{0}, {-1}, {1, 3}, {2}};
        yield new Case(operator, a, values(r, shape(r, 2, 2)), List.of(longs(axes[r.nextInt(4)])));
      }
      case "Transpose" -> {
        long[] shape = shape(r, 1, 4);
        if (r.nextInt(4) > 0) {
          List<Integer> order = new ArrayList<>(IntStream.range(0, shape.length).boxed().toList());
          Collections.shuffle(order, r);
          a.put("perm", ints(order.stream().mapToLong(i -> i).toArray()));
        }
        yield new Case(operator, a, values(r, shape), List.of());
      }
      case "Concat" -> {
        long[] shape = shape(r, 1, 4);
        int axis = r.nextInt(shape.length);
        List<Tensor> others = new ArrayList<>();
        for (int i = r.nextInt(3); i >= 0; i--) {
          long[] other = shape.clone();
          other[axis] = r.nextLong(1, 5);
          others.add(values(r, other));
        }
        a.put("axis", new Attribute.Int(r.nextBoolean() ? axis : axis - shape.length));
        yield new Case(operator, a, values(r, shape), others);
      }
      case "Slice" -> {
        long[] shape = {3, 4, 7, 6};
        List<Tensor> forwards =
            List.of(
                longs(r.nextInt(3), -5),
                longs(4 + r.nextInt(9), -1),
                longs(2, -1),
                longs(1 + r.nextInt(3), 2));
        List<Tensor> backwards =
            List.of(
                longs(4 + r.nextInt(9), -1),
                longs(r.nextInt(3), -9 + r.nextInt(6)),
                longs(2, -1),
                longs(-1 - r.nextInt(3), -1 - r.nextInt(2)));
        yield new Case(operator, a, values(r, shape), r.nextBoolean() ? forwards : backwards);
      }
      case "Pad" -> {
        long[] shape = shape(r, 2, 4);
        String[] modes = {"constant", "reflect", "edge", "wrap"};
        String mode = modes[r.nextInt(4)];
        a.put("mode", new Attribute.Text(mode));
        long[] pads = new long[2 * shape.length];
        for (int i = 0; i < pads.length; i++) {
          long most = shape[i % shape.length] - (mode.equals("reflect") ? 1 : 0);
          pads[i] = r.nextInt(mode.equals("constant") ? 3 : (int) Math.min(3, most + 1));
        }
        int last = shape.length - 1;
        if (shape[last] > 2 && mode.equals("constant")) {
          pads[last] -= 1;
        }
        yield new Case(
            operator,
            a,
            values(r, shape),
            r.nextBoolean() ? List.of(longs(pads)) : List.of(longs(pads), scalar(0.3f)));
      }
      case "Cast" -> {
        a.put("to", new Attribute.Int(1));
        yield new Case(operator, a, values(r, shape(r, 1, 3)), List.of());
      }
      case "Dropout" -> new Case(operator, a, values(r, shape(r, 1, 3)), List.of(scalar(0.4f)));
      default -> new Case(operator, a, values(r, shape(r, 1, 4)), List.of());
    };
  }

  private static Case reduction(String operator, Random r, Map<String, Attribute> a) {
    long[] shape = shape(r, 1, 4);
    long[] axes =
        IntStream.range(0, shape.length).filter(i -> r.nextBoolean()).asLongStream().toArray();
    a.put("keepdims", new Attribute.Int(r.nextInt(2)));
    boolean root = operator.endsWith("L2") || operator.endsWith("LogSum");
    return new Case(
        operator,
        a,
        root ? positive(r, shape) : values(r, shape),
        axes.length == 0 ? List.of() : List.of(longs(axes)));
  }

  private static Case conv(Random r, Map<String, Attribute> a) {
    int axes = 1 + r.nextInt(3);
    int groups = 1 + r.nextInt(3);
    int in = 1 + r.nextInt(2);
    int out = groups * (1 + r.nextInt(2));
    long[] w = new long[axes + 2];
    w[0] = out;
    w[1] = in;
    long[] x = new long[axes + 2];
    x[0] = r.nextLong(1, 3);
    x[1] = (long) in * groups;
    for (int i = 0; i < axes; i++) {
      w[i + 2] = r.nextLong(1, 4);
      x[i + 2] = r.nextLong(5, 8);
    }
    a.put("group", new Attribute.Int(groups));
    windows(r, a, axes, true);
    return new Case(
        "Conv",
        a,
        values(r, x),
        r.nextBoolean() ? List.of(values(r, w)) : List.of(values(r, w), values(r, out)));
  }

  /** Indices that count from either end of axes of these sizes in turn. */
  private static Tensor places(Random r, long[] shape, long... sizes) {
    long[] values = new long[(int) Tensor.count(shape)];
    Arrays.setAll(
        values,
        i -> {
          int size = (int) sizes[i % sizes.length];
          return (long) r.nextInt(2 * size) - size;
        });
    return Tensor.ofLongs(shape, values);
  }

  private static Case resize(Random r, Map<String, Attribute> a) {
    String[] modes = {"nearest", "linear", "cubic"};
    String[] coordinates = {
      "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric"
    };
    String[] roundings = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
    String mode = modes[r.nextInt(3)];
    a.put("mode", new Attribute.Text(mode));
    a.put(
        "coordinate_transformation_mode",
        // Where a number is taken whole, the rounding of the symmetric formula's last bit shows.
        new Attribute.Text(coordinates[r.nextInt(mode.equals("nearest") ? 4 : 5)]));
    if (mode.equals("nearest")) {
      a.put("nearest_mode", new Attribute.Text(roundings[r.nextInt(4)]));
    }
    if (mode.equals("cubic") && r.nextBoolean()) {
      a.put("cubic_coeff_a", new Attribute.Real(-0.5f));
      a.put("exclude_outside", new Attribute.Int(1));
    }
    int axes = mode.equals("cubic") ? 2 : 1 + r.nextInt(3);
    float[] factors = {0.5f, 0.6f, 1, 1.5f, 2, 2.3f, 3};
    long[] x = new long[axes + 2];
    float[] scales = new float[axes + 2];
    long[] sizes = new long[axes + 2];
    for (int i = 0; i < x.length; i++) {
      x[i] = i < 2 ? 1 + r.nextInt(2) : 2 + r.nextInt(4);
      scales[i] = i < 2 ? 1 : factors[r.nextInt(factors.length)];
      sizes[i] = i < 2 ? x[i] : 1 + r.nextInt(9);
    }
    Tensor factor = Tensor.ofFloats(new long[] {axes + 2}, scales);
    if (r.nextInt(3) == 0) {
      a.put("axes", ints(IntStream.range(2, axes + 2).asLongStream().toArray()));
      Tensor spatial = longs(Arrays.copyOfRange(sizes, 2, axes + 2));
      return new Case("Resize", a, values(r, x), Arrays.asList(null, null, spatial));
    }
    return new Case(
        "Resize",
        a,
        values(r, x),
        r.nextBoolean() ? Arrays.asList(null, factor) : Arrays.asList(null, null, longs(sizes)));
  }

  private static Case einsum(Random r, Map<String, Attribute> a) {
    String[] equations = {
      "ij,jk->ik",
      "bhqd,bhkd->bhqk",
      "bqd,dhe->bhqe",
      "ij->ji",
      "ijk->j",
      "ij,ij->",
      "i,j->ij",
      "bij,bjk",
      "ij,jk,kl->il",
      "abc,cd->dab",
      "ab,bc,cd->abd",
      "ijk,j->ik",
      "ij,kl->j",
      "ij->ij"
    };
    String equation = equations[r.nextInt(equations.length)];
    a.put("equation", new Attribute.Text(equation));
    Map<Character, Long> sizes = new TreeMap<>();
    List<Tensor> tensors = new ArrayList<>();
    for (String term : equation.replaceAll("->.*", "").split(",")) {
      long[] shape = new long[term.length()];
      Arrays.setAll(shape, i -> sizes.computeIfAbsent(term.charAt(i), letter -> 1L + r.nextInt(3)));
      tensors.add(values(r, shape));
    }
    if (equation.equals("bij,bjk") && r.nextBoolean()) {
      a.put("equation", new Attribute.Text("...ij, ...jk -> ...ik"));
    }
    return new Case("Einsum", a, tensors.get(0), tensors.subList(1, tensors.size()));
  }

  private static Case recurrent(String operator, Random r, Map<String, Attribute> a) {
    long steps = r.nextLong(1, 5);
    long batch = r.nextLong(1, 4);
    long in = r.nextLong(1, 4);
    long hidden = r.nextLong(1, 4);
    String[] ways = {"forward", "reverse", "bidirectional"};
    String way = ways[r.nextInt(3)];
    long directions = way.equals("bidirectional") ? 2 : 1;
    long rows = hidden * (operator.equals("LSTM") ? 4 : operator.equals("GRU") ? 3 : 1);
    a.put("direction", new Attribute.Text(way));
    a.put("hidden_size", new Attribute.Int(hidden));
    if (operator.equals("GRU")) {
      a.put("linear_before_reset", new Attribute.Int(r.nextInt(2)));
    }
    if (operator.equals("RNN") && r.nextBoolean()) {
      String activation = r.nextBoolean() ? "Relu" : "Sigmoid";
      a.put("activations", new Attribute.Texts(Collections.nCopies((int) directions, activation)));
    }
    long[] lengths = new long[(int) batch];
    Arrays.fill(lengths, steps);
    List<Tensor> others =
        new ArrayList<>(
            Arrays.asList(
                values(r, directions, rows, in),
                values(r, directions, rows, hidden),
                r.nextInt(3) > 0 ? values(r, directions, 2 * rows) : null,
                r.nextInt(3) == 0
                    ? Tensor.ofIntegers(DataType.INT32, new long[] {batch}, lengths)
                    : null,
                r.nextBoolean() ? values(r, directions, batch, hidden) : null));
    if (operator.equals("LSTM") && r.nextBoolean()) {
      others.add(values(r, directions, batch, hidden));
    }
    int outputs = operator.equals("LSTM") ? 3 : 2;
    return new Case(operator, a, values(r, steps, batch, in), others, r.nextInt(outputs));
  }

  private static Case convTranspose(Random r, Map<String, Attribute> a) {
    int axes = 1 + r.nextInt(3);
    int groups = 1 + r.nextInt(3);
    long[] w = new long[axes + 2];
    w[0] = groups * r.nextLong(1, 3);
    w[1] = r.nextLong(1, 3);
    long[] x = new long[axes + 2];
    x[0] = r.nextLong(1, 3);
    x[1] = w[0];
    for (int i = 0; i < axes; i++) {
      w[i + 2] = r.nextLong(1, 4);
      x[i + 2] = r.nextLong(3, 5);
    }
    long[] strides = r.longs(axes, 1, 4).toArray();
    a.put("group", new Attribute.Int(groups));
    a.put("strides", ints(strides));
    if (r.nextBoolean()) {
      a.put("dilations", ints(r.longs(axes, 1, 3).toArray()));
    }
    if (r.nextBoolean()) {
      a.put("output_padding", ints(Arrays.stream(strides).map(s -> r.nextInt((int) s)).toArray()));
    }
    switch (r.nextInt(5)) {
      case 0 -> a.put("auto_pad", new Attribute.Text("VALID"));
      case 1 ->
          a.put("auto_pad", new Attribute.Text(r.nextBoolean() ? "SAME_UPPER" : "SAME_LOWER"));
      case 2 -> {
        long[] output = new long[axes];
        Arrays.setAll(output, i -> x[i + 2] * strides[i] - r.nextInt(2));
        a.put("output_shape", ints(output));
      }
      case 3 -> a.put("pads", ints(r.longs(2L * axes, 0, 2).toArray()));
      default -> {}
    }
    return new Case(
        "ConvTranspose",
        a,
        values(r, x),
        r.nextBoolean() ? List.of(values(r, w)) : List.of(values(r, w), values(r, w[1] * groups)));
  }

  private static void windows(Random r, Map<String, Attribute> a, int axes, boolean dilate) {
    a.put("strides", ints(r.longs(axes, 1, 3).toArray()));
    if (dilate && r.nextBoolean()) {
      a.put("dilations", ints(r.longs(axes, 1, 3).toArray()));
    }
    switch (r.nextInt(6)) {
      case 0 -> a.put("auto_pad", new Attribute.Text("VALID"));
      case 1 -> {
        if (a.containsKey("dilations")) {
          a.remove("dilations");
        }
        a.put("auto_pad", new Attribute.Text(r.nextBoolean() ? "SAME_UPPER" : "SAME_LOWER"));
      }
      case 2 -> {
        long[] half = r.longs(axes, 0, 2).toArray();
        long[] pads = Arrays.copyOf(half, 2 * axes);
        System.arraycopy(half, 0, pads, axes, axes);
        a.put("pads", ints(pads));
      }
      case 3 -> a.put("pads", ints(r.longs(2L * axes, 0, 2).toArray()));
      default -> {}
    }
  }

  private static Case pool(String operator, Random r, Map<String, Attribute> a) {
    int axes = 1 + r.nextInt(3);
    long[] x = new long[axes + 2];
    x[0] = r.nextLong(1, 3);
    x[1] = r.nextLong(1, 4);
    long[] kernel = new long[axes];
    for (int i = 0; i < axes; i++) {
      x[i + 2] = r.nextLong(6, 9);
      kernel[i] = r.nextLong(2, 4);
    }
    a.put("kernel_shape", ints(kernel));
    windows(r, a, axes, true);
    if (!a.containsKey("auto_pad")) {
      a.put("ceil_mode", new Attribute.Int(r.nextInt(2)));
    }
    if (operator.equals("AveragePool")) {
      a.put("count_include_pad", new Attribute.Int(r.nextInt(2)));
    }
    return new Case(operator, a, values(r, x), List.of());
  }

  private static Case gemm(Random r, Map<String, Attribute> a) {
    int m = 1 + r.nextInt(4);
    int k = 1 + r.nextInt(4);
    int n = 1 + r.nextInt(4);
    boolean ta = r.nextInt(4) == 0;
    boolean tb = r.nextBoolean();
    a.put("transA", new Attribute.Int(ta ? 1 : 0));
    a.put("transB", new Attribute.Int(tb ? 1 : 0));
    if (r.nextBoolean()) {
      a.put("alpha", new Attribute.Real(0.5f + r.nextFloat()));
      a.put("beta", new Attribute.Real(r.nextFloat()));
    }
    long[][] biases = {{n}, {1, n}, {m, 1}, {m, n}, {1}, {}};
    Tensor x = values(r, ta ? new long[] {k, m} : new long[] {m, k});
    Tensor w = values(r, tb ? new long[] {n, k} : new long[] {k, n});
    return new Case(
        "Gemm",
        a,
        x,
        r.nextInt(4) == 0 ? List.of(w) : List.of(w, values(r, biases[r.nextInt(biases.length)])));
  }

  private static Case matMul(Random r, Map<String, Attribute> a) {
    long b = r.nextLong(1, 4);
    long m = r.nextLong(1, 4);
    long k = r.nextLong(1, 4);
    long n = r.nextLong(1, 4);
    long[][][] shapes = {
      {{m, k}, {k, n}},
      {{b, m, k}, {k, n}},
      {{b, m, k}, {b, k, n}},
      {{b, 2, m, k}, {1, 2, k, n}},
      {{m, k}, {b, k, n}},
      {{m, k}, {k}},
      {{k}, {k, n}}
    };
    long[][] chosen = shapes[r.nextInt(shapes.length)];
    return new Case("MatMul", a, values(r, chosen[0]), List.of(values(r, chosen[1])));
  }

  private static Case binary(String operator, Random r, Map<String, Attribute> a) {
    long[] x = shape(r, 1, 4);
    long[] y = x.clone();
    for (int i = 0; i < x.length; i++) {
      switch (r.nextInt(4)) {
        case 0 -> x[i] = 1;
        case 1 -> y[i] = 1;
        default -> {}
      }
    }
    if (r.nextInt(3) == 0) {
      y = Arrays.copyOfRange(y, r.nextInt(y.length), y.length);
    }
    return new Case(operator, a, values(r, x), List.of(values(r, y)));
  }

  private static long[] shape(Random r, int least, int most) {
    int rank = least + r.nextInt(most - least + 1);
    return r.longs(rank, 1, 5).toArray();
  }

  private static Tensor values(Random r, long... shape) {
    float[] values = new float[(int) Tensor.count(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) r.nextGaussian();
    }
    return Tensor.ofFloats(shape, values);
  }

  private static Tensor positive(Random r, long... shape) {
    Tensor t = values(r, shape);
    for (int i = 0; i < t.size(); i++) {
      t.floats()[i] = 0.3f + Math.abs(t.floats()[i]);
    }
    return t;
  }

  private static Tensor scalar(float value) {
    return Tensor.ofFloats(new long[0], value);
  }

  private static Tensor longs(long... values) {
    return Tensor.ofLongs(new long[] {values.length}, values);
  }

  private static Attribute ints(long... values) {
    return new Attribute.Ints(Arrays.stream(values).boxed().toList());
  }
}
