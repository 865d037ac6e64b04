package dev.espalier.engine.measure;

import dev.espalier.engine.Randomness;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Small data sets made in the test. */
public final class Samples {
  private Samples() {}

  /** Random pixels with random labels of 10 classes, scaled to about [−1, 1]. */
  public static DataSet noise(long seed, int train, int test, long... shape) {
    int width = 1;
    for (long d : shape) {
      width *= (int) d;
    }
    return new DataSet(
        "noise",
        shape,
        IntStream.range(0, 10).mapToObj(Integer::toString).toList(),
        split(seed, "train", train, width),
        split(seed, "validation", 0, width),
        split(seed, "test", test, width),
        new float[] {2 / 255f},
        new float[] {-1f},
        List.of(),
        "noise " + seed + " " + train + " " + test);
  }

  private static Split split(long seed, String name, int size, int width) {
    SplittableRandom random = Randomness.of(seed, name);
    byte[] pixels = new byte[size * width];
    random.nextBytes(pixels);
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = random.nextInt(10);
    }
    return Split.ofPixels(width, pixels, labels);
  }
}
