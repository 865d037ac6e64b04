package dev.espalier.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Kind;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GlyphsTest {
  private static DataSet load(int train, double difficulty, long seed) {
    return new Glyphs(train, 200, difficulty, seed).load(true, Progress.NONE);
  }

  @Test
  void sameSeedGivesTheSameBytesOnEveryMachine() {
    DataSet data = new Glyphs(500, 100, 0.5, 1).load(true, Progress.NONE);
    var sha = Fingerprint.sha256();
    for (Split split : new Split[] {data.train(), data.test()}) {
      sha.update(split.pixels());
      for (int label : split.labels()) {
        sha.update((byte) label);
      }
    }
    // A change of this hash changes everybody's figures: raise the drawing's version with it.
    assertEquals(
        "7111c45f3d6fa553a8b9fb8b7ef4cb6d07a8f4dcddf8bb2edce5ea78828222a4", Fingerprint.hex(sha));
  }

  @Test
  void classesAreEquallyFrequentAndNamed() {
    DataSet data = load(1000, 0.5, 3);
    int[] counts = new int[data.classCount()];
    for (int label : data.train().labels()) {
      counts[label]++;
    }
    assertEquals(10, data.classCount());
    for (int count : counts) {
      assertEquals(100, count);
    }
    assertArrayEquals(new long[] {1, 28, 28}, data.shape());
    assertEquals(200, data.test().size());
    assertEquals(0, data.validation().size());
  }

  @Test
  void seedsAndPartsDiffer() {
    assertNotEquals(
        Arrays.hashCode(load(200, 0.5, 1).train().pixels()),
        Arrays.hashCode(load(200, 0.5, 2).train().pixels()));
    DataSet data = load(200, 0.5, 1);
    assertNotEquals(Arrays.hashCode(data.train().pixels()), Arrays.hashCode(data.test().pixels()));
  }

  @Test
  void everySampleIsASymbolOnAnEmptySheet() {
    DataSet data = load(500, 0, 1);
    float[] sample = new float[data.width()];
    for (int i = 0; i < data.train().size(); i++) {
      data.read(data.train(), i, sample, 0);
      int dark = 0;
      for (float v : sample) {
        assertTrue(v >= 0 && v <= 1);
        dark += v > 0.5 ? 1 : 0;
      }
      // Two pixels wide and 15 to 60 pixels long.
      assertTrue(dark > 25 && dark < 200, "sample " + i + " has " + dark + " dark pixels");
      assertEquals(0, sample[0], "the corner is clean without distortion");
    }
  }

  @Test
  void difficultySpreadsTheSamplesOfAClass() {
    assertTrue(spread(load(600, 0.2, 1)) < spread(load(600, 0.6, 1)));
    assertTrue(spread(load(600, 0.6, 1)) < spread(load(600, 1, 1)));
  }

  /** Mean squared distance of samples to their class's mean. */
  private static double spread(DataSet data) {
    int width = data.width();
    double[][] mean = new double[10][width];
    int[] n = new int[10];
    float[] x = new float[width];
    for (int i = 0; i < data.train().size(); i++) {
      data.read(data.train(), i, x, 0);
      int c = data.train().labels()[i];
      n[c]++;
      for (int j = 0; j < width; j++) {
        mean[c][j] += x[j];
      }
    }
    double sum = 0;
    for (int i = 0; i < data.train().size(); i++) {
      data.read(data.train(), i, x, 0);
      int c = data.train().labels()[i];
      for (int j = 0; j < width; j++) {
        double d = x[j] - mean[c][j] / n[c];
        sum += d * d;
      }
    }
    return sum / data.train().size();
  }

  @Test
  void isAWordWithDefaultsAndRanges() {
    var entry = Catalog.standard().find(Kind.DATA, "glyphs").orElseThrow();
    assertEquals(new Glyphs(6000, 5000, 0.5, 1), entry.make(Map.of()));
    assertEquals(new Glyphs(100, 5000, 0.5, 7), entry.make(Map.of("train", 100, "seed", 7)));
    EspalierException e =
        assertThrows(EspalierException.class, () -> entry.make(Map.of("difficulty", 2.0)));
    assertTrue(e.what().contains("difficulty"));
  }

  @Test
  void equalSettingsHaveEqualFingerprints() {
    assertEquals(
        new Glyphs(10, 10, 0.5, 1).fingerprint(), new Glyphs(10, 10, 0.5, 1).fingerprint());
    assertNotEquals(
        new Glyphs(10, 10, 0.5, 1).fingerprint(), new Glyphs(10, 10, 0.5, 2).fingerprint());
  }

  @Test
  void stopsWhenAsked() {
    Progress stop =
        new Progress() {
          @Override
          public void on(Event event) {}

          @Override
          public boolean cancelled() {
            return true;
          }
        };
    assertThrows(Progress.Cancelled.class, () -> new Glyphs(100_000, 10, 0.5, 1).load(true, stop));
  }
}
