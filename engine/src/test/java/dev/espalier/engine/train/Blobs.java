package dev.espalier.engine.train;

import dev.espalier.engine.Randomness;
import dev.espalier.engine.data.Augmentation;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Small images for tests: class c is bright in column c, under noise. */
public final class Blobs {
  private Blobs() {}

  /** Bytes, scaled to [0, 1]; 4 classes of 1×8×8. */
  public static DataSet images(int train, int validation, List<Augmentation> augmentations) {
    return new DataSet(
        "blobs",
        new long[] {1, 8, 8},
        List.of("a", "b", "c", "d"),
        split(train, "train"),
        split(validation, "validation"),
        split(40, "test"),
        new float[] {1 / 255f},
        new float[] {-0.25f},
        augmentations,
        "blobs");
  }

  private static Split split(int n, String purpose) {
    SplittableRandom random = Randomness.of(5, purpose);
    byte[] pixels = new byte[n * 64];
    int[] labels = IntStream.range(0, n).map(i -> i % 4).toArray();
    for (int i = 0; i < pixels.length; i++) {
      int column = i % 8;
      boolean bright = column / 2 == labels[i / 64];
      pixels[i] = (byte) (random.nextInt(120) + (bright ? 100 : 0));
    }
    return Split.ofPixels(64, pixels, labels);
  }
}
