package dev.espalier.engine.data;

/** Draws anti-aliased strokes of round pens on a small gray sheet. */
final class GlyphPen {
  private final int side;
  private final float[] ink;

  /** A sheet of {@code side} by {@code side} pixels without ink. */
  GlyphPen(int side) {
    this.side = side;
    this.ink = new float[side * side];
  }

  /** Ink of every pixel, 0 to 1, row by row; the sheet's own array. */
  float[] ink() {
    return ink;
  }

  /**
   * Draws a line; where lines overlap the darker wins, so joints do not blot.
   *
   * @param radius of the pen, in pixels
   * @param strength of the ink, 0 to 1
   */
  void line(double x0, double y0, double x1, double y1, double radius, double strength) {
    stroke(x0, y0, x1, y1, radius, strength, false);
  }

  /** Takes the ink away along a line. */
  void erase(double x0, double y0, double x1, double y1, double radius) {
    stroke(x0, y0, x1, y1, radius, 1, true);
  }

  private void stroke(
      double x0, double y0, double x1, double y1, double radius, double strength, boolean erase) {
    double reach = radius + 0.5;
    int left = clamp(Math.floor(Math.min(x0, x1) - reach));
    int right = clamp(Math.ceil(Math.max(x0, x1) + reach));
    int top = clamp(Math.floor(Math.min(y0, y1) - reach));
    int bottom = clamp(Math.ceil(Math.max(y0, y1) + reach));
    double dx = x1 - x0;
    double dy = y1 - y0;
    double length2 = dx * dx + dy * dy;
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        double t = length2 == 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / length2;
        t = Math.max(0, Math.min(1, t));
        double ex = x - x0 - t * dx;
        double ey = y - y0 - t * dy;
        double d2 = ex * ex + ey * ey;
        if (d2 >= reach * reach) {
          continue;
        }
        // A pixel is covered in proportion to how far its centre lies inside the edge.
        double cover = Math.min(1, reach - Math.sqrt(d2));
        int at = y * side + x;
        if (erase) {
          ink[at] = (float) Math.min(ink[at], 1 - cover);
        } else {
          ink[at] = (float) Math.max(ink[at], cover * strength);
        }
      }
    }
  }

  private int clamp(double v) {
    return (int) Math.max(0, Math.min(side - 1, v));
  }
}
