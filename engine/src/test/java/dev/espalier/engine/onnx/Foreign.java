package dev.espalier.engine.onnx;

import static dev.espalier.engine.onnx.Protos.BOOL;
import static dev.espalier.engine.onnx.Protos.FLOAT;
import static dev.espalier.engine.onnx.Protos.integer;
import static dev.espalier.engine.onnx.Protos.ints;
import static dev.espalier.engine.onnx.Protos.node;
import static dev.espalier.engine.onnx.Protos.number;
import static dev.espalier.engine.onnx.Protos.real;
import static dev.espalier.engine.onnx.Protos.value;
import static dev.espalier.engine.onnx.Protos.weight;
import static dev.espalier.engine.onnx.Protos.whole;

import dev.espalier.engine.Randomness;
import java.util.List;
import java.util.SplittableRandom;
import onnx.Onnx;

/** Small models in the forms that other exporters give them. */
final class Foreign {
  private final SplittableRandom random = Randomness.of(1, "foreign models");

  /** A network with every operator whose form changed between operator sets 11 and 21. */
  Onnx.ModelProto.Builder changing(int opset) {
    Onnx.ModelProto.Builder model = Protos.model(opset);
    Onnx.GraphProto.Builder g = model.getGraphBuilder();
    g.addInput(value("x", FLOAT, -1, 4, 6, 6));
    boolean inputs = opset >= 13;
    g.addInitializer(whole("axes1", 1));
    g.addInitializer(whole("axes23", 2, 3));
    g.addInitializer(whole("sizes", 3, 1));
    g.addInitializer(whole("pads", 0, 0, 1, 1, 0, 0, 1, 1));
    g.addInitializer(number("half", 0.5f));
    g.addInitializer(number("low", -1f));
    g.addInitializer(number("high", 1.5f));
    for (String name : List.of("scale", "shift", "mean")) {
      g.addInitializer(weight(name, FLOAT, random, 4));
    }
    g.addInitializer(
        Onnx.TensorProto.newBuilder()
            .setName("variance")
            .setDataType(FLOAT)
            .addDims(4)
            .addAllFloatData(List.of(1f, 0.5f, 2f, 0.25f)));
    g.addNode(node("Pad", List.of("x", "pads"), List.of("padded")));
    g.addNode(node("Clip", List.of("padded", "low", "high"), List.of("clipped")));
    g.addNode(
        node(
            "BatchNormalization",
            List.of("clipped", "scale", "shift", "mean", "variance"),
            List.of("bn"),
            real("epsilon", 1e-3f)));
    g.addNode(
        opset >= 12
            ? node("Dropout", List.of("bn", "half"), List.of("dropped"))
            : node("Dropout", List.of("bn"), List.of("dropped"), real("ratio", 0.5f)));
    g.addNode(
        inputs
            ? node("Split", List.of("dropped", "sizes"), List.of("a", "b"), integer("axis", 1))
            : node(
                "Split",
                List.of("dropped"),
                List.of("a", "b"),
                integer("axis", 1),
                ints("split", 3, 1)));
    g.addNode(node("Mul", List.of("a", "b"), List.of("c")));
    g.addNode(
        opset >= 18
            ? node("ReduceMean", List.of("c", "axes23"), List.of("d"), integer("keepdims", 0))
            : node(
                "ReduceMean",
                List.of("c"),
                List.of("d"),
                ints("axes", 2, 3),
                integer("keepdims", 0)));
    g.addNode(
        inputs
            ? node("Unsqueeze", List.of("d", "axes1"), List.of("e"))
            : node("Unsqueeze", List.of("d"), List.of("e"), ints("axes", 1)));
    g.addNode(
        inputs
            ? node("ReduceSum", List.of("e", "axes1"), List.of("f"))
            : node("ReduceSum", List.of("e"), List.of("f"), ints("axes", 1)));
    g.addNode(
        inputs
            ? node("Squeeze", List.of("f", "axes1"), List.of("g"))
            : node("Squeeze", List.of("f"), List.of("g"), ints("axes", 1)));
    g.addInitializer(weight("fc.weight", FLOAT, random, 5, 3));
    g.addInitializer(weight("fc.bias", FLOAT, random, 5));
    g.addNode(
        node("Gemm", List.of("g", "fc.weight", "fc.bias"), List.of("y"), integer("transB", 1)));
    g.addOutput(value("y", FLOAT, -1, 5));
    return model;
  }

