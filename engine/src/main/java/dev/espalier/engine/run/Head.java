package dev.espalier.engine.run;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Initializer;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.operator.Shapes;
import dev.espalier.engine.prune.DenseOriginal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A trained classifier with a fresh last layer for other classes; everything before it keeps its
 * weights.
 *
 * <p>The last layer is a Gemm, a MatMul with or without the Add of a bias, or a 1×1 convolution
 * before the pooling that ends the network (as SqueezeNet has it).
 */
public final class Head {
  /** What may stand between the last layer and the output, and knows nothing of its width. */
  private static final Set<String> AFTER =
      Set.of(
          "Softmax",
          "LogSoftmax",
          "Sigmoid",
          "Tanh",
          "Relu",
          "Identity",
          "Dropout",
          "Cast",
          "Flatten",
          "Squeeze",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "AveragePool",
          "ReduceMean");

  private final Graph graph;
  private final int classes;
  private final Map<String, Node> makers = new HashMap<>();
  private final Map<String, Weight> weights;
  private final Map<String, Node> changed = new HashMap<>();
  private String layer = "";

  private Head(Graph graph, int classes) {
    this.graph = graph;
    this.classes = classes;
    this.weights = new LinkedHashMap<>(graph.weights());
    graph.nodes().forEach(n -> n.outputs().forEach(o -> makers.put(o, n)));
  }

  /**
   * The graph with another number of outputs. The new layer's weights are rules, PyTorch's default
   * (uniform in ±1/sqrt(inputs), kernel and bias), which {@link
   * dev.espalier.engine.train.Initialization} fills from the seed.
   *
   * @throws EspalierException naming the node at which no such layer is found
   */
  public static Graph replaced(Graph graph, int classes) {
    Head head = new Head(graph, classes);
    head.find();
    List<Node> nodes =
        graph.nodes().stream().map(n -> head.changed.getOrDefault(n.name(), n)).toList();
    Map<String, String> metadata =
        new LinkedHashMap<>(DenseOriginal.without(graph.metadata(), head.layer));
    // With another head the network no longer gives back its input.
    metadata.remove(Task.KEY);
    Graph made =
        new Graph(
                graph.name(),
                graph.opset(),
                graph.inputs(),
                graph.outputs(),
                nodes,
                head.weights,
                metadata)
            .withoutUnread();
    Graph whole =
        new Graph(
            made.name(),
            made.opset(),
            made.inputs(),
            Shapes.outputs(made),
            made.nodes(),
            made.weights(),
            made.metadata());
    List<Long> shape = whole.prediction().shape();
    if (shape.size() != 2 || shape.get(1) != classes) {
      throw EspalierException.program(
          "the model's end does not follow its last layer",
          "node " + head.layer,
          "with " + classes + " outputs there, the model's output is " + shape,
          "use the model with the classes it has");
    }
    return whole;
  }

  private EspalierException none(Node node, String why) {
    return EspalierException.program(
        "the model's end has no dense layer to replace",
        "node " + node.name() + " (" + node.operator() + ")",
        why,
        "use the model with the classes it has, or export it up to its last dense layer");
  }

  /** Walks from the output towards the input and notes what changes. */
  private void find() {
    String value = graph.prediction().name();
    while (true) {
      Node node = makers.get(value);
      if (node == null) {
        throw none(graph.nodes().get(0), "the way back from the output ends at " + value);
      }
      switch (node.operator()) {
        case "Gemm" -> {
          gemm(node);
          return;
        }
        case "MatMul" -> {
          matMul(node, Optional.empty());
          return;
        }
        case "Conv" -> {
          conv(node);
          return;
        }
        case "Add" -> {
          int bias = graph.hasWeight(node.input(0)) ? 0 : 1;
          Node before = makers.get(node.input(1 - bias));
          if (!graph.hasWeight(node.input(bias))
              || before == null
              || !before.operator().equals("MatMul")) {
            throw none(node, "it adds what is no bias of a dense layer");
          }
          matMul(before, Optional.of(node));
          return;
        }
        case "Reshape" -> {
          reshape(node);
          value = node.input(0);
        }
        default -> {
          if (!AFTER.contains(node.operator())) {
            throw none(node, "after a last dense layer there may be: " + sorted());
          }
          value = node.input(0);
        }
      }
    }
  }

  private static String sorted() {
    return String.join(", ", AFTER.stream().sorted().toList());
  }

