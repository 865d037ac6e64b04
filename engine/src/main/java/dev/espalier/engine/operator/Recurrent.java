package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A layer with a state that is carried from step to step, forwards, in reverse, or both ways: LSTM
 * (Hochreiter, Schmidhuber 1997, with the forget gate of Gers et al. 2000), GRU (Cho et al. 2014,
 * arXiv:1406.1078) and the plain RNN (Elman 1990), with ONNX's equations and orders of gates.
 *
 * <p>X [steps, batch, inputs], W [directions, gates·hidden, inputs], R [directions, gates·hidden,
 * hidden], B [directions, 2·gates·hidden], initial_h and initial_c [directions, batch, hidden] → Y
 * [steps, directions, batch, hidden], Y_h and Y_c [directions, batch, hidden]. With {@code layout}
 * 1 the batch comes first in all of these but W, R and B.
 */
final class Recurrent implements Operator {
  private static final int X = 0;
  private static final int W = 1;
  private static final int R = 2;
  private static final int B = 3;
  private static final int LENGTHS = 4;
  private static final int INITIAL_H = 5;
  private static final int INITIAL_C = 6;
  private static final int PEEPHOLES = 7;

  private final String type;
  private final Cell cell;
  private final int gates;
  private final List<String> activations;

  private Recurrent(String type, Cell cell, int gates, String... activations) {
    this.type = type;
    this.cell = cell;
    this.gates = gates;
    this.activations = List.of(activations);
  }

  static List<Operator> all() {
    return List.of(
        new Recurrent("LSTM", Recurrent::lstm, 4, "Sigmoid", "Tanh", "Tanh"),
        new Recurrent("GRU", Recurrent::gru, 3, "Sigmoid", "Tanh"),
        new Recurrent("RNN", Recurrent::rnn, 1, "Tanh"));
  }

  /** What is carried from step to step; {@code c} of an LSTM only, [batch, hidden]. */
  private record State(NDArray h, NDArray c) {}

  /**
   * The matrix and the bias of the recurrence in one direction.
   *
   * @param matrix [gates·hidden, hidden]
   * @param bias [gates·hidden] that is added to {@code h·matrixᵀ} alone, or null
   * @param activation of a plain RNN
   */
  private record Recurrence(
      NDArray matrix, NDArray bias, long hidden, boolean resetLast, String activation, Pass pass) {
    /** What the state adds to some gates. */
    NDArray of(NDArray h) {
      return h.getNDArrayInternal().linear(h, matrix, bias).get(0);
    }

    NDList gates(NDArray all) {
      long count = all.size(1) / hidden;
      long[] cuts = new long[Math.toIntExact(count - 1)];
      Arrays.setAll(cuts, i -> (i + 1) * hidden);
      return all.split(cuts, 1);
    }
  }

  /** One step. */
  @FunctionalInterface
  private interface Cell {
    /**
     * The next state.
     *
     * @param input [batch, gates·hidden], what the step's input adds to the gates, with the biases
     */
    State next(NDArray input, State before, Recurrence r);
  }

  private static NDArray sigmoid(NDArray x) {
    return x.getNDArrayInternal().sigmoid();
  }

  /** Gates: input, output, forget, cell. */
  private static State lstm(NDArray input, State s, Recurrence r) {
    NDList gates = r.gates(input.add(r.of(s.h)));
    NDArray kept = sigmoid(gates.get(2)).mul(s.c);
    NDArray c = kept.add(sigmoid(gates.get(0)).mul(gates.get(3).tanh()));
    return new State(sigmoid(gates.get(1)).mul(c.tanh()), c);
  }

  /** Gates: update, reset, hidden. */
  private static State gru(NDArray input, State s, Recurrence r) {
    NDList in = r.gates(input);
    NDArray update;
    NDArray hidden;
    if (r.resetLast) {
      NDList state = r.gates(r.of(s.h));
      update = sigmoid(in.get(0).add(state.get(0)));
      hidden = in.get(2).add(sigmoid(in.get(1).add(state.get(1))).mul(state.get(2)));
    } else {
      NDArray both = own(r.matrix.get(new NDIndex().addSliceDim(0, 2 * r.hidden)), r.pass);
      NDArray last =
          own(r.matrix.get(new NDIndex().addSliceDim(2 * r.hidden, 3 * r.hidden)), r.pass);
      NDList state = r.gates(s.h.getNDArrayInternal().linear(s.h, both, null).get(0));
      update = sigmoid(in.get(0).add(state.get(0)));
      NDArray reset = sigmoid(in.get(1).add(state.get(1))).mul(s.h);
      hidden = in.get(2).add(reset.getNDArrayInternal().linear(reset, last, null).get(0));
    }
    NDArray fresh = hidden.tanh();
    return new State(fresh.add(update.mul(s.h.sub(fresh))), null);
  }

  private static State rnn(NDArray input, State s, Recurrence r) {
    NDArray sum = input.add(r.of(s.h));
    NDArray h =
        switch (r.activation) {
          case "relu" -> sum.getNDArrayInternal().relu();
          case "sigmoid" -> sigmoid(sum);
          default -> sum.tanh();
        };
    return new State(h, null);
  }