  Onnx.ModelProto.Builder training(int opset, boolean readStatistics) {
    Onnx.ModelProto.Builder model = Protos.model(opset);
    Onnx.GraphProto.Builder g = model.getGraphBuilder();
    g.addInput(value("x", FLOAT, -1, 4));
    for (String name : List.of("bn.weight", "bn.bias", "bn.running_mean")) {
      g.addInitializer(weight(name, FLOAT, random, 4));
    }
    g.addInitializer(
        Onnx.TensorProto.newBuilder()
            .setName("bn.running_var")
            .setDataType(FLOAT)
            .addDims(4)
            .addAllFloatData(List.of(1f, 0.5f, 2f, 0.25f)));
    g.addInitializer(number("ratio", 0.25f));
    g.addInitializer(
        Onnx.TensorProto.newBuilder().setName("yes").setDataType(BOOL).addInt32Data(1));
    List<String> into = List.of("x", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var");
    g.addNode(
        opset >= 14
            ? node(
                "BatchNormalization",
                into,
                List.of("n", "new_mean", "new_var"),
                integer("training_mode", 1))
            : node("BatchNormalization", into, List.of("n", "new_mean", "new_var", "s1", "s2")));
    g.addNode(
        opset >= 12
            ? node("Dropout", List.of("n", "ratio", "yes"), List.of("d", "mask"))
            : node("Dropout", List.of("n"), List.of("d", "mask"), real("ratio", 0.25f)));
    g.addInitializer(weight("fc.weight", FLOAT, random, 3, 4));
    g.addNode(node("Gemm", List.of("d", "fc.weight"), List.of("y"), integer("transB", 1)));
    g.addOutput(value("y", FLOAT, -1, 3));
    g.addOutput(value("new_mean", FLOAT, 4));
    if (readStatistics) {
      g.addNode(node("Relu", List.of("new_var"), List.of("other")));
      g.addOutput(value("other", FLOAT, 4));
    }
    return model;
  }

  static Onnx.FunctionProto.Builder function(String name, int opset) {
    return Onnx.FunctionProto.newBuilder()
        .setDomain("local")
        .setName(name)
        .addOpsetImport(Onnx.OperatorSetIdProto.newBuilder().setVersion(opset))
        .addOpsetImport(Onnx.OperatorSetIdProto.newBuilder().setDomain("local").setVersion(1));
  }

  static Onnx.NodeProto call(String name, List<String> in, List<String> out) {
    return node(name, in, out).toBuilder().setDomain("local").build();
  }

  Onnx.ModelProto.Builder functions() {
    Onnx.ModelProto.Builder model = Protos.model(17).setIrVersion(8);
    model.addOpsetImport(Onnx.OperatorSetIdProto.newBuilder().setDomain("local").setVersion(1));
    model.addFunctions(
        function("Dense", 17)
            .addAllInput(List.of("in", "w", "b"))
            .addOutput("out")
            .addAttribute("slope")
            .addNode(node("Gemm", List.of("in", "w", "b"), List.of("t"), integer("transB", 1)))
            .addNode(
                node("LeakyRelu", List.of("t"), List.of("out")).toBuilder()
                    .addAttribute(
                        Onnx.AttributeProto.newBuilder()
                            .setName("alpha")
                            .setType(Onnx.AttributeProto.AttributeType.FLOAT)
                            .setRefAttrName("slope"))));
    model.addFunctions(
        function("Two", 17)
            .addAllInput(List.of("in", "w1", "b1", "w2"))
            .addOutput("out")
            .addNode(
                call("Dense", List.of("in", "w1", "b1"), List.of("t")).toBuilder()
                    .addAttribute(real("slope", 0.25f)))
            .addNode(call("Dense", List.of("t", "w2"), List.of("out"))));
    Onnx.GraphProto.Builder g = model.getGraphBuilder();
    g.addInput(value("x", FLOAT, -1, 6));
    g.addInitializer(weight("fc1.weight", FLOAT, random, 5, 6));
    g.addInitializer(weight("fc1.bias", FLOAT, random, 5));
    g.addInitializer(weight("fc2.weight", FLOAT, random, 4, 5));
    g.addNode(call("Two", List.of("x", "fc1.weight", "fc1.bias", "fc2.weight"), List.of("t")));
    g.addNode(node("Relu", List.of("t"), List.of("y")));
    g.addOutput(value("y", FLOAT, -1, 4));
    return model;
  }

  /** If (the size of an axis is {@code wanted}) then a squeezed x, else x times two. */
  Onnx.ModelProto.Builder branching(long wanted) {
    Onnx.ModelProto.Builder model = Protos.model(17);
    Onnx.GraphProto.Builder g = model.getGraphBuilder();
    g.addInput(value("x", FLOAT, -1, 6, 1));
    g.addInitializer(whole("two", 2));
    g.addInitializer(whole("wanted", wanted));
    g.addNode(node("Shape", List.of("x"), List.of("shape")));
    g.addNode(node("Gather", List.of("shape", "two"), List.of("size")));
    g.addNode(node("Equal", List.of("size", "wanted"), List.of("is_one_1")));
    g.addNode(node("Squeeze", List.of("is_one_1"), List.of("is_one")));
    Onnx.GraphProto.Builder then =
        Onnx.GraphProto.newBuilder()
            .addInitializer(whole("axis", 2))
            .addNode(node("Squeeze", List.of("x", "axis"), List.of("t")))
            .addOutput(value("t", FLOAT, -1, 6));
    Onnx.GraphProto.Builder otherwise =
        Onnx.GraphProto.newBuilder()
            .addInitializer(number("factor", 2f))
            .addNode(node("Flatten", List.of("x"), List.of("f")))
            .addNode(node("Mul", List.of("f", "factor"), List.of("t")))
            .addOutput(value("t", FLOAT, -1, 6));
    g.addNode(
        node(
            "If",
            List.of("is_one"),
            List.of("flat"),
            Protos.graph("then_branch", then),
            Protos.graph("else_branch", otherwise)));
    g.addInitializer(weight("fc.weight", FLOAT, random, 4, 6));
    g.addNode(node("Gemm", List.of("flat", "fc.weight"), List.of("y"), integer("transB", 1)));
    g.addOutput(value("y", FLOAT, -1, 4));
    return model;
  }

  Onnx.ModelProto.Builder open(long... shape) {
    Onnx.ModelProto.Builder model = Protos.model(17);
    Onnx.GraphProto.Builder g = model.getGraphBuilder();
    g.addInput(value("image", FLOAT, shape));
    g.addInitializer(weight("conv.weight", FLOAT, random, 4, 3, 3, 3));
    g.addNode(node("Conv", List.of("image", "conv.weight"), List.of("c")));
    g.addNode(node("GlobalAveragePool", List.of("c"), List.of("p")));
    g.addNode(node("Flatten", List.of("p"), List.of("y")));
    g.addOutput(value("y", FLOAT, -1, 4));
    return model;
  }
}
