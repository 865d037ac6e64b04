package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.train.Network.Parameter;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;

/**
 * The update rules of {@link Optimizer} as PyTorch has them, over weights in place.
 *
 * <p>Adam's update is bound by memory, not by arithmetic: PyTorch's array operations pass over a
 * large matrix a dozen times for one step. Here each piece of a weight, its gradient and its
 * moments is taken into the cache once and all of the rule done there. Every element is on its own,
 * so the number of threads changes no bit. {@link PlainSgd} does what needs no more than two
 * passes: SGD of weights that are not pruned.
 *
 * <p>Adam's epsilon is added to the root of the bias-corrected variance (Kingma and Ba 2015,
 * arXiv:1412.6980, algorithm 1).
 */
final class Updates implements AutoCloseable {
  /** Numbers in a piece: weights, gradients and two moments of it fill half of a usual L1 cache. */
  private static final int PIECE = 1024;

  /** Below so many pieces, waking another thread takes longer than the work it would do. */
  private static final int PIECES_WORTH_A_THREAD = 64;

  private static final String FIRST = "first/";
  private static final String SECOND = "second/";

  private final Optimizer optimizer;
  private final double decay;
  private final List<Parameter> parameters;
  private final List<Piece> pieces = new ArrayList<>();
  private final PlainSgd plain;
  private final boolean[] plainly;
  private final FloatBuffer[] weights;
  private final FloatBuffer[] gradients;
  private final int threads;
  private final ExecutorService others;
  private final float[][][] rooms;
  private long steps;

  /**
   * Up to {@link #PIECE} neighbours of one weight with what belongs to them.
   *
   * @param first moment, null where the rule has none
   * @param second moment, null where the rule has none
   * @param mask 0 where the weight is pruned, else 1; null where nothing is
   */
  private record Piece(
      int parameter, int from, int count, float[] first, float[] second, float[] mask) {}

  /**
   * The numbers of one step.
   *
   * @param rate the learning rate
   * @param corrected Adam's, with both corrections of bias
   * @param epsilon Adam's, with the correction of bias
   */
  private record Step(double rate, double corrected, double epsilon) {}

  /**
   * Starts with all moments 0.
   *
   * @param decay weight decay of kernels and matrices
   * @param masks for each parameter 0 where it has to stay 0 and 1 elsewhere, or null
   * @param manager owns moments
   */
  Updates(
      Optimizer optimizer,
      double decay,
      List<Parameter> parameters,
      float[][] masks,
      int threads,
      NDManager manager) {
    this.optimizer = optimizer;
    this.decay = decay;
    this.parameters = parameters;
    boolean one = !(optimizer instanceof Optimizer.Sgd sgd) || sgd.momentum() != 0;
    boolean two = !(optimizer instanceof Optimizer.Sgd);
    plain =
        optimizer instanceof Optimizer.Sgd rule
            ? new PlainSgd(rule, decay, parameters, manager)
            : null;
    plainly = new boolean[parameters.size()];
    weights = new FloatBuffer[parameters.size()];
    gradients = new FloatBuffer[parameters.size()];
    for (int p = 0; p < weights.length; p++) {
      plainly[p] = plain != null && masks[p] == null;
      if (plainly[p]) {
        continue;
      }
      weights[p] = floats(parameters.get(p).array());
      for (int from = 0; from < weights[p].capacity(); from += PIECE) {
        int count = Math.min(PIECE, weights[p].capacity() - from);
        float[] mask = masks[p] == null ? null : Arrays.copyOfRange(masks[p], from, from + count);
        pieces.add(
            new Piece(
                p,
                from,
                count,
                one ? new float[count] : null,
                two ? new float[count] : null,
                mask));
      }
    }
    this.threads = Math.max(1, Math.min(threads, pieces.size() / PIECES_WORTH_A_THREAD));
    rooms = new float[this.threads][2][PIECE];
    others =
        this.threads == 1
            ? null
            : Executors.newFixedThreadPool(
                this.threads - 1,
                task -> {
                  Thread thread = new Thread(task, "espalier-updates");
                  thread.setDaemon(true);
                  return thread;
                });
  }

