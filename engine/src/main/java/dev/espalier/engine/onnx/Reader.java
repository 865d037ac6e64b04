package dev.espalier.engine.onnx;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.operator.Operators;
import dev.espalier.engine.operator.Shapes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import onnx.Onnx;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/** Turns ONNX protobuf into a graph, trusting nothing in it. */
final class Reader {
  /** Before 11 the operators that classifiers use were written differently (Clip, Pad, Dropout). */
  private static final int OLDEST_OPSET = 11;

  /** What before opset 13 worked over the axis and all axes after it, taken together. */
  static final Set<String> OVER_REST = Set.of("Softmax", "LogSoftmax", "Hardmax");

  /** Two samples tell a batch that is carried through from a dimension of 1. */
  private static final long SAMPLES = 2;

  /** The newest operator set that ONNX Runtime 1.29 runs without complaint. */
  private static final int NEWEST_OPSET = 24;

  /** Nodes that a model may have once functions and branches are written out. */
  static final int MOST_NODES = 200_000;

  /** Operators of whose outputs the first may be left out: only the last state is read. */
  private static final Set<String> STATEFUL = Set.of("LSTM", "GRU", "RNN");

  private final String where;
  private final Tensors tensors;
  private final InputSize size;

  /** Whether the file fixes the batch size, and to what; 0 when it is open. */
  private long fixedBatch;

  /** What the file says an output's shape is; absent where it says nothing. */
  private final Map<String, List<Long>> declared = new HashMap<>();

  Reader(String where, ExternalData external, InputSize size) {
    this.where = where;
    this.tensors = new Tensors(external);
    this.size = size;
  }

