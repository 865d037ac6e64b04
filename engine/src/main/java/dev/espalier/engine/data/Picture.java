package dev.espalier.engine.data;

/**
 * A decoded image.
 *
 * @param values gray: one byte a pixel; else red, green, blue in turn; row by row
 */
record Picture(int width, int height, boolean gray, byte[] values) {

  /**
   * Writes the picture in another size and color, channels first.
   *
   * <p>Sizes are changed by a triangle filter as wide as the larger of the two pixel sizes, so that
   * shrinking averages and enlarging interpolates linearly.
   */
  void write(int toWidth, int toHeight, boolean toGray, byte[] into, int at) {
    int area = toWidth * toHeight;
    Picture sized = resized(toWidth, toHeight);
    for (int p = 0; p < area; p++) {
      if (gray) {
        for (int c = 0; c < (toGray ? 1 : 3); c++) {
          into[at + c * area + p] = sized.values[p];
        }
      } else {
        int r = sized.values[3 * p] & 0xff;
        int g = sized.values[3 * p + 1] & 0xff;
        int b = sized.values[3 * p + 2] & 0xff;
        if (toGray) {
          // ITU-R BT.601, in thousandths.
          into[at + p] = (byte) ((299 * r + 587 * g + 114 * b + 500) / 1000);
        } else {
          into[at + p] = (byte) r;
          into[at + area + p] = (byte) g;
          into[at + 2 * area + p] = (byte) b;
        }
      }
    }
  }

  private Picture resized(int toWidth, int toHeight) {
    if (toWidth == width && toHeight == height) {
      return this;
    }
    int channels = gray ? 1 : 3;
    float[] wide = new float[toWidth * height * channels];
    float[][] across = triangle(width, toWidth);
    for (int x = 0; x < toWidth; x++) {
      float[] weights = across[x];
      int from = (int) weights[0];
      for (int y = 0; y < height; y++) {
        for (int c = 0; c < channels; c++) {
          float sum = 0;
          for (int k = 1; k < weights.length; k++) {
            sum += weights[k] * (values[(y * width + from + k - 1) * channels + c] & 0xff);
          }
          wide[(y * toWidth + x) * channels + c] = sum;
        }
      }
    }
    byte[] out = new byte[toWidth * toHeight * channels];
    float[][] down = triangle(height, toHeight);
    for (int y = 0; y < toHeight; y++) {
      float[] weights = down[y];
      int from = (int) weights[0];
      for (int i = 0; i < toWidth * channels; i++) {
        float sum = 0.5f;
        for (int k = 1; k < weights.length; k++) {
          sum += weights[k] * wide[(from + k - 1) * toWidth * channels + i];
        }
        out[y * toWidth * channels + i] = (byte) (int) Math.max(0, Math.min(255, sum));
      }
    }
    return new Picture(toWidth, toHeight, gray, out);
  }

  /** For each target pixel the first source pixel, then the weights from there on. */
  private static float[][] triangle(int from, int to) {
    double scale = (double) from / to;
    double reach = Math.max(1, scale);
    float[][] all = new float[to][];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int first = Math.max(0, (int) Math.floor(centre - reach));
      int last = Math.min(from - 1, (int) Math.ceil(centre + reach) - 1);
      double[] weights = new double[last - first + 1];
      double sum = 0;
      for (int k = 0; k < weights.length; k++) {
        weights[k] = Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / reach);
        sum += weights[k];
      }
      all[i] = new float[weights.length + 1];
      all[i][0] = first;
      for (int k = 0; k < weights.length; k++) {
        all[i][k + 1] = (float) (weights[k] / sum);
      }
    }
    return all;
  }
}