  private static FloatBuffer floats(NDArray array) {
    return array.toByteBuffer(true).asFloatBuffer();
  }

  /**
   * Moves every parameter against its gradient.
   *
   * @param found by parameter; null where the loss does not depend on it
   */
  void step(double rate, NDArray[] found) {
    steps++;
    if (plain != null) {
      plain.begin(rate);
    }
    for (int p = 0; p < gradients.length; p++) {
      if (plainly[p] && found[p] != null) {
        plain.apply(p, found[p]);
      }
      gradients[p] = plainly[p] || found[p] == null ? null : floats(found[p]);
    }
    if (pieces.isEmpty()) {
      return;
    }
    Step step = step(rate);
    int share = (pieces.size() + threads - 1) / threads;
    List<Future<?>> running = new ArrayList<>();
    for (int t = 1; t < threads; t++) {
      int thread = t;
      running.add(others.submit(() -> work(thread, share, step)));
    }
    work(0, share, step);
    for (Future<?> one : running) {
      finish(one);
    }
  }

  /** Steps so far. */
  long steps() {
    return steps;
  }

  /** The learning rate of the last step, as far as the rule remembers it. */
  double rate() {
    return plain == null ? 0 : plain.rate();
  }

  /**
   * Copies all moments.
   *
   * @param rooms gives the place for a moment, by its name and an array of its shape
   */
  void copyMoments(BiFunction<String, NDArray, FloatBuffer> rooms) {
    Map<String, FloatBuffer> open = new HashMap<>();
    for (Piece piece : pieces) {
      Parameter parameter = parameters.get(piece.parameter);
      if (piece.first != null) {
        open.computeIfAbsent(FIRST + parameter.name(), n -> rooms.apply(n, parameter.array()))
            .put(piece.from, piece.first);
      }
      if (piece.second != null) {
        open.computeIfAbsent(SECOND + parameter.name(), n -> rooms.apply(n, parameter.array()))
            .put(piece.from, piece.second);
      }
    }
    if (plain != null) {
      plain.copyVelocities((name, like) -> rooms.apply(FIRST + name, like));
    }
  }

