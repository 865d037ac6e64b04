package dev.espalier.engine.data;

/**
 * Samples with their labels. Values are held as bytes (pixels) or floats, row-major per sample;
 * {@link DataSet#scale()} and {@link DataSet#offset()} turn them into network inputs.
 */
public final class Split {
  private final int width;
  private final byte[] pixels;
  private final float[] values;
  private final int[] labels;

  private Split(int width, byte[] pixels, float[] values, int[] labels) {
    this.width = width;
    this.pixels = pixels;
    this.values = values;
    this.labels = labels;
    long length = pixels != null ? pixels.length : values.length;
    if (length != (long) width * labels.length) {
      throw new IllegalArgumentException(
          labels.length + " labels for " + length + " values of width " + width);
    }
  }

  /** Unsigned bytes, {@code width} for each label. Not copied. */
  public static Split ofPixels(int width, byte[] pixels, int[] labels) {
    return new Split(width, pixels, null, labels);
  }

  /** Floats, {@code width} for each label. Not copied. */
  public static Split ofValues(int width, float[] values, int[] labels) {
    return new Split(width, null, values, labels);
  }

  /** Number of samples. */
  public int size() {
    return labels.length;
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

  /** The class of every sample, not copied. */
  public int[] labels() {
    return labels;
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
    int[] chosen = new int[indices.length];
    byte[] p = pixels == null ? null : new byte[indices.length * width];
    float[] v = values == null ? null : new float[indices.length * width];
    for (int i = 0; i < indices.length; i++) {
      chosen[i] = labels[indices[i]];
      if (p != null) {
        System.arraycopy(pixels, indices[i] * width, p, i * width, width);
      } else {
        System.arraycopy(values, indices[i] * width, v, i * width, width);
      }
    }
    return new Split(width, p, v, chosen);
  }
}
