package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.data.Augmentation;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Makes batches of randomly changed images. Images are moved and mirrored row by row in their raw
 * form, which costs a small part of what the network then does with them.
 */
final class Augmenter {
  private final DataSet data;
  private final Split split;
  private final int channels;
  private final int height;
  private final int width;
  private final Object[] scratch = new Object[2];

  /** Throws {@link EspalierException} when the samples are no images. */
  Augmenter(DataSet data) {
    this.data = data;
    this.split = data.train();
    long[] shape = data.shape();
    if (shape.length != 3) {
      throw EspalierException.program(
          "only images can be augmented",
          "data " + data.name(),
          "its samples have the shape " + Arrays.toString(shape),
          "leave `augment` out");
    }
    channels = (int) shape[0];
    height = (int) shape[1];
    width = (int) shape[2];
    for (int i = 0; i < 2; i++) {
      scratch[i] = split.isPixels() ? new byte[data.width()] : new float[data.width()];
    }
  }

  /** Raw values [batch, width of a sample] of the given samples, each changed anew. */
  NDArray batch(int[] order, int from, int count, SplittableRandom random, NDManager step) {
    int size = data.width();
    Object out = split.isPixels() ? new byte[count * size] : new float[count * size];
    Object source = split.isPixels() ? split.pixels() : split.values();
    for (int i = 0; i < count; i++) {
      int at = order[from + i] * size;
      Object now = source;
      int turn = 0;
      for (Augmentation augmentation : data.augmentations()) {
        if (augmentation instanceof Augmentation.Flip) {
          if (random.nextBoolean()) {
            mirror(now, at, scratch[turn]);
            now = scratch[turn];
            at = 0;
            turn = 1 - turn;
          }
          continue;
        }
        // Padding and cutting out at a random place is the same as moving.
        int most =
            augmentation instanceof Augmentation.Crop crop
                ? crop.padding()
                : ((Augmentation.Shift) augmentation).pixels();
        int dx = random.nextInt(2 * most + 1) - most;
        int dy = random.nextInt(2 * most + 1) - most;
        move(now, at, scratch[turn], dx, dy);
        now = scratch[turn];
        at = 0;
        turn = 1 - turn;
      }
      System.arraycopy(now, at, out, i * size, size);
    }
    return split.isPixels()
        ? Upload.bytes(step, (byte[]) out, count, size)
        : Upload.floats(step, (float[]) out, count, size);
  }

  private void move(Object from, int at, Object to, int dx, int dy) {
    if (to instanceof byte[] bytes) {
      Arrays.fill(bytes, (byte) 0);
    } else {
      Arrays.fill((float[]) to, 0);
    }
    int kept = width - Math.abs(dx);
    if (kept <= 0) {
      return;
    }
    for (int c = 0; c < channels; c++) {
      for (int y = Math.max(0, dy); y < height + Math.min(0, dy); y++) {
        int row = (c * height + y) * width;
        int source = at + row - dy * width;
        System.arraycopy(from, source + Math.max(0, -dx), to, row + Math.max(0, dx), kept);
      }
    }
  }

  private void mirror(Object from, int at, Object to) {
    for (int row = 0; row < channels * height * width; row += width) {
      if (to instanceof byte[] bytes) {
        byte[] source = (byte[]) from;
        for (int x = 0; x < width; x++) {
          bytes[row + x] = source[at + row + width - 1 - x];
        }
      } else {
        float[] source = (float[]) from;
        float[] floats = (float[]) to;
        for (int x = 0; x < width; x++) {
          floats[row + x] = source[at + row + width - 1 - x];
        }
      }
    }
  }
}
