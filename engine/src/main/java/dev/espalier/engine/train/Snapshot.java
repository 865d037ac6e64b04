package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.Model;
import dev.espalier.engine.graph.Tensor;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A copy of weights and moments as they were after the last whole epoch, in native memory: the
 * epoch that is stopped has moved them on. The room is taken once and written over.
 */
final class Snapshot {
  private final NDManager manager;
  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final Map<String, NDArray> moments = new LinkedHashMap<>();
  private long steps;
  private double rate;
  private List<Model.Epoch> history = List.of();

  Snapshot(NDManager manager) {
    this.manager = manager;
  }

  /** Copies what stands now. */
  void take(Network network, Updates updates, List<Model.Epoch> done) {
    network.weights().forEach((name, array) -> room(weights, name, array).put(floats(array)));
    updates.copyMoments((name, like) -> room(moments, name, like));
    steps = updates.steps();
    rate = updates.rate();
    history = List.copyOf(done);
  }

  /** Whether an epoch is whole. */
  boolean taken() {
    return !history.isEmpty();
  }

  /** What was copied, with the least validation loss so far and its weights. */
  TrainingState state(double best, int since, Map<String, NDArray> bestWeights) {
    return new TrainingState(
        history, read(weights), read(moments), steps, rate, best, since, read(bestWeights));
  }

  private FloatBuffer room(Map<String, NDArray> rooms, String name, NDArray like) {
    return floats(
        rooms.computeIfAbsent(
            name,
            n -> manager.create(new Shape(like.getShape().getShape().clone()), DataType.FLOAT32)));
  }

  private static FloatBuffer floats(NDArray array) {
    return array.toByteBuffer(true).asFloatBuffer();
  }

  static Map<String, Tensor> read(Map<String, NDArray> arrays) {
    Map<String, Tensor> out = new LinkedHashMap<>();
    arrays.forEach((name, array) -> out.put(name, Upload.tensor(array)));
    return out;
  }
}
