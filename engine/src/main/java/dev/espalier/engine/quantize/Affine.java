package dev.espalier.engine.quantize;

/**
 * How unsigned 8-bit integers stand for reals: x = scale · (q − zero), q from 0 to 255 (Jacob et
 * al. 2018, arXiv:1712.05877, eq. 1).
 */
record Affine(float scale, int zero) {
  private static final int LEVELS = 255;

  /** The parameters that span a range; 0 is always in it and represented exactly. */
  static Affine of(double low, double high) {
    double l = Math.min(0, low);
    double h = Math.max(0, high);
    // A value that is always 0 needs some scale; 1 keeps the biases' scales ordinary.
    float scale = h == l ? 1f : (float) ((h - l) / LEVELS);
    if (scale < Float.MIN_NORMAL) {
      scale = Float.MIN_NORMAL;
    }
    return new Affine(scale, (int) Math.max(0, Math.min(LEVELS, Math.rint(-l / scale))));
  }
}
