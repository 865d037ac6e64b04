package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.train.Network.Parameter;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Stochastic gradient descent as DJL has it: two passes over a weight, which is as few as it takes.
 *
 * <p>Its momentum keeps the learning rate inside the velocity, u = lr·v, hence momentum·lr/lr' when
 * lr changes.
 */
final class PlainSgd {
  /** DJL clips gradients, from above, at any bound that is not negative. */
  private static final float NO_CLIPPING = -1;

  private final Optimizer.Sgd sgd;
  private final double decay;
  private final List<Parameter> parameters;
  private final NDManager manager;

  /** Made when first used: parameters that are pruned are moved elsewhere. */
  private final PtNDArray[] velocities;

  private double rate;
  private double ratio;

  /**
   * Starts with all velocities 0.
   *
   * @param decay weight decay of kernels and matrices
   * @param manager owns the velocities
   */
  PlainSgd(Optimizer.Sgd sgd, double decay, List<Parameter> parameters, NDManager manager) {
    this.sgd = sgd;
    this.decay = decay;
    this.parameters = parameters;
    this.manager = manager;
    velocities = new PtNDArray[parameters.size()];
  }

  /** Begins the next step, with its learning rate. */
  void begin(double next) {
    ratio = rate == 0 ? 1 : next / rate;
    rate = next;
  }

  /** The learning rate of the last step. */
  double rate() {
    return rate;
  }

  /** Copies the velocities that there are to where {@code rooms} says, by the weight's name. */
  void copyVelocities(BiFunction<String, NDArray, FloatBuffer> rooms) {
    for (int p = 0; p < velocities.length; p++) {
      if (velocities[p] != null) {
        rooms
            .apply(parameters.get(p).name(), velocities[p])
            .put(velocities[p].toByteBuffer(true).asFloatBuffer());
      }
    }
  }

  /** Gives a weight the velocity it had. */
  void resume(int p, Tensor velocity) {
    long[] shape = parameters.get(p).array().getShape().getShape();
    if (!Arrays.equals(shape, velocity.shape())) {
      throw new IllegalArgumentException("a velocity has another shape than its weight");
    }
    velocities[p] = (PtNDArray) Upload.floats(manager, velocity.floats(), shape);
  }

  /** Moves a parameter against its gradient. */
  void apply(int p, NDArray gradient) {
    if (velocities[p] == null && sgd.momentum() != 0) {
      velocities[p] = (PtNDArray) manager.zeros(parameters.get(p).array().getShape());
    }
    JniUtils.sgdUpdate(
        (PtNDArray) parameters.get(p).array(),
        (PtNDArray) gradient,
        velocities[p],
        (float) rate,
        (float) (parameters.get(p).kernel() ? decay : 0),
        1,
        NO_CLIPPING,
        (float) (sgd.momentum() * ratio));
  }
}