  private void gemm(Node node) {
    if (node.integer("transA", 0) != 0) {
      throw none(node, "its input is transposed");
    }
    boolean outputsFirst = node.integer("transB", 0) == 1;
    long inputs = shape(node, 1)[outputsFirst ? 1 : 0];
    Node fresh =
        weight(
            node,
            1,
            inputs,
            new Initializer.KaimingUniform(inputs, Math.sqrt(1.0 / 3)),
            outputsFirst ? new long[] {classes, inputs} : new long[] {inputs, classes});
    finish(node, node.input(2).isEmpty() ? fresh : bias(fresh, 2, inputs));
  }

  private void matMul(Node node, Optional<Node> add) {
    long[] shape = shape(node, 1);
    if (shape.length != 2) {
      throw none(node, "its matrix has the shape " + Arrays.toString(shape));
    }
    long inputs = shape[0];
    Node fresh =
        weight(
            node,
            1,
            inputs,
            new Initializer.KaimingUniform(inputs, Math.sqrt(1.0 / 3)),
            inputs,
            classes);
    add.ifPresent(a -> changed.put(a.name(), bias(a, graph.hasWeight(a.input(0)) ? 0 : 1, inputs)));
    finish(node, fresh);
  }

  private void conv(Node node) {
    long[] shape = shape(node, 1);
    boolean one = Arrays.stream(shape).skip(2).allMatch(d -> d == 1);
    if (!one || node.integer("group", 1) != 1) {
      throw none(
          node,
          "it is no 1×1 convolution of all channels: its kernel is " + Arrays.toString(shape));
    }
    long inputs = shape[1];
    long[] wanted = shape.clone();
    wanted[0] = classes;
    Node fresh =
        weight(node, 1, inputs, new Initializer.KaimingUniform(inputs, Math.sqrt(1.0 / 3)), wanted);
    finish(node, node.input(2).isEmpty() ? fresh : bias(fresh, 2, inputs));
  }

  private void finish(Node old, Node fresh) {
    layer = old.name();
    changed.put(old.name(), fresh);
  }

  private long[] shape(Node node, int input) {
    Weight weight = graph.weights().get(node.input(input));
    if (weight == null) {
      Node maker = makers.get(node.input(input));
      throw none(
          node,
          maker != null && maker.operator().equals("DequantizeLinear")
              ? "it is quantized"
              : "its weights are computed");
    }
    if (weight.shape().length < 2) {
      throw none(node, "its weights have the shape " + Arrays.toString(weight.shape()));
    }
    return weight.shape();
  }

  /** The bias, one number an output, in the form it had: [n] or [1, n]. */
  private Node bias(Node node, int input, long inputs) {
    Weight weight = graph.weights().get(node.input(input));
    if (weight == null) {
      throw none(node, "its bias is computed");
    }
    long[] shape = new long[Math.max(1, weight.shape().length)];
    Arrays.fill(shape, 1);
    shape[shape.length - 1] = classes;
    return weight(
        node, input, inputs, new Initializer.Uniform(1 / Math.sqrt((double) inputs)), shape);
  }

  /** The node with a fresh weight, which takes the old one's name unless others read that. */
  private Node weight(Node node, int input, long inputs, Initializer rule, long... shape) {
    if (inputs < 1) {
      throw none(node, "it has no inputs");
    }
    String name = node.input(input);
    long readers =
        graph.nodes().stream().flatMap(n -> n.inputs().stream()).filter(name::equals).count();
    List<String> all = new ArrayList<>(node.inputs());
    if (readers > 1) {
      name = unused(name + ".fresh");
      all.set(input, name);
    }
    weights.put(name, new Weight.Rule(Arrays.stream(shape).boxed().toList(), rule));
    return node.withInputs(all);
  }

  private String unused(String wanted) {
    String name = wanted;
    while (weights.containsKey(name) || makers.containsKey(name)) {
      name += "_";
    }
    return name;
  }

  /** A Reshape after the last layer may name the old number of outputs in its last place. */
  private void reshape(Node node) {
    boolean copies =
        node.attributes().get("allowzero") instanceof Attribute.Int i && i.value() != 0;
    if (copies
        || !(graph.weights().get(node.input(1)) instanceof Weight.Value v)
        || v.tensor().rank() != 1
        || v.tensor().isFloating()) {
      throw none(node, "its shape is computed");
    }
    long[] target = v.tensor().longs().clone();
    if (target.length == 0 || target[target.length - 1] <= 0) {
      return;
    }
    target[target.length - 1] = classes;
    String name = unused(node.input(1) + ".fresh");
    weights.put(name, new Weight.Value(Tensor.ofLongs(v.tensor().shape(), target)));
    List<String> all = new ArrayList<>(node.inputs());
    all.set(1, name);
    changed.put(node.name(), node.withInputs(all));
  }
}
