package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.espalier.engine.train.Network.Parameter;
import java.util.List;

/**
 * The update rules of {@link Optimizer} as PyTorch has them, over arrays in place.
 *
 * <p>DJL's kernels have other forms of the same rules; the arguments below make them equal. Its
 * momentum keeps the learning rate inside the velocity, u = lr·v, hence momentum·lr/lr' when lr
 * changes. Its Adam adds epsilon to the root of the variance before the bias is corrected, hence
 * epsilon·sqrt(1 − beta2^t).
 */
final class Updates {
  /** DJL clips gradients, from above, at any bound that is not negative. */
  private static final float NO_CLIPPING = -1;

  private final Optimizer optimizer;
  private final double decay;
  private final PtNDArray[] first;
  private final PtNDArray[] second;
  private long steps;
  private double lastRate;

  /**
   * Starts with all moments 0.
   *
   * @param decay weight decay of kernels and matrices
   * @param manager owns the moments
   */
  Updates(Optimizer optimizer, double decay, List<Parameter> parameters, NDManager manager) {
    this.optimizer = optimizer;
    this.decay = decay;
    boolean one = !(optimizer instanceof Optimizer.Sgd sgd) || sgd.momentum() != 0;
    boolean two = !(optimizer instanceof Optimizer.Sgd);
    first = new PtNDArray[parameters.size()];
    second = new PtNDArray[parameters.size()];
    for (int i = 0; i < first.length; i++) {
      NDArray array = parameters.get(i).array();
      first[i] = one ? (PtNDArray) manager.zeros(array.getShape()) : null;
      second[i] = two ? (PtNDArray) manager.zeros(array.getShape()) : null;
    }
  }

  /** Begins the next step, with its learning rate. */
  void begin(double rate) {
    steps++;
    if (steps == 1) {
      lastRate = rate;
    }
    this.ratio = rate / lastRate;
    this.lastRate = rate;
  }

  private double ratio;

  /** Moves parameter {@code i} against its gradient. */
  void apply(int i, Parameter parameter, NDArray gradient) {
    double weightDecay = parameter.kernel() ? decay : 0;
    PtNDArray w = (PtNDArray) parameter.array();
    PtNDArray g = (PtNDArray) gradient;
    if (optimizer instanceof Optimizer.Sgd sgd) {
      JniUtils.sgdUpdate(
          w,
          g,
          first[i],
          (float) lastRate,
          (float) weightDecay,
          1,
          NO_CLIPPING,
          (float) (sgd.momentum() * ratio));
    } else if (optimizer instanceof Optimizer.Adam a) {
      adam(i, w, g, weightDecay, a.beta1(), a.beta2(), a.epsilon());
    } else if (optimizer instanceof Optimizer.AdamW a) {
      if (weightDecay != 0) {
        w.muli(1 - lastRate * weightDecay);
      }
      adam(i, w, g, 0, a.beta1(), a.beta2(), a.epsilon());
    }
  }

  private void adam(
      int i,
      PtNDArray w,
      PtNDArray g,
      double weightDecay,
      double beta1,
      double beta2,
      double epsilon) {
    double mean = 1 - Math.pow(beta1, steps);
    double root = Math.sqrt(1 - Math.pow(beta2, steps));
    JniUtils.adamUpdate(
        w,
        g,
        first[i],
        second[i],
        (float) lastRate,
        (float) (lastRate * root / mean),
        (float) weightDecay,
        1,
        NO_CLIPPING,
        (float) beta1,
        (float) beta2,
        (float) (epsilon * root),
        false);
  }
}
