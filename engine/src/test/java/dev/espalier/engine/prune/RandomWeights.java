package dev.espalier.engine.prune;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Initializer;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Gives blueprints values, so that tests of pruning need no training. */
final class RandomWeights {
  private RandomWeights() {}

  /** Values at random; running variances and scales near 1. */
  static Graph randomly(Graph blueprint, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Tensor> values = new LinkedHashMap<>();
    blueprint
        .weights()
        .forEach(
            (name, weight) -> {
              if (weight instanceof Weight.Value) {
                return;
              }
              float[] v = new float[(int) Tensor.count(weight.shape())];
              double centre = 0;
              double spread = 0.1;
              if (weight instanceof Weight.Rule r) {
                if (r.initializer() instanceof Initializer.KaimingNormal k) {
                  spread = k.gain() / Math.sqrt(k.fan());
                } else if (r.initializer() instanceof Initializer.KaimingUniform k) {
                  spread = 2 / Math.sqrt(k.fanIn());
                } else if (r.initializer() instanceof Initializer.Constant c) {
                  centre = c.value();
                }
              }
              for (int i = 0; i < v.length; i++) {
                v[i] = (float) (centre + spread * (2 * random.nextDouble() - 1));
              }
              values.put(name, Tensor.ofFloats(weight.shape(), v));
            });
    return blueprint.withWeights(values);
  }
}
