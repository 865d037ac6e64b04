package dev.espalier.engine.data;

import java.util.ArrayList;
import java.util.List;

/**
 * The symbols of {@link Glyphs}: for each class a few ways to write it, each a list of strokes on a
 * grid of 10 by 10, x to the right, y down.
 *
 * <p>Classes share strokes: what tells them apart is where a stroke stands in relation to the
 * others. That is easy for a network that sees position relatively (a convolutional one) and hard
 * for a small dense one.
 */
final class GlyphShapes {
  /** Names of the classes, in the order of the labels. */
  static final List<String> CLASSES =
      List.of("pe", "be", "qu", "de", "te", "zed", "es", "ou", "ve", "la");

  /** A stroke starting with {@code ~} is a smooth curve through its points, else straight lines. */
  private static final String[][][] WRITTEN = {
    // pe: a stem with something at its upper right
    {
      {"3,1 3,9", "~3,1 6,1 7.5,3 6,5 3,5"},
      {"3,1 3,9", "3,1 7.5,3 3,5"},
      {"3.5,1 3.5,9", "~3.5,4 5,1.5 8,2.5"},
      {"3,9 3,1.5 8,1.5"},
    },
    // be: a stem with something at its lower right
    {
      {"3,1 3,9", "~3,5 6,5 7.5,7 6,9 3,9"},
      {"3,1 3,9", "3,5 7.5,7 3,9"},
      {"~3.5,1 3.5,7 5,9 8,7.5"},
      {"3,1 3,8.5 8,8.5"},
    },
    // qu: a stem with something at its upper left
    {
      {"7,1 7,9", "~7,1 4,1 2.5,3 4,5 7,5"},
      {"7,1 7,9", "7,1 2.5,3 7,5"},
      {"6.5,1 6.5,9", "~6.5,4 5,1.5 2,2.5"},
      {"7,9 7,1.5 2,1.5"},
    },
    // de: a stem with something at its lower left
    {
      {"7,1 7,9", "~7,5 4,5 2.5,7 4,9 7,9"},
      {"7,1 7,9", "7,5 2.5,7 7,9"},
      {"~6.5,1 6.5,7 5,9 2,7.5"},
      {"7,1 7,8.5 2,8.5"},
    },
    // te: two strokes that cross
    {
      {"5,1 5,9", "2,3 8,3"},
      {"5,1 5,9", "2,7 8,7"},
      {"2,2 8,8", "8,2 2,8"},
      {"~5,1 5,6 6,9 8,8", "2,3.5 8,3.5"},
    },
    // zed: turns right, left, right
    {
      {"2,1 8,1 2,9 8,9"},
      {"2,9 2,1 8,9 8,1"},
      {"~2,2 5,1 7.5,3 5,5 2.5,7 5,9 8,8"},
      {"2,1 8,1 2,9 8,9", "3,5 7,5"},
    },
    // es: turns left, right, left
    {
      {"8,1 2,1 8,9 2,9"},
      {"8,9 8,1 2,9 2,1"},
      {"~8,2 5,1 2.5,3 5,5 7.5,7 5,9 2,8"},
      {"8,1 2,1 8,9 2,9", "3,5 7,5"},
    },
    // ou: something closed
    {
      {"~5,1 2.5,2.5 2,5 2.5,7.5 5,9 7.5,7.5 8,5 7.5,2.5 5,1"},
      {"2,2 8,2 8,8 2,8 2,2"},
      {"~5,1 3,2 3,4 5,5 7,4 7,2 5,1", "~5,5 2.5,6 2.5,8 5,9 7.5,8 7.5,6 5,5"},
      {"~5,1 3,2 3,4 5,5 7,4 7,2 5,1", "5,5 5,9"},
    },
    // ve: open to the top
    {
      {"2,1 5,9 8,1"},
      {"~2,1 2,6 5,9 8,6 8,1"},
      {"2,1 5,5 8,1", "5,5 5,9"},
      {"~2,1 2,4 5,6 8,4 8,1", "5,1 5,9"},
    },
    // la: open to the bottom
    {
      {"2,9 5,1 8,9"},
      {"~2,9 2,4 5,1 8,4 8,9"},
      {"2,9 5,5 8,9", "5,5 5,1"},
      {"~2,9 2,6 5,4 8,6 8,9", "5,9 5,1"},
    },
  };

  /**
   * A stroke as written.
   *
   * @param points x and y in turn
   */
  record Stroke(boolean smooth, double[] points) {}

  private static final List<List<List<Stroke>>> ALL = read();

  private GlyphShapes() {}

  /** The ways to write a class. */
  static List<List<Stroke>> of(int label) {
    return ALL.get(label);
  }

  private static List<List<List<Stroke>>> read() {
    List<List<List<Stroke>>> all = new ArrayList<>();
    for (String[][] ways : WRITTEN) {
      List<List<Stroke>> ofClass = new ArrayList<>();
      for (String[] strokes : ways) {
        List<Stroke> way = new ArrayList<>();
        for (String stroke : strokes) {
          way.add(read(stroke));
        }
        ofClass.add(way);
      }
      all.add(ofClass);
    }
    return all;
  }

  private static Stroke read(String written) {
    boolean smooth = written.startsWith("~");
    String[] numbers = (smooth ? written.substring(1) : written).split("[ ,]");
    double[] points = new double[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      points[i] = Double.parseDouble(numbers[i]);
    }
    return new Stroke(smooth, points);
  }
}