  private static NDArray own(NDArray made, Pass pass) {
    made.attach(pass.manager());
    return made;
  }

  @Override
  public String type() {
    return type;
  }

  private static int directions(Node node) {
    String direction = node.text("direction", "forward");
    return switch (direction) {
      case "forward", "reverse" -> 1;
      case "bidirectional" -> 2;
      default -> throw Refusal.misfit(node, "direction " + direction + " is not in ONNX");
    };
  }

  private static boolean batchFirst(Node node) {
    return node.integer("layout", 0) != 0;
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 3);
    long[] x = inputs.shape(X);
    Refusal.rank(node, x, 3, 3);
    boolean batchFirst = batchFirst(node);
    long steps = x[batchFirst ? 1 : 0];
    long batch = x[batchFirst ? 0 : 1];
    long directions = directions(node);
    long hidden = inputs.shape(R).length == 3 ? inputs.shape(R)[2] : 0;
    if (steps < 1 || hidden < 1 || node.integer("hidden_size", hidden) != hidden) {
      throw Refusal.misfit(
          node,
          "hidden_size is "
              + node.integer("hidden_size", hidden)
              + ", the input "
              + Refusal.shape(x)
              + " and R "
              + Refusal.shape(inputs.shape(R)));
    }
    long rows = Math.multiplyExact(hidden, gates);
    fits(node, inputs, W, "W", directions, rows, x[2]);
    fits(node, inputs, R, "R", directions, rows, hidden);
    fits(node, inputs, B, "B", directions, 2 * rows);
    long[] state =
        batchFirst
            ? new long[] {batch, directions, hidden}
            : new long[] {directions, batch, hidden};
    fits(node, inputs, INITIAL_H, "initial_h", state);
    fits(node, inputs, INITIAL_C, "initial_c", state);
    refuse(node, inputs, steps);
    long[] all =
        batchFirst
            ? new long[] {batch, steps, directions, hidden}
            : new long[] {steps, directions, batch, hidden};
    return List.of(all, state, state);
  }

  private static void fits(Node node, Inputs inputs, int i, String name, long... wanted) {
    if (inputs.has(i) && !Arrays.equals(inputs.shape(i), wanted)) {
      throw Refusal.misfit(
          node, name + " is " + Refusal.shape(inputs.shape(i)) + ", not " + Refusal.shape(wanted));
    }
  }

  private void refuse(Node node, Inputs inputs, long steps) {
    if (inputs.has(LENGTHS)) {
      long[] lengths =
          Operands.needed(node, Operands.integers(inputs, LENGTHS), "lengths of sequences");
      if (Arrays.stream(lengths).anyMatch(l -> l != steps)) {
        throw Refusal.unsupported(
            node, "sequences of different lengths", "export the model for sequences of one length");
      }
    }
    if (inputs.has(PEEPHOLES)) {
      throw Refusal.unsupported(node, "peepholes", "use an LSTM without them");
    }
    if (node.attributes().containsKey("clip") || node.integer("input_forget", 0) != 0) {
      throw Refusal.unsupported(node, "clip or input_forget", "export the model without them");
    }
    for (int d = 0; d < directions(node); d++) {
      activation(node, d);
    }
  }

  /** The activation of a plain RNN in a direction, in small letters. */
  private String activation(Node node, int direction) {
    if (!(node.attributes().get("activations") instanceof Attribute.Texts given)) {
      return activations.get(0).toLowerCase(Locale.ROOT);
    }
    List<String> wanted = new ArrayList<>();
    given.values().forEach(name -> wanted.add(name.toLowerCase(Locale.ROOT)));
    List<String> own =
        wanted.size() == directions(node) * activations.size()
            ? wanted.subList(direction * activations.size(), (direction + 1) * activations.size())
            : List.of();
    boolean standard =
        own.equals(activations.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
    boolean plain = gates == 1 && (own.equals(List.of("relu")) || own.equals(List.of("sigmoid")));
    if (!standard && !plain) {
      throw Refusal.unsupported(
          node,
          "the activations " + given.values(),
          "use " + activations + (gates == 1 ? ", Relu or Sigmoid" : ""));
    }
    return own.get(0);
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    boolean batchFirst = batchFirst(node);
    NDArray x = inputs.get(X);
    if (batchFirst) {
      x = x.transpose(1, 0, 2);
    }
    NDList outputs = new NDList();
    NDList hs = new NDList();
    NDList cs = new NDList();
    for (int d = 0; d < directions(node); d++) {
      NDList steps = new NDList();
      State end = run(node, inputs, x, d, steps, pass);
      hs.add(end.h);
      if (end.c != null) {
        cs.add(end.c);
      }
      outputs.add(NDArrays.stack(steps));
    }
    NDArray y = NDArrays.stack(outputs, 1);
    NDList made = new NDList(batchFirst ? y.transpose(2, 0, 1, 3) : y);
    made.add(NDArrays.stack(hs, batchFirst ? 1 : 0));
    if (!cs.isEmpty()) {
      made.add(NDArrays.stack(cs, batchFirst ? 1 : 0));
    }
    return made;
  }

  /**
   * One direction: the inputs of all steps multiplied at once, then the states one after another.
   *
   * @param x [steps, batch, inputs]
   * @param steps takes the state after each step, in the order of the input
   * @return the last state
   */
  private State run(Node node, NDList inputs, NDArray x, int direction, NDList steps, Pass pass) {
    long[] shape = x.getShape().getShape();
    int count = Math.toIntExact(shape[0]);
    NDArray w = own(inputs.get(W).get(direction), pass);
    NDArray r = own(inputs.get(R).get(direction), pass);
    long rows = w.size(0);
    boolean resetLast = node.integer("linear_before_reset", 0) != 0;
    NDArray bias = null;
    NDArray ofState = null;
    if (inputs.size() > B && inputs.get(B) != null) {
      NDList halves = own(inputs.get(B).get(direction), pass).split(new long[] {rows}, 0);
      ofState = resetLast ? halves.get(1) : null;
      bias = resetLast ? halves.get(0) : halves.get(0).add(halves.get(1));
    }
    NDArray flat = x.reshape(shape[0] * shape[1], shape[2]);
    NDArray projected =
        flat.getNDArrayInternal().linear(flat, w, bias).get(0).reshape(count, shape[1], rows);
    long hidden = rows / gates;
    Recurrence recurrence =
        new Recurrence(r, ofState, hidden, resetLast, activation(node, direction), pass);
    Shape size = new Shape(shape[1], hidden);
    State state =
        new State(
            initial(node, inputs, INITIAL_H, direction, size, x, pass),
            initial(node, inputs, INITIAL_C, direction, size, x, pass));
    boolean reverse = direction == 1 || node.text("direction", "forward").equals("reverse");
    NDArray[] after = new NDArray[count];
    for (int i = 0; i < count; i++) {
      int t = reverse ? count - 1 - i : i;
      state = cell.next(projected.get(t), state, recurrence);
      after[t] = state.h;
    }
    steps.addAll(Arrays.asList(after));
    return state;
  }

  private NDArray initial(
      Node node, NDList inputs, int i, int direction, Shape size, NDArray x, Pass pass) {
    if (inputs.size() <= i || inputs.get(i) == null) {
      return pass.manager().zeros(size, x.getDataType());
    }
    NDArray given = inputs.get(i);
    return own(
        batchFirst(node)
            ? given.get(new NDIndex().addAllDim().addIndices(direction))
            : given.get(direction),
        pass);
  }

  @Override
  public long macs(Node node, Inputs inputs, List<long[]> outputs) {
    long[] x = inputs.shape(X);
    long[] r = inputs.shape(R);
    long weights = Math.multiplyExact(r[0] * r[1], x[2] + r[2]);
    return Math.multiplyExact(x[0] * x[1], weights);
  }

  /**
   * A hidden unit goes with its row in every gate, what it gives to the gates of the others, and
   * its place in the states; in both directions, which have one output.
   */
  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    boolean batchFirst = batchFirst(node);
    int batch = batchFirst ? 0 : 1;
    String r = node.input(R);
    int hidden = (int) inputs.shape(R)[2];
    ties.tie(node.input(X), 2, node.input(W), 2, (int) inputs.shape(X)[2]);
    ties.freeze(node.input(X), 1 - batch);
    for (int i = W; i <= B; i++) {
      if (!inputs.has(i)) {
        continue;
      }
      ties.freeze(node.input(i), 0);
      for (int row = 0; row < inputs.shape(i)[1]; row++) {
        ties.tie(r, 2, row % hidden, node.input(i), 1, row);
      }
    }
    List<String> states = new ArrayList<>();
    for (int i = INITIAL_H; i <= INITIAL_C; i++) {
      if (inputs.has(i)) {
        states.add(node.input(i));
      }
    }
    node.outputs().stream().skip(1).filter(o -> !o.isEmpty()).forEach(states::add);
    for (String state : states) {
      tie(node, inputs, state, batch, 1 - batch, 2, ties);
    }
    if (!node.output().isEmpty()) {
      ties.freeze(node.output(), batchFirst ? 1 : 0);
      tie(node, inputs, node.output(), batchFirst ? 0 : 2, batchFirst ? 2 : 1, 3, ties);
    }
  }

  private static void tie(
      Node node, Inputs inputs, String value, int batch, int directions, int last, Ties ties) {
    int input = batchFirst(node) ? 0 : 1;
    ties.tie(node.input(X), input, value, batch, (int) inputs.shape(X)[input]);
    ties.freeze(value, directions);
    ties.tie(node.input(R), 2, value, last, (int) inputs.shape(R)[2]);
  }

  @Override
  public Node refit(Node node, Inputs remaining, List<long[]> outputs, Constants fresh) {
    return node.with("hidden_size", new Attribute.Int(remaining.shape(R)[2]));
  }

  @Override
  public boolean learns(int i) {
    return i == W || i == R || i == B;
  }
}