  Graph graph(byte[] bytes) {
    Onnx.ModelProto model = ClassifierLabels.plain(parse(bytes));
    Onnx.GraphProto proto = model.getGraph();
    int opset = opset(model);
    FreshNames names = FreshNames.of(proto);
    List<Onnx.NodeProto> written = Functions.inlined(model, opset, names, where);
    Map<String, Weight> weights = weights(proto);
    List<ValueInfo> inputs = inputs(proto, weights.keySet());
    written = withoutBranches(written, names, weights, inputs, opset);
    List<Node> nodes = new ArrayList<>();
    for (Onnx.NodeProto node : written) {
      nodes.add(node(node, nodes.size() + 1, opset));
    }
    TrainingForm form = TrainingForm.removed(nodes, names(proto.getOutputList()), where);
    nodes = sorted(form.nodes(), weights.keySet(), inputs);
    List<ValueInfo> outputs = outputs(proto, nodes, weights.keySet(), form.statistics());
    nodes = constantsToWeights(nodes, weights, outputs);
    nodes = openBatch(nodes, weights);
    nodes = LayerNames.give(nodes, weights.keySet());
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Onnx.StringStringEntryProto entry : model.getMetadataPropsList()) {
      metadata.put(entry.getKey(), entry.getValue());
    }
    Graph graph =
        new Graph(proto.getName(), opset, inputs, outputs, nodes, weights, metadata)
            .withoutUnread();
    graph.nodes().forEach(node -> located(() -> Operators.of(node)));
    return located(() -> checked(Normalized.of(graph)));
  }

  private static List<String> names(List<Onnx.ValueInfoProto> values) {
    return values.stream().map(Onnx.ValueInfoProto::getName).toList();
  }

  /** Adds the file to what an operator says, and a likely reason where the batch is fixed. */
  private <T> T located(Supplier<T> work) {
    try {
      return work.get();
    } catch (EspalierException e) {
      if (e.where().startsWith(where)) {
        throw e;
      }
      String fix =
          fixedBatch > 0
              ? e.fix()
                  + "; the file is made for a batch of "
                  + fixedBatch
                  + ": export it with a dynamic first dimension"
              : e.fix();
      throw EspalierException.program(
          e.what(), e.where().isEmpty() ? where : where + ", " + e.where(), e.why(), fix, e);
    } catch (RuntimeException e) {
      throw EspalierException.program(
          "the model's shapes do not fit together",
          where,
          String.valueOf(e.getMessage()),
          "the file is damaged: export it again",
          e);
    }
  }

  private List<Onnx.NodeProto> withoutBranches(
      List<Onnx.NodeProto> nodes,
      FreshNames names,
      Map<String, Weight> weights,
      List<ValueInfo> inputs,
      int opset) {
    return new Branches(
            where,
            names,
            (before, value) -> truth(before, value, weights, inputs, opset),
            tensor -> {
              String at = at("weight", tensor.getName());
              add(weights, tensor.getName(), tensors.dense(tensor, at));
            })
        .taken(nodes);
  }

  /** Whether a value is true, when it is the same for every input of every batch size. */
  private Optional<Boolean> truth(
      List<Onnx.NodeProto> before,
      String value,
      Map<String, Weight> weights,
      List<ValueInfo> inputs,
      int opset) {
    List<Node> read = new ArrayList<>();
    for (Onnx.NodeProto node : before) {
      read.add(node(node, read.size() + 1, opset));
    }
    List<Node> nodes = LayerNames.give(sorted(read, weights.keySet(), inputs), weights.keySet());
    return located(
        () -> {
          Graph graph =
              new Graph(
                  "condition",
                  opset,
                  inputs,
                  List.of(new ValueInfo(value, DataType.BOOL, List.of())),
                  nodes,
                  weights,
                  Map.of());
          Optional<Tensor> known = Shapes.infer(graph, SAMPLES).constant(value);
          return known
              .filter(t -> t.size() == 1 && !t.isFloating())
              .filter(t -> known.equals(Shapes.infer(graph, SAMPLES + 1).constant(value)))
              .map(t -> t.longs()[0] != 0);
        });
  }

  /**
   * Compares the outputs with what the file says of them and completes their shapes. One of them is
   * what is trained; see {@link Graph#prediction()}.
   */
  private Graph checked(Graph graph) {
    List<ValueInfo> outputs = Shapes.outputs(graph);
    for (ValueInfo output : outputs) {
      List<Long> computed = output.shape();
      List<Long> said = declared.getOrDefault(output.name(), computed);
      boolean fits = computed.size() == said.size();
      for (int i = 1; i < computed.size() && fits; i++) {
        fits =
            said.get(i) == ValueInfo.DYNAMIC
                || computed.get(i) == ValueInfo.DYNAMIC
                || said.get(i).equals(computed.get(i))
                || size.isGiven();
      }
      if (!fits) {
        throw EspalierException.program(
            "an output's shape is not what the model computes",
            at("output", output.name()),
            "declared " + said + ", computed " + computed + ", -1 being open",
            "the file is damaged: export it again");
      }
    }
    Graph whole =
        new Graph(
            graph.name(),
            graph.opset(),
            graph.inputs(),
            outputs,
            graph.nodes(),
            graph.weights(),
            graph.metadata());
    List<Long> shape = whole.prediction().shape();
    if (shape.isEmpty() || shape.get(0) != ValueInfo.DYNAMIC) {
      throw EspalierException.program(
          shape.isEmpty()
              ? "the model's output has no batch dimension"
              : "the model is made for one batch size",
          at("output", whole.prediction().name()),
          "its shape is " + shape + " whatever the number of samples",
          "export it with a dynamic first dimension (dynamic_axes or dynamic_shapes in torch)");
    }
    return whole;
  }

  static EspalierException tooManyNodes(String where) {
    return EspalierException.program(
        "the model has too many nodes",
        where,
        "with its functions and branches written out there are more than " + MOST_NODES,
        "export it in plainer form");
  }

  Onnx.ModelProto parse(byte[] bytes) {
    Onnx.ModelProto model;
    try {
      // The weights' bytes stay where they are instead of being copied once more.
      CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
      in.enableAliasing(true);
      model = Onnx.ModelProto.parseFrom(in);
      in.checkLastTagWas(0);
    } catch (IOException e) {
      throw EspalierException.program(
          "this is no whole ONNX file",
          where,
          bytes.length == 0
              ? "it is empty"
              : "its " + bytes.length + " bytes are cut short or damaged",
          "copy or export it again",
          e);
    }
    if (model.getIrVersion() < 1 || !model.hasGraph()) {
      throw EspalierException.program(
          bytes.length == 0 ? "the file is empty" : "this is no ONNX file",
          where,
          "it holds no model graph",
          "name an .onnx file; torch.onnx.export writes one");
    }
    if (model.getGraph().getNodeCount() == 0) {
      throw EspalierException.program(
          "the model is empty", where, "its graph has no nodes", "export it again");
    }
    return model;
  }

  private int opset(Onnx.ModelProto model) {
    long opset = 0;
    for (Onnx.OperatorSetIdProto set : model.getOpsetImportList()) {
      if (isOnnxDomain(set.getDomain())) {
        opset = Math.max(opset, set.getVersion());
      }
    }
    if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
      throw EspalierException.program(
          opset == 0
              ? "the model names no operator set"
              : "operator set " + opset + " is not supported",
          where,
          "those from " + OLDEST_OPSET + " to " + NEWEST_OPSET + " are",
          "export it with opset_version=" + Graph.OPSET + ", or use onnx.version_converter");
    }
    return (int) opset;
  }

  private static boolean isOnnxDomain(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  private Map<String, Weight> weights(Onnx.GraphProto proto) {
    Map<String, Weight> weights = new LinkedHashMap<>();
    for (Onnx.TensorProto tensor : proto.getInitializerList()) {
      Tensor value = tensors.dense(tensor, at("weight", tensor.getName()));
      add(weights, tensor.getName(), value);
    }
    for (Onnx.SparseTensorProto sparse : proto.getSparseInitializerList()) {
      String name = sparse.getValues().getName();
      add(weights, name, tensors.sparse(sparse, at("weight", name)));
    }
    return weights;
  }

  private void add(Map<String, Weight> weights, String name, Tensor value) {
    if (name.isEmpty()) {
      throw EspalierException.program(
          "a weight has no name", where, "weight " + (weights.size() + 1), "export it again");
    }
    if (weights.put(name, new Weight.Value(value)) != null) {
      throw EspalierException.program(
          "two weights have the same name", at("weight", name), "", "export the model again");
    }
  }

  private List<ValueInfo> inputs(Onnx.GraphProto proto, Set<String> weights) {
    List<ValueInfo> inputs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Onnx.ValueInfoProto input : proto.getInputList()) {
      // Files before IR version 4 list every weight as an input too.
      if (weights.contains(input.getName())) {
        continue;
      }
      String at = at("input", input.getName());
      if (input.getName().isEmpty() || !names.add(input.getName())) {
        throw EspalierException.program(
            "an input has no name of its own", at, "", "export the model again");
      }
      List<Long> shape = shape(input, at);
      if (shape.isEmpty()) {
        throw EspalierException.program(
            "an input has no batch dimension", at, "its shape is empty", "export it again");
      }
      size.set(shape, at);
      long values = 1;
      for (int i = 1; i < shape.size(); i++) {
        long d = shape.get(i);
        values = d > Integer.MAX_VALUE ? Long.MAX_VALUE : values * d;
        if (d < 1 || values > Integer.MAX_VALUE) {
          throw EspalierException.program(
              "an input's shape is impossible", at, "shape " + shape, "export the model again");
        }
      }
      if (shape.get(0) != ValueInfo.DYNAMIC) {
        fixedBatch = shape.get(0);
        shape.set(0, ValueInfo.DYNAMIC);
      }
      inputs.add(new ValueInfo(input.getName(), elementType(input, at), shape));
    }
    if (inputs.isEmpty()) {
      throw EspalierException.program(
          "the model has no input", where, "its graph declares none", "export it again");
    }
    return inputs;
  }

  /**
   * The outputs, without their shapes yet.
   *
   * @param statistics outputs that exist only in training, which are left out
   */
  private List<ValueInfo> outputs(
      Onnx.GraphProto proto, List<Node> nodes, Set<String> weights, Set<String> statistics) {
    Set<String> made = new HashSet<>();
    nodes.forEach(n -> made.addAll(n.outputs()));
    List<ValueInfo> outputs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Onnx.ValueInfoProto output : proto.getOutputList()) {
      String at = at("output", output.getName());
      if (statistics.contains(output.getName())) {
        continue;
      }
      if (!names.add(output.getName())) {
        throw EspalierException.program(
            "two outputs have the same name", at, "", "export the model again");
      }
      if (!made.contains(output.getName())) {
        throw EspalierException.program(
            "nothing makes this output",
            at,
            weights.contains(output.getName()) ? "it is a weight" : "no node has it as output",
            "the file is damaged: export it again");
      }
      if (output.getType().getTensorType().hasShape()) {
        declared.put(output.getName(), shape(output, at));
      } else if (!output.getType().hasTensorType()) {
        throw noTensor(at);
      }
      outputs.add(new ValueInfo(output.getName(), elementType(output, at), List.of()));
    }
    if (outputs.isEmpty()) {
      throw EspalierException.program(
          "the model has no output", where, "its graph declares none", "export it again");
    }
    return outputs;
  }

  private static DataType elementType(Onnx.ValueInfoProto value, String at) {
    return Tensors.type(value.getType().getTensorType().getElemType(), at);
  }

  private static List<Long> shape(Onnx.ValueInfoProto value, String at) {
    if (!value.getType().hasTensorType()) {
      throw noTensor(at);
    }
    if (!value.getType().getTensorType().hasShape()) {
      throw EspalierException.program(
          "an input or output declares no shape",
          at,
          "",
          "run onnx.shape_inference.infer_shapes on the model, or export it again");
    }
    List<Long> shape = new ArrayList<>();
    for (var dim : value.getType().getTensorType().getShape().getDimList()) {
      if (shape.size() > 16) {
        throw EspalierException.program(
            "an input or output has too many dimensions", at, "", "at most 16 are supported");
      }
      if (!dim.hasDimValue()) {
        shape.add(ValueInfo.DYNAMIC);
      } else if (dim.getDimValue() < 0) {
        throw EspalierException.program(
            "an input or output has a negative dimension",
            at,
            "dimension " + dim.getDimValue(),
            "the file is damaged: export it again");
      } else {
        shape.add(dim.getDimValue());
      }
    }
    return shape;
  }

  private static EspalierException noTensor(String at) {
    return EspalierException.program(
        "an input or output is no tensor",
        at,
        "",
        "only tensors are supported; from scikit-learn, convert with options={\"zipmap\": False}");
  }

  private Node node(Onnx.NodeProto node, int number, int opset) {
    String called =
        node.getName().isEmpty()
            ? "node " + number + " (" + node.getOpType() + ")"
            : "node " + node.getName() + " (" + node.getOpType() + ")";
    String at = where + ", " + called;
    if (node.getOpType().isEmpty()) {
      throw EspalierException.program(
          "a node names no operator", at, "", "the file is damaged: export it again");
    }
    boolean nothing = node.getOutputList().stream().allMatch(String::isEmpty);
    if (nothing || (node.getOutput(0).isEmpty() && !STATEFUL.contains(node.getOpType()))) {
      throw EspalierException.program(
          "a node makes nothing", at, "it has no output", "export the model again");
    }
    Map<String, Attribute> attributes = new TreeMap<>();
    for (Onnx.AttributeProto attribute : node.getAttributeList()) {
      attributes.put(attribute.getName(), attribute(attribute, at));
    }
    for (String type : List.of("to", "stash_type", "dtype")) {
      if (attributes.get(type) instanceof Attribute.Int code
          && (code.value() == 10 || code.value() == 11 || code.value() == 16)) {
        // Everything that floats is float32 here.
        attributes.put(type, new Attribute.Int(DataType.FLOAT.onnxCode()));
      }
    }
    if (opset < 13 && OVER_REST.contains(node.getOpType())) {
      // Before opset 13 the axis was 1 unless said.
      attributes.putIfAbsent("axis", new Attribute.Int(1));
    }
    return new Node(
        node.getName(),
        node.getOpType(),
        isOnnxDomain(node.getDomain()) ? "" : node.getDomain(),
        List.copyOf(node.getInputList()),
        List.copyOf(node.getOutputList()),
        attributes);
  }

  private Attribute attribute(Onnx.AttributeProto a, String node) {
    String at = node + ", attribute " + a.getName();
    if (!a.getRefAttrName().isEmpty()) {
      throw EspalierException.program(
          "an attribute refers to a function's attribute",
          at,
          "only functions may do so",
          "export the model again");
    }
    return switch (a.getType()) {
      case INT -> new Attribute.Int(a.getI());
      case FLOAT -> new Attribute.Real(a.getF());
      case STRING -> new Attribute.Text(a.getS().toString(StandardCharsets.UTF_8));
      case INTS -> new Attribute.Ints(List.copyOf(a.getIntsList()));
      case FLOATS -> new Attribute.Reals(List.copyOf(a.getFloatsList()));
      case STRINGS ->
          new Attribute.Texts(
              a.getStringsList().stream().map(s -> s.toString(StandardCharsets.UTF_8)).toList());
      case TENSOR -> new Attribute.Value(tensors.dense(a.getT(), at));
      case SPARSE_TENSOR -> new Attribute.Value(tensors.sparse(a.getSparseTensor(), at));
      default ->
          throw EspalierException.program(
              "an attribute of type "
                  + a.getType().name().toLowerCase(java.util.Locale.ROOT)
                  + " is not supported",
              at,
              "models with control flow (If, Loop, Scan) are not supported",
              "export the model without it");
    };
  }

  /** Topological order, the file's own where it is one (Kahn 1962). */
  private List<Node> sorted(List<Node> nodes, Set<String> weights, List<ValueInfo> inputs) {
    Map<String, Integer> maker = new HashMap<>();
    Set<String> given = new HashSet<>(weights);
    inputs.forEach(i -> given.add(i.name()));
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).outputs()) {
        if (!output.isEmpty() && (given.contains(output) || maker.put(output, i) != null)) {
          throw EspalierException.program(
              "the value `" + output + "` is made twice",
              at(nodes.get(i)),
              "every value has one origin",
              "the file is damaged: export it again");
        }
      }
    }
    List<Set<Integer>> readers = new ArrayList<>();
    nodes.forEach(n -> readers.add(new LinkedHashSet<>()));
    int[] waiting = new int[nodes.size()];
    for (int i = 0; i < nodes.size(); i++) {
      for (String input : nodes.get(i).inputs()) {
        if (input.isEmpty() || given.contains(input)) {
          continue;
        }
        Integer from = maker.get(input);
        if (from == null) {
          throw EspalierException.program(
              "a node reads `" + input + "`, which nothing makes",
              at(nodes.get(i)),
              "it is no weight, no input and no node's output",
              "the file is damaged: export it again");
        }
        if (readers.get(from).add(i)) {
          waiting[i]++;
        }
      }
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < waiting.length; i++) {
      if (waiting[i] == 0) {
        ready.add(i);
      }
    }
    List<Node> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      int next = ready.poll();
      order.add(nodes.get(next));
      for (int reader : readers.get(next)) {
        if (--waiting[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    if (order.size() < nodes.size()) {
      for (int i = 0; i < waiting.length; i++) {
        if (waiting[i] > 0) {
          throw EspalierException.program(
              "the model's nodes form a cycle",
              at(nodes.get(i)),
              "it waits for its own result",
              "the file is damaged: export it again");
        }
      }
    }
    return order;
  }

  /**
   * Constant nodes become weights, and so do copies of weights: torch's exporter writes equal
   * weights once and shares them through Identity, but layers train apart.
   */
  private List<Node> constantsToWeights(
      List<Node> nodes, Map<String, Weight> weights, List<ValueInfo> outputs) {
    Set<String> needed = new HashSet<>();
    outputs.forEach(o -> needed.add(o.name()));
    List<Node> rest = new ArrayList<>();
    for (Node node : nodes) {
      boolean plain = node.domain().isEmpty() && !needed.contains(node.output());
      if (plain && node.operator().equals("Constant")) {
        weights.put(node.output(), new Weight.Value(constant(node)));
      } else if (plain
          && node.operator().equals("Identity")
          && weights.containsKey(node.input(0))) {
        weights.put(node.output(), weights.get(node.input(0)));
      } else {
        rest.add(node);
      }
    }
    return rest;
  }

  private Tensor constant(Node node) {
    for (Attribute value : node.attributes().values()) {
      if (value instanceof Attribute.Value v) {
        return v.tensor();
      } else if (value instanceof Attribute.Int v) {
        return Tensor.ofLongs(new long[0], v.value());
      } else if (value instanceof Attribute.Real v) {
        return Tensor.ofFloats(new long[0], v.value());
      } else if (value instanceof Attribute.Ints v) {
        return Tensor.ofLongs(
            new long[] {v.values().size()},
            v.values().stream().mapToLong(Long::longValue).toArray());
      } else if (value instanceof Attribute.Reals v) {
        float[] floats = new float[v.values().size()];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = v.values().get(i);
        }
        return Tensor.ofFloats(new long[] {floats.length}, floats);
      }
    }
    throw EspalierException.program(
        "a Constant holds no number", at(node), "", "export the model again");
  }

  /**
   * A model exported for one batch size writes that size into the target shapes of Reshape. There 0
   * means the input's own dimension.
   */
  private List<Node> openBatch(List<Node> nodes, Map<String, Weight> weights) {
    if (fixedBatch == 0) {
      return nodes;
    }
    List<Node> open = new ArrayList<>();
    for (Node node : nodes) {
      if (node.operator().equals("Reshape")
          && node.integer("allowzero", 0) == 0
          && !weights.containsKey(node.input(0))
          && weights.get(node.input(1)) instanceof Weight.Value v
          && v.tensor().type() == DataType.INT64
          && v.tensor().rank() == 1
          && v.tensor().size() > 1
          && v.tensor().longs()[0] == fixedBatch) {
        long[] target = v.tensor().longs().clone();
        target[0] = 0;
        String name = node.input(1) + ".open";
        while (weights.containsKey(name)) {
          name += "_";
        }
        weights.put(name, new Weight.Value(Tensor.ofLongs(v.tensor().shape(), target)));
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(1, name);
        open.add(node.withInputs(inputs));
      } else {
        open.add(node);
      }
    }
    return open;
  }

  private String at(String kind, String name) {
    return where + ", " + kind + " " + (name.isEmpty() ? "without a name" : name);
  }

  private String at(Node node) {
    return where
        + ", node "
        + (node.name().isEmpty() ? "making " + node.output() : node.name())
        + " ("
        + node.operator()
        + ")";
  }
}