  /**
   * Goes on from moments that {@link #copyMoments} gave.
   *
   * @throws IllegalArgumentException when they are those of another rule or of other weights
   */
  void resume(Map<String, Tensor> moments, long stepsDone, double lastRate) {
    Set<String> unused = new HashSet<>(moments.keySet());
    for (Piece piece : pieces) {
      Parameter parameter = parameters.get(piece.parameter);
      if (piece.first != null) {
        unused.remove(FIRST + parameter.name());
        fill(piece, piece.first, moments.get(FIRST + parameter.name()));
      }
      if (piece.second != null) {
        unused.remove(SECOND + parameter.name());
        fill(piece, piece.second, moments.get(SECOND + parameter.name()));
      }
    }
    if (plain != null) {
      for (int p = 0; p < plainly.length; p++) {
        String name = FIRST + parameters.get(p).name();
        if (plainly[p] && moments.containsKey(name)) {
          unused.remove(name);
          plain.resume(p, moments.get(name));
        }
      }
      plain.begin(lastRate);
    }
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException("moments of other weights: " + unused);
    }
    steps = stepsDone;
  }

  private static void fill(Piece piece, float[] to, Tensor from) {
    if (from == null || from.size() < piece.from + piece.count) {
      throw new IllegalArgumentException("a moment is missing or too short");
    }
    System.arraycopy(from.floats(), piece.from, to, 0, piece.count);
  }

  private static void finish(Future<?> running) {
    boolean interrupted = false;
    while (true) {
      try {
        // The weights must not be left half moved, whoever interrupts.
        running.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw new IllegalStateException("an update failed", e.getCause());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Step step(double rate) {
    if (optimizer instanceof Optimizer.Adam a) {
      return corrected(rate, a.beta1(), a.beta2(), a.epsilon());
    } else if (optimizer instanceof Optimizer.AdamW a) {
      return corrected(rate, a.beta1(), a.beta2(), a.epsilon());
    }
    return new Step(rate, rate, 0);
  }

  /** m/mean / (sqrt(v)/root + e) is m · root/mean / (sqrt(v) + e·root). */
  private Step corrected(double rate, double beta1, double beta2, double epsilon) {
    double mean = 1 - Math.pow(beta1, steps);
    double root = Math.sqrt(1 - Math.pow(beta2, steps));
    return new Step(rate, rate * root / mean, epsilon * root);
  }

  private void work(int thread, int share, Step step) {
    float[] w = rooms[thread][0];
    float[] g = rooms[thread][1];
    int end = Math.min(pieces.size(), (thread + 1) * share);
    for (int i = thread * share; i < end; i++) {
      Piece piece = pieces.get(i);
      if (gradients[piece.parameter] == null) {
        continue;
      }
      weights[piece.parameter].get(piece.from, w, 0, piece.count);
      gradients[piece.parameter].get(piece.from, g, 0, piece.count);
      apply(piece, w, g, step);
      if (piece.mask != null) {
        multiply(w, piece.mask);
      }
      weights[piece.parameter].put(piece.from, w, 0, piece.count);
    }
  }

  private void apply(Piece piece, float[] w, float[] g, Step step) {
    float weightDecay = parameters.get(piece.parameter).kernel() ? (float) decay : 0;
    if (optimizer instanceof Optimizer.AdamW a) {
      // Decoupled (Loshchilov and Hutter 2019, arXiv:1711.05101): the moments do not see it.
      if (weightDecay != 0) {
        scale(w, piece.count, (float) (1 - step.rate * weightDecay));
      }
      adam(w, g, piece, step, a.beta1(), a.beta2());
      return;
    }
    if (weightDecay != 0) {
      add(g, w, piece.count, weightDecay);
    }
    if (optimizer instanceof Optimizer.Adam a) {
      adam(w, g, piece, step, a.beta1(), a.beta2());
    } else if (optimizer instanceof Optimizer.Sgd sgd && piece.first != null) {
      momentum(w, g, piece.first, (float) sgd.momentum(), (float) step.rate);
    } else {
      add(w, g, piece.count, (float) -step.rate);
    }
  }

  // Loops of one store each over plain arrays with one index: these the compiler turns into vector
  // instructions.

  private static void adam(
      float[] w, float[] g, Piece piece, Step step, double beta1, double beta2) {
    average(piece.first, g, piece.count, (float) beta1, (float) (1 - beta1));
    averageSquares(piece.second, g, piece.count, (float) beta2, (float) (1 - beta2));
    float rate = (float) step.corrected;
    float epsilon = (float) step.epsilon;
    float[] m = piece.first;
    float[] v = piece.second;
    for (int i = 0; i < m.length; i++) {
      w[i] -= rate * m[i] / ((float) Math.sqrt(v[i]) + epsilon);
    }
  }

  private static void momentum(float[] w, float[] g, float[] m, float momentum, float rate) {
    for (int i = 0; i < m.length; i++) {
      m[i] = momentum * m[i] + g[i];
    }
    add(w, m, m.length, -rate);
  }

  private static void average(float[] m, float[] g, int count, float old, float young) {
    for (int i = 0; i < count; i++) {
      m[i] = old * m[i] + young * g[i];
    }
  }

  private static void averageSquares(float[] v, float[] g, int count, float old, float young) {
    for (int i = 0; i < count; i++) {
      v[i] = old * v[i] + young * g[i] * g[i];
    }
  }

  private static void add(float[] to, float[] what, int count, float times) {
    for (int i = 0; i < count; i++) {
      to[i] += times * what[i];
    }
  }

  private static void scale(float[] w, int count, float times) {
    for (int i = 0; i < count; i++) {
      w[i] *= times;
    }
  }

  private static void multiply(float[] w, float[] mask) {
    for (int i = 0; i < mask.length; i++) {
      w[i] *= mask[i];
    }
  }

  @Override
  public void close() {
    if (others != null) {
      others.shutdown();
    }
  }
}
