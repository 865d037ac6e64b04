package dev.espalier.engine.measure;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Several tests at once: S. Holm, A simple sequentially rejective multiple test procedure,
 * Scandinavian Journal of Statistics 6 (1979) 65–70.
 */
public final class Holm {
  private Holm() {}

  /**
   * The p-values corrected for how many there are: those below 0.05 hold together, the chance that
   * any of them is wrong being at most 0.05, however the tests depend on each other.
   *
   * @return in the order given
   */
  public static double[] adjusted(double... pValues) {
    List<Integer> order =
        IntStream.range(0, pValues.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> pValues[i]))
            .toList();
    double[] out = new double[pValues.length];
    double least = 0;
    for (int k = 0; k < order.size(); k++) {
      least = Math.max(least, Math.min(1, (pValues.length - k) * pValues[order.get(k)]));
      out[order.get(k)] = least;
    }
    return out;
  }
}
