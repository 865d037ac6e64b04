package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.operator.Operator;
import dev.espalier.engine.operator.Operators;
import dev.espalier.engine.operator.Pass;
import dev.espalier.engine.operator.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph with its weights as arrays, ready to run. Samples come in as [batch, …]; out come the
 * logits [batch, classes]: of a model that ends in Softmax or LogSoftmax, what goes into that.
 *
 * <p>Lives inside {@link NativeEngine#work}; the manager given there owns its arrays.
 */
public final class Network implements Logits {
  private static final int NONE = -1;

  private final Graph graph;
  private final String logits;
  private final int inputSlot;
  private final int outputSlot;
  private final boolean whole;
  private final long part;
  private final boolean convolvesImages;
  private final NDArray[] fixed;
  private final List<Step> steps = new ArrayList<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final Map<Long, Shapes> shapes = new HashMap<>();

  /** Constants that the size of the batch goes into: the first state of a recurrent layer. */
  private final Map<String, Integer> perBatch = new LinkedHashMap<>();

  /**
   * A weight that training changes.
   *
   * @param array its value; a step writes to it in place
   * @param kernel whether it is a kernel or matrix, which weight decay acts on
   */
  record Parameter(String name, NDArray array, boolean kernel, int slot) {}

  /** Asked before every operator whether to stop. */
  private Progress progress = Progress.NONE;

  /** One node, with its values by number instead of by name. */
  private record Step(Node node, Operator operator, int[] inputs, int[] outputs, int[] spent) {}

  /**
   * Uploads the weights.
   *
   * @param manager owns them
   * @throws EspalierException when the graph is a blueprint, has several inputs, or uses an
   *     operator that is not known
   */
  public Network(Graph graph, NDManager manager) {
    this.graph = graph;
    List<String> inputs =
        graph.inputs().stream().map(i -> i.name()).filter(n -> !graph.hasWeight(n)).toList();
    if (inputs.size() != 1) {
      throw EspalierException.program(
          "the model takes " + inputs.size() + " inputs; training feeds one",
          graph.name(),
          String.join(", ", inputs),
          "export a model with one input");
    }
    if (graph.isBlueprint()) {
      throw EspalierException.program(
          "the model `" + graph.name() + "` is a blueprint; nothing has trained it",
          graph.name(),
          "",
          "train it first");
    }
    whole = !graph.inputs().stream().allMatch(i -> isFloating(i.type()));
    this.logits = logits(graph);
    Map<String, Integer> slots = new HashMap<>();
    inputSlot = slot(slots, inputs.get(0));
    Shapes one = shapes(1);
    part = part(graph, one);
    Map<String, String> identical = Parameters.identities(graph);
    identical.forEach((value, weight) -> slots.put(value, slot(slots, weight)));
    Set<String> needed = needed();
    for (Node node : graph.nodes()) {
      if (!needed.contains(node.name()) || one.constant(node.output()).isPresent()) {
        continue;
      }
      steps.add(
          new Step(
              node,
              Operators.of(node),
              node.inputs().stream().mapToInt(v -> v.isEmpty() ? NONE : slot(slots, v)).toArray(),
              node.outputs().stream().mapToInt(v -> v.isEmpty() ? NONE : slot(slots, v)).toArray(),
              new int[0]));
    }
    outputSlot = slot(slots, logits);
    convolvesImages =
        steps.stream()
            .anyMatch(s -> s.operator.type().equals("Conv") && one.of(s.node.input(1)).length == 4);
    fixed = new NDArray[slots.size()];
    findSpent();

    Set<String> learnt = new HashSet<>(Parameters.of(graph));
    Set<String> kernels = new HashSet<>(Parameters.kernels(graph));
    graph
        .weights()
        .forEach(
            (name, weight) -> {
              Tensor tensor = ((Weight.Value) weight).tensor();
              Integer slot = slots.get(name);
              if (slot == null || !tensor.isFloating()) {
                return;
              }
              NDArray array = Upload.floats(manager, tensor.floats(), tensor.shape());
              weights.put(name, array);
              fixed[slot] = array;
              if (learnt.contains(name)) {
                parameters.add(new Parameter(name, array, kernels.contains(name), slot));
              }
            });
    Shapes two = shapes(2);
    slots.forEach(
        (value, slot) -> {
          Optional<Tensor> constant = one.constant(value);
          if (fixed[slot] != null || constant.isEmpty() || !constant.get().isFloating()) {
            return;
          }
          if (constant.equals(two.constant(value))) {
            Tensor t = constant.get();
            fixed[slot] = Upload.floats(manager, t.floats(), t.shape());
          } else {
            perBatch.put(value, slot);
          }
        });
  }

  private static boolean isFloating(dev.espalier.engine.graph.DataType type) {
    return switch (type) {
      case FLOAT, DOUBLE, FLOAT16 -> true;
      default -> false;
    };
  }

  private static int slot(Map<String, Integer> slots, String value) {
    Integer slot = slots.get(value);
    if (slot == null) {
      slot = (int) slots.values().stream().distinct().count();
      slots.put(value, slot);
    }
    return slot;
  }

  /** The value before a last Softmax or LogSoftmax, else the output itself. */
  private static String logits(Graph graph) {
    String output = graph.prediction().name();
    for (Node node : graph.nodes()) {
      if (node.outputs().contains(output)
          && (node.operator().equals("Softmax") || node.operator().equals("LogSoftmax"))) {
        return node.input(0);
      }
    }
    return output;
  }

  /**
   * Refuses samples that are no numbers of tokens where the model reads such.
   *
   * @throws EspalierException naming the sample and the value that is no whole number, or has no
   *     row in the table of embeddings
   */
  @Override
  public void reads(DataSet data, Split split) {
    if (!whole) {
      return;
    }
    long rows = Long.MAX_VALUE;
    for (Node node : graph.nodes()) {
      if (node.operator().equals("Gather")
          && node.integer("axis", 0) == 0
          && node.input(1).equals(graphInput())
          && graph.hasWeight(node.input(0))) {
        rows = Math.min(rows, graph.weights().get(node.input(0)).shape()[0]);
      }
    }
    float[] sample = new float[data.width()];
    for (int i = 0; i < split.size(); i++) {
      data.read(split, i, sample, 0);
      for (int k = 0; k < sample.length; k++) {
        float value = sample[k];
        boolean isWhole = value == Math.rint(value);
        if (!isWhole || value < 0 || value >= rows) {
          throw EspalierException.program(
              isWhole
                  ? String.format("the model has no token %.0f", value)
                  : "the model reads numbers of tokens, and the data holds " + value,
              data.name() + ", sample " + (i + 1) + ", value " + (k + 1),
              rows == Long.MAX_VALUE
                  ? "tokens are whole numbers from 0"
                  : "tokens are whole numbers from 0 to " + (rows - 1),
              isWhole
                  ? "give the model a larger vocabulary"
                  : "use data of numbers of tokens, without `normalize`");
        }
      }
    }
  }

  /** Names of the nodes that the logits depend on. */
  private Set<String> needed() {
    Set<String> values = new HashSet<>(List.of(logits));
    Set<String> nodes = new HashSet<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (node.outputs().stream().anyMatch(values::contains)) {
        nodes.add(node.name());
        values.addAll(node.inputs());
      }
    }
    return nodes;
  }

  /** Notes for every step the values that nothing reads after it. */
  private void findSpent() {
    Set<Integer> read = new HashSet<>(List.of(outputSlot, inputSlot));
    for (int i = steps.size() - 1; i >= 0; i--) {
      Step step = steps.get(i);
      List<Integer> last = new ArrayList<>();
      for (int slot : step.outputs) {
        if (slot != NONE && read.add(slot)) {
          last.add(slot);
        }
      }
      for (int slot : step.inputs) {
        if (slot != NONE && read.add(slot)) {
          last.add(slot);
        }
      }
      steps.set(
          i,
          new Step(
              step.node,
              step.operator,
              step.inputs,
              step.outputs,
              last.stream().mapToInt(s -> s).toArray()));
    }
  }

  private Shapes shapes(long batch) {
    return shapes.computeIfAbsent(batch, b -> Shapes.infer(graph, b));
  }

  /** How many numbers it gives for a sample. */
  @Override
  public int outputs() {
    long[] shape = shapes(1).of(logits);
    if (shape.length != 2 || shape[1] > Integer.MAX_VALUE) {
      throw EspalierException.program(
          "the model gives no row of numbers for a sample",
          graph.name(),
          "its output " + logits + " has the shape " + Arrays.toString(shape),
          "the output must be [batch, classes] or [batch, targets]");
    }
    return (int) shape[1];
  }

  List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /** Whether some operator computes over the batch in training, which one sample cannot feed. */
  boolean normalisesBatches() {
    return steps.stream().anyMatch(s -> s.operator.type().equals("BatchNormalization"));
  }

  /**
   * The logits without recording anything for gradients, as the deployed model has them. A batch
   * goes through in parts, so that its largest value is a block that the allocator keeps: larger
   * ones come from the system anew each time, and taking 100 MB so costs as much as a convolution.
   */
  @Override
  public NDArray infer(NDArray x, NDManager step) {
    long batch = x.size(0);
    if (batch <= part) {
      return forward(x, step, false, Map.of());
    }
    NDList parts = new NDList();
    for (long from = 0; from < batch; from += part) {
      NDArray some = x.get(new NDIndex().addSliceDim(from, Math.min(batch, from + part)));
      parts.add(forward(some, step, false, Map.of()));
    }
    return NDArrays.concat(parts, 0);
  }

  /** How many samples make the largest value fill a block of memory. */
  private static long part(Graph graph, Shapes one) {
    long largest = 1;
    for (Node node : graph.nodes()) {
      for (String value : node.outputs()) {
        if (!value.isEmpty()) {
          largest = Math.max(largest, Tensor.count(one.of(value)));
        }
      }
    }
    return Math.max(1, NativeEngine.KEPT_BLOCK / (largest * Float.BYTES));
  }

  /** The same number of values with axes in another order (channels last) would be misread. */
  private void refuseOtherOrder(long[] wanted, long[] given) {
    long[] a = Arrays.stream(wanted).skip(1).filter(d -> d != 1).toArray();
    long[] b = Arrays.stream(given).skip(1).filter(d -> d != 1).toArray();
    if (a.length > 1 && b.length > 1 && !Arrays.equals(a, b)) {
      throw EspalierException.program(
          "the model and the data order their values differently",
          graph.name(),
          "the model takes "
              + Arrays.toString(wanted)
              + ", the data gives "
              + Arrays.toString(given)
              + "; images are channels, height, width",
          "export the model channels first");
    }
  }

  /**
   * The logits.
   *
   * @param leaves what to take for a parameter, by slot; others are taken as they are
   */
  NDArray forward(NDArray x, NDManager step, boolean training, Map<Integer, NDArray> leaves) {
    Shapes known = shapes(x.size(0));
    long[] wanted = known.of(graphInput());
    NDArray input = x;
    if (!Arrays.equals(x.getShape().getShape(), wanted)) {
      if (Tensor.count(wanted) != x.size()) {
        throw EspalierException.program(
            "the model and the data do not fit",
            graph.name(),
            "the model takes "
                + Arrays.toString(wanted)
                + ", the data gives "
                + Arrays.toString(x.getShape().getShape()),
            "take data of that shape; a model from a file must leave its batch size open");
      }
      refuseOtherOrder(wanted, x.getShape().getShape());
      input = x.reshape(wanted);
    }
    if (convolvesImages && wanted.length == 4) {
      input = channelsLast(input, wanted);
    }
    Pass pass = new Evaluation(training, step, known);
    NDArray[] values = fixed.clone();
    leaves.forEach((slot, leaf) -> values[slot] = leaf);
    values[inputSlot] = whole ? input.toType(DataType.INT64, false) : input;
    perBatch.forEach(
        (value, slot) -> {
          Tensor t = known.constant(value).orElseThrow();
          values[slot] = Upload.floats(step, t.floats(), t.shape());
        });
    // An operator that does nothing here gives back its input: one array in several slots.
    IdentityHashMap<NDArray, Integer> shared = new IdentityHashMap<>();
    for (Step node : steps) {
      // A batch of a deep network takes long enough to be waited for.
      progress.check();
      NDList inputs = new NDList(node.inputs.length);
      for (int slot : node.inputs) {
        inputs.add(slot == NONE ? null : values[slot]);
      }
      NDList outputs = node.operator.compute(node.node, inputs, pass);
      for (int i = 0; i < node.outputs.length && i < outputs.size(); i++) {
        if (node.outputs[i] == NONE) {
          continue;
        }
        NDArray made = outputs.get(i);
        values[node.outputs[i]] = made;
        for (NDArray given : inputs) {
          if (given == made) {
            shared.merge(made, 1, Integer::sum);
          }
        }
      }
      for (int slot : node.spent) {
        NDArray spent = values[slot];
        if (spent == null || fixed[slot] != null || spent == x) {
          continue;
        }
        values[slot] = null;
        if (shared.getOrDefault(spent, 0) > 0) {
          shared.merge(spent, -1, Integer::sum);
        } else {
          spent.close();
        }
      }
    }
    return values[outputSlot];
  }

  /**
   * The same image batch [N, C, H, W], its channels next to each other in memory. PyTorch's
   * convolutions keep that order for what they make, and are a quarter to a half faster on it than
   * on planes, between which and the kernels' own order they would copy at every layer.
   */
  private static NDArray channelsLast(NDArray x, long... shape) {
    return x.transpose(0, 2, 3, 1)
        .reshape(x.size())
        .reshape(shape[0], shape[2], shape[3], shape[1])
        .transpose(0, 3, 1, 2);
  }

  private String graphInput() {
    return graph.inputs().stream()
        .map(i -> i.name())
        .filter(n -> !graph.hasWeight(n))
        .findFirst()
        .orElseThrow();
  }

  /** The graph with the weights as they are now. */
  public Graph graph() {
    Map<String, Tensor> now = new LinkedHashMap<>();
    weights.forEach((name, array) -> now.put(name, Upload.tensor(array)));
    return graph.withWeights(now);
  }

  /** Stops in the middle of a batch, between two operators, when {@code asked} says so. */
  void stopsFor(Progress asked) {
    progress = asked;
  }

  /** All floating weights by name, as arrays that training moves. */
  Map<String, NDArray> weights() {
    return Collections.unmodifiableMap(weights);
  }

  /**
   * Takes weights of the same names and shapes.
   *
   * @throws IllegalArgumentException when they are others; nothing is changed then
   */
  void take(Map<String, Tensor> values) {
    boolean same =
        values.keySet().equals(weights.keySet())
            && values.entrySet().stream()
                .allMatch(
                    v ->
                        Arrays.equals(
                            v.getValue().shape(), weights.get(v.getKey()).getShape().getShape()));
    if (!same) {
      throw new IllegalArgumentException("these are not the weights of " + graph.name());
    }
    values.forEach(
        (name, tensor) -> {
          if (tensor.size() > 0) {
            weights.get(name).toByteBuffer(true).asFloatBuffer().put(tensor.floats());
          }
        });
  }

  /** Copies of the arrays of all weights, owned by the weights' manager. */
  Map<String, NDArray> snapshot() {
    Map<String, NDArray> copies = new LinkedHashMap<>();
    weights.forEach((name, array) -> copies.put(name, array.duplicate()));
    return copies;
  }

  /** Takes the weights back from a {@link #snapshot}. */
  void restore(Map<String, NDArray> copies) {
    copies.forEach(
        (name, copy) -> weights.get(name).toByteBuffer(true).put(copy.toByteBuffer(true)));
  }

  private record Evaluation(boolean training, NDManager manager, Shapes shapes) implements Pass {
    @Override
    public Optional<Tensor> constant(String value) {
      return shapes.constant(value);
    }
  }
}
