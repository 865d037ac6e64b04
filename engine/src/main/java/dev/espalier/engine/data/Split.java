package dev.espalier.engine.data;

import java.util.Arrays;

/**
 * Samples with their labels, or with the targets of a regression. Values are held as bytes (pixels)
 * or floats, row-major per sample; {@link DataSet#scale()} and {@link DataSet#offset()} turn them
 * into network inputs.
 */
public final class Split {
  private final int width;
  private final byte[] pixels;
  private final float[] values;
  private final int size;
  private final int[] labels;
  private final float[] targets;

  private Split(int width, byte[] pixels, float[] values, int size, int[] labels, float[] targets) {
    this.width = width;
    this.pixels = pixels;
    this.values = values;
    this.size = size;
    this.labels = labels;
    this.targets = targets;
    long length = pixels != null ? pixels.length : values.length;
    if (length != (long) width * size) {
      throw new IllegalArgumentException(
          size + " answers for " + length + " values of width " + width);
    }
  }

  /** Unsigned bytes, {@code width} for each label. Not copied. */
  public static Split ofPixels(int width, byte[] pixels, int[] labels) {
    return new Split(width, pixels, null, labels.length, labels, null);
  }

  /** Floats, {@code width} for each label. Not copied. */
  public static Split ofValues(int width, float[] values, int[] labels) {
    return new Split(width, null, values, labels.length, labels, null);
  }

  /**
   * Floats with the targets of a regression. Not copied.
   *
   * @param columns targets of a sample
   * @param targets {@code columns} for each {@code width} values
   */
  public static Split ofTargets(int width, float[] values, int columns, float[] targets) {
    if (columns < 1 || targets.length % columns != 0) {
      throw new IllegalArgumentException(targets.length + " targets in columns of " + columns);
    }
    return new Split(width, null, values, targets.length / columns, null, targets);
  }

  /** Number of samples. */
  public int size() {
    return size;
  }

  /** Raw values of one sample. */
  public int width() {
    return width;
  }

  /** Whether the raw values are bytes. */
  public boolean isPixels() {
    return pixels != null;
  }

  /** The bytes, not copied; only when {@link #isPixels()}. */
  public byte[] pixels() {
    return pixels;
  }

  /** The floats, not copied; only when not {@link #isPixels()}. */
  public float[] values() {
    return values;
  }

  /** Whether the samples have targets instead of labels. */
  public boolean hasTargets() {
    return targets != null;
  }

  /** The class of every sample, not copied. Throws IllegalStateException for a regression. */
  public int[] labels() {
    if (labels == null) {
      throw new IllegalStateException("a regression has no labels");
    }
    return labels;
  }

  /**
   * The targets, row-major per sample, not copied. Throws IllegalStateException when there are
   * labels.
   */
  public float[] targets() {
    if (targets == null) {
      throw new IllegalStateException("a classification has no targets");
    }
    return targets;
  }

  /** Copies the raw values of sample {@code index} to {@code into} from {@code offset} on. */
  public void read(int index, float[] into, int offset) {
    int from = index * width;
    if (pixels != null) {
      for (int i = 0; i < width; i++) {
        into[offset + i] = pixels[from + i] & 0xff;
      }
    } else {
      System.arraycopy(values, from, into, offset, width);
    }
  }

  /** The samples {@code indices}, in that order. */
  public Split select(int... indices) {
    int[] chosen = labels == null ? null : new int[indices.length];
    int columns = targets == null || size == 0 ? 0 : targets.length / size;
    float[] wanted = targets == null ? null : new float[indices.length * columns];
    byte[] p = pixels == null ? null : new byte[indices.length * width];
    float[] v = values == null ? null : new float[indices.length * width];
    for (int i = 0; i < indices.length; i++) {
      if (chosen != null) {
        chosen[i] = labels[indices[i]];
      } else {
        System.arraycopy(targets, indices[i] * columns, wanted, i * columns, columns);
      }
      if (p != null) {
        System.arraycopy(pixels, indices[i] * width, p, i * width, width);
      } else {
        System.arraycopy(values, indices[i] * width, v, i * width, width);
      }
    }
    return new Split(width, p, v, indices.length, chosen, wanted);
  }

  /** Whether both hold the same samples with the same labels or targets, in the same order. */
  public boolean holdsTheSameAs(Split other) {
    return this == other
        || (width == other.width
            && isPixels() == other.isPixels()
            && hasTargets() == other.hasTargets()
            && (isPixels()
                ? Arrays.equals(pixels, other.pixels)
                : Arrays.equals(values, other.values))
            && (hasTargets()
                ? Arrays.equals(targets, other.targets)
                : Arrays.equals(labels, other.labels)));
  }
}
