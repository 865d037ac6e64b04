package dev.espalier.engine.train;

import dev.espalier.engine.Randomness;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Initializer;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Gives a blueprint its first weights. */
public final class Initialization {
  private Initialization() {}

  /**
   * The graph with a value for every rule. A weight's values depend on the seed, its name and its
   * shape alone; weights that have values keep them.
   */
  public static Graph initialize(Graph blueprint, long seed) {
    Map<String, Tensor> made = new LinkedHashMap<>();
    blueprint
        .weights()
        .forEach(
            (name, weight) -> {
              if (weight instanceof Weight.Rule rule) {
                SplittableRandom random = Randomness.of(seed, "init " + name);
                float[] values = new float[Math.toIntExact(Tensor.count(rule.shape()))];
                fill(values, rule.initializer(), random);
                made.put(name, Tensor.ofFloats(rule.shape(), values));
              }
            });
    return blueprint.withWeights(made);
  }

  /** The graph with zeros for every rule: for what depends on shapes alone. */
  public static Graph zeros(Graph blueprint) {
    Map<String, Tensor> made = new LinkedHashMap<>();
    blueprint
        .weights()
        .forEach(
            (name, weight) -> {
              if (weight instanceof Weight.Rule rule) {
                int count = Math.toIntExact(Tensor.count(rule.shape()));
                made.put(name, Tensor.ofFloats(rule.shape(), new float[count]));
              }
            });
    return made.isEmpty() ? blueprint : blueprint.withWeights(made);
  }

  private static void fill(float[] values, Initializer rule, SplittableRandom random) {
    if (rule instanceof Initializer.KaimingUniform k) {
      uniform(values, k.gain() * Math.sqrt(3.0 / k.fanIn()), random);
    } else if (rule instanceof Initializer.Uniform u) {
      uniform(values, u.bound(), random);
    } else if (rule instanceof Initializer.KaimingNormal k) {
      normal(values, k.gain() / Math.sqrt(k.fan()), Double.POSITIVE_INFINITY, random);
    } else if (rule instanceof Initializer.Normal n) {
      normal(values, n.deviation(), Double.POSITIVE_INFINITY, random);
    } else if (rule instanceof Initializer.TruncatedNormal n) {
      normal(values, n.deviation(), 2, random);
    } else if (rule instanceof Initializer.Constant c) {
      Arrays.fill(values, (float) c.value());
    }
  }

  /** Normal with mean 0; what lies beyond {@code limit} deviations is drawn again. */
  private static void normal(
      float[] values, double deviation, double limit, SplittableRandom random) {
    for (int i = 0; i < values.length; i++) {
      double draw;
      do {
        draw = random.nextGaussian();
      } while (Math.abs(draw) > limit);
      values[i] = (float) (deviation * draw);
    }
  }

  private static void uniform(float[] values, double bound, SplittableRandom random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
    }
  }
}
