package dev.espalier.engine.data;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes one sample of {@link Glyphs}.
 *
 * <p>Only {@link StrictMath} and plain arithmetic, and only {@code nextLong} of the generator, so
 * that the same seed gives the same bytes on every machine and Java version.
 */
final class GlyphWriter {
  private static final int SIDE = Glyphs.SIDE;
  private static final int WAVES = 3;
  private static final int PIECES = 6;

  private final SplittableRandom random;
  private final double strength;

  // The affine map of grid points about the centre, to pixels.
  private double xx;
  private double xy;
  private double yx;
  private double yy;
  private double shiftX;
  private double shiftY;

  // The bending field: for both axes a few waves of amplitude, frequency in x and y, and phase.
  private final double[] waves = new double[2 * WAVES * 4];

  /**
   * @param difficulty from 0 to 1
   */
  GlyphWriter(SplittableRandom random, double difficulty) {
    this.random = random;
    // Chosen so that with the defaults lenet-5 reaches about 95% of the test samples, and
    // lenet-300-100 trained alone for 30 epochs about 86%: room for a teacher to help.
    this.strength = 1.4 * difficulty;
  }

  /** Draws a sample of class {@code label} into {@code pixels} from {@code at} on. */
  void write(int label, byte[] pixels, int at) {
    drawPose();
    drawWaves();
    GlyphPen pen = new GlyphPen(SIDE);
    double radius = 1.05 + strength * between(-0.35, 0.45);
    double ink = 1 - strength * between(0, 0.3);
    clutter(pen);
    List<List<GlyphShapes.Stroke>> ways = GlyphShapes.of(label);
    for (GlyphShapes.Stroke stroke : ways.get(below(ways.size()))) {
      draw(stroke, pen, radius, ink);
    }
    rubOut(pen);
    develop(pen.ink(), pixels, at);
  }

  private void drawPose() {
    double turn = strength * between(-0.42, 0.42);
    double shear = strength * between(-0.3, 0.3);
    double size = 1.9 * (1 + strength * between(-0.25, 0.12));
    double stretch = 1 + strength * between(-0.16, 0.16);
    double cos = StrictMath.cos(turn);
    double sin = StrictMath.sin(turn);
    xx = size * stretch * cos;
    xy = size * (stretch * shear * cos - sin / stretch);
    yx = size * stretch * sin;
    yy = size * (stretch * shear * sin + cos / stretch);
    double centre = (SIDE - 1) / 2.0;
    shiftX = centre + strength * between(-3.2, 3.2);
    shiftY = centre + strength * between(-3.2, 3.2);
  }

  private void drawWaves() {
    for (int i = 0; i < waves.length; i += 4) {
      waves[i] = strength * between(-0.55, 0.55);
      waves[i + 1] = between(-0.75, 0.75);
      waves[i + 2] = between(-0.75, 0.75);
      waves[i + 3] = between(0, 2 * Math.PI);
    }
  }

  private void draw(GlyphShapes.Stroke stroke, GlyphPen pen, double radius, double ink) {
    double[] points = stroke.points().clone();
    int n = points.length / 2;
    boolean closed = n > 2 && points[0] == points[2 * n - 2] && points[1] == points[2 * n - 1];
    for (int i = 0; i < points.length; i++) {
      points[i] += strength * between(-0.6, 0.6);
    }
    if (closed) {
      points[2 * n - 2] = points[0];
      points[2 * n - 1] = points[1];
    }
    double lastX = 0;
    double lastY = 0;
    for (int i = 0; i + 1 < n; i++) {
      for (int piece = i == 0 ? 0 : 1; piece <= PIECES; piece++) {
        double t = piece / (double) PIECES;
        double gx = stroke.smooth() ? spline(points, n, i, 0, t, closed) : mix(points, i, 0, t);
        double gy = stroke.smooth() ? spline(points, n, i, 1, t, closed) : mix(points, i, 1, t);
        double bentX = gx - 5 + bend(0, gx, gy);
        double bentY = gy - 5 + bend(1, gx, gy);
        double x = xx * bentX + xy * bentY + shiftX;
        double y = yx * bentX + yy * bentY + shiftY;
        if (i > 0 || piece > 0) {
          pen.line(lastX, lastY, x, y, radius, ink);
        }
        lastX = x;
        lastY = y;
      }
    }
  }

  private static double mix(double[] points, int i, int axis, double t) {
    return points[2 * i + axis] * (1 - t) + points[2 * i + 2 + axis] * t;
  }

  /** Catmull and Rom's spline between points i and i+1. */
  private static double spline(double[] points, int n, int i, int axis, double t, boolean closed) {
    int before = i > 0 ? i - 1 : closed ? n - 2 : 0;
    int after = i + 2 < n ? i + 2 : closed ? 1 : n - 1;
    double a = points[2 * before + axis];
    double b = points[2 * i + axis];
    double c = points[2 * i + 2 + axis];
    double d = points[2 * after + axis];
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  }

  private double bend(int axis, double x, double y) {
    double sum = 0;
    for (int k = axis * WAVES; k < (axis + 1) * WAVES; k++) {
      int i = 4 * k;
      sum += waves[i] * StrictMath.sin(waves[i + 1] * x + waves[i + 2] * y + waves[i + 3]);
    }
    return sum;
  }

  /** Up to two short strokes that belong to nothing. */
  private void clutter(GlyphPen pen) {
    for (int i = 0; i < 2; i++) {
      if (between(0, 1) < 0.5 * strength) {
        double x = between(0, SIDE - 1);
        double y = between(0, SIDE - 1);
        double angle = between(0, 2 * Math.PI);
        double length = between(3, 8);
        pen.line(
            x,
            y,
            x + length * StrictMath.cos(angle),
            y + length * StrictMath.sin(angle),
            between(0.5, 1.1),
            between(0.5, 1));
      }
    }
  }

  /** Now and then a line across the sheet where the ink is gone. */
  private void rubOut(GlyphPen pen) {
    if (between(0, 1) < 0.4 * strength) {
      double x = between(0.25, 0.75) * SIDE;
      double y = between(0.25, 0.75) * SIDE;
      double angle = between(0, 2 * Math.PI);
      double reachX = SIDE * StrictMath.cos(angle);
      double reachY = SIDE * StrictMath.sin(angle);
      pen.erase(x - reachX, y - reachY, x + reachX, y + reachY, between(0.6, 1.4));
    }
  }

  /** Ink to gray values, 255 the darkest, with noise of bell shape. */
  private void develop(float[] ink, byte[] pixels, int at) {
    double deviation = 22 * strength;
    // A sum of four uniform bytes: mean 510, deviation 147.8.
    double scale = deviation / 147.8;
    for (int i = 0; i < ink.length; i += 2) {
      long bits = random.nextLong();
      for (int j = 0; j < 2; j++) {
        long sum =
            (bits & 0xff) + (bits >>> 8 & 0xff) + (bits >>> 16 & 0xff) + (bits >>> 24 & 0xff);
        double gray = ink[i + j] * 255 + (sum - 510) * scale;
        pixels[at + i + j] = (byte) (int) Math.max(0, Math.min(255, gray + 0.5));
        bits >>>= 32;
      }
    }
  }

  private double between(double low, double high) {
    return low + (high - low) * ((random.nextLong() >>> 11) * 0x1p-53);
  }

  private int below(int bound) {
    return (int) between(0, bound);
  }
}
