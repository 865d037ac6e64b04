package dev.espalier.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PartitionerTest {
  private static Environment seed(long seed) {
    return new Environment(seed, 1, "cpu", true);
  }

  /** Samples with one feature that numbers them; class c has c+1 shares of them. */
  private static Split numbered(int count, int classes, int from) {
    float[] values = new float[count];
    int[] labels = new int[count];
    int shares = classes * (classes + 1) / 2;
    for (int i = 0; i < count; i++) {
      values[i] = from + i;
      int place = i % shares;
      int c = 0;
      while (place >= c + 1) {
        place -= c + 1;
        c++;
      }
      labels[i] = c;
    }
    return Split.ofValues(1, values, labels);
  }

  private static DataSet data(int train, int validation, int test) {
    List<String> classes = List.of("a", "b", "c");
    return new DataSet(
        "things",
        new long[] {1},
        classes,
        numbered(train, 3, 0),
        numbered(validation, 3, train),
        numbered(test, 3, train + validation),
        new float[] {1},
        new float[] {0},
        List.of(),
        "f");
  }

  private static DataSet apply(DataSet data, List<Double> split, double take) {
    return Partitioner.apply(data, new Partition(split, take, false, List.of()), seed(1));
  }

  private static List<Integer> sizes(DataSet data) {
    return List.of(data.train().size(), data.validation().size(), data.test().size());
  }

  private static EspalierException refused(DataSet data, List<Double> split, double take) {
    return assertThrows(EspalierException.class, () -> apply(data, split, take));
  }

  @Test
  void withoutSplitATenthIsValidationAndTheSourceKeepsItsTest() {
    assertEquals(List.of(900, 100, 50), sizes(apply(data(1000, 0, 50), List.of(), 0)));
    assertEquals(List.of(55_000, 5000, 50), sizes(apply(data(60_000, 0, 50), List.of(), 0)));
  }

  @Test
  void withoutSplitASourceWithoutTestIsDividedInThree() {
    assertEquals(List.of(800, 100, 100), sizes(apply(data(1000, 0, 0), List.of(), 0)));
  }

  @Test
  void aSourcesOwnValidationIsKept() {
    assertEquals(List.of(1000, 30, 20), sizes(apply(data(1000, 30, 20), List.of(), 0)));
    assertEquals(List.of(900, 30, 100), sizes(apply(data(1000, 30, 0), List.of(), 0)));
  }

  @Test
  void numbersThatAddUpTo100ArePercent() {
    assertEquals(List.of(800, 200, 0), sizes(apply(data(1000, 0, 0), List.of(80.0, 20.0), 0)));
    assertEquals(
        List.of(700, 150, 150), sizes(apply(data(1000, 0, 0), List.of(70.0, 15.0, 15.0), 0)));
    assertEquals(List.of(750, 250, 50), sizes(apply(data(1000, 0, 50), List.of(0.75, 0.25), 0)));
  }

  @Test
  void otherNumbersAreCounts() {
    assertEquals(
        List.of(55_000, 5000, 10_000),
        sizes(apply(data(60_000, 0, 10_000), List.of(55_000.0, 5000.0), 0)));
    assertEquals(
        List.of(600, 300, 100), sizes(apply(data(1000, 0, 0), List.of(600.0, 300.0, 100.0), 0)));
  }

  @Test
  void validationMayBeLeftOut() {
    assertEquals(List.of(1000, 0, 50), sizes(apply(data(1000, 0, 50), List.of(100.0, 0.0), 0)));
    assertEquals(
        List.of(800, 0, 200), sizes(apply(data(1000, 0, 50), List.of(80.0, 0.0, 20.0), 0)));
    Refusal.check(refused(data(1000, 0, 0), List.of(90.0, 10.0, 0.0), 0), "a part of", "things");
  }

  @Test
  void threePartsReplaceTheSourcesTest() {
    assertEquals(
        List.of(800, 100, 100), sizes(apply(data(1000, 0, 50), List.of(80.0, 10.0, 10.0), 0)));
  }

  @Test
  void splitDividesValidationOfTheSourceAnew() {
    assertEquals(List.of(880, 220, 20), sizes(apply(data(1000, 100, 20), List.of(80.0, 20.0), 0)));
  }

  @Test
  void refusesNumbersThatDoNotAddUp() {
    EspalierException few = refused(data(1000, 0, 0), List.of(500.0, 100.0), 0);
    Refusal.check(few, "`split 500/100` add up to 600", "things");
    assertTrue(few.why().contains("1,000"), few.why());
    Refusal.check(refused(data(1000, 0, 0), List.of(5000.0, 100.0), 0), "5100", "things");
    Refusal.check(refused(data(1000, 0, 0), List.of(80.0, 10.0), 0), "add up to 90", "things");
    Refusal.check(refused(data(1000, 0, 0), List.of(0.0, 100.0), 0), "is 0", "things");
    Refusal.check(refused(data(1000, 0, 0), List.of(-10.0, 110.0), 0), "is -10", "things");
    Refusal.check(refused(data(1000, 0, 0), List.of(100.0), 0), "has 1 parts", "things");
    Refusal.check(refused(data(4, 0, 0), List.of(99.0, 1.0), 0), "without samples", "things");
  }

  @Test
  void takeLimitsOnlyTheTrainingPart() {
    assertEquals(List.of(300, 100, 50), sizes(apply(data(1000, 0, 50), List.of(), 300)));
    assertEquals(List.of(90, 100, 50), sizes(apply(data(1000, 0, 50), List.of(), 0.1)));
    assertEquals(List.of(900, 100, 50), sizes(apply(data(1000, 0, 50), List.of(), 5000)));
  }

  @Test
  void refusesATakeThatIsNoNumberOfSamples() {
    Refusal.check(refused(data(100, 0, 0), List.of(), 2), "leaves 2 training samples", "things");
    Refusal.check(refused(data(100, 0, 0), List.of(), -1), "`take -1`", "things");
    Refusal.check(refused(data(100, 0, 0), List.of(), 10.5), "`take 10.5`", "things");
  }

  @Test
  void theSeedDecidesWhoGoesWhere() {
    Partition partition = new Partition(List.of(50.0, 50.0), 0, false, List.of());
    DataSet one = Partitioner.apply(data(100, 0, 0), partition, seed(1));
    DataSet again = Partitioner.apply(data(100, 0, 0), partition, seed(1));
    DataSet two = Partitioner.apply(data(100, 0, 0), partition, seed(2));
    assertArrayEquals(one.train().values(), again.train().values());
    assertNotEquals(Arrays.toString(one.train().values()), Arrays.toString(two.train().values()));
    assertEquals(one.fingerprint(), again.fingerprint());
    assertNotEquals(one.fingerprint(), two.fingerprint());
  }

  @Property(tries = 100)
  void everySampleGoesToOnePartInProportionOfItsClass(
      @ForAll @IntRange(min = 30, max = 700) int count,
      @ForAll @DoubleRange(min = 10, max = 80) double first,
      @ForAll @LongRange(min = 0, max = 1000) long seed) {
    double third = (100 - first) / 2;
    Partition partition =
        new Partition(List.of(first, 100 - first - third, third), 0, false, List.of());
    DataSet data = data(count, 0, 0);
    DataSet parts = Partitioner.apply(data, partition, seed(seed));
    Set<Float> seen = new HashSet<>();
    for (Split split : List.of(parts.train(), parts.validation(), parts.test())) {
      int[] ofClass = new int[3];
      for (int i = 0; i < split.size(); i++) {
        assertTrue(seen.add(split.values()[i]), "a sample stands in two parts");
        // The label went with its sample.
        int original = (int) split.values()[i];
        assertEquals(data.train().labels()[original], split.labels()[i]);
        ofClass[split.labels()[i]]++;
      }
      for (int c = 0; c < 3; c++) {
        double share = classSize(data, c) * (double) split.size() / count;
        assertTrue(
            Math.abs(ofClass[c] - share) <= 2, "class " + c + ": " + ofClass[c] + ", " + share);
      }
    }
    assertEquals(count, seen.size());
  }

  private static int classSize(DataSet data, int c) {
    return (int) Arrays.stream(data.train().labels()).filter(l -> l == c).count();
  }

  @Test
  void normalizeGivesEveryChannelMean0AndDeviation1OnTheTrainingPart() {
    byte[] pixels = new byte[200 * 8];
    int[] labels = new int[200];
    for (int i = 0; i < pixels.length; i++) {
      boolean second = i % 8 >= 4;
      pixels[i] = (byte) (second ? 200 + i % 7 : i % 113);
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 2;
    }
    Split none = Split.ofPixels(8, new byte[0], new int[0]);
    DataSet data =
        new DataSet(
            "p",
            new long[] {2, 2, 2},
            List.of("a", "b"),
            Split.ofPixels(8, pixels, labels),
            none,
            none,
            new float[] {1f / 255},
            new float[] {0},
            List.of(),
            "f");
    DataSet scaled = Partitioner.apply(data, new Partition(List.of(), 0, true, List.of()), seed(1));
    for (int c = 0; c < 2; c++) {
      List<Double> values = new ArrayList<>();
      float[] x = new float[8];
      for (int i = 0; i < scaled.train().size(); i++) {
        scaled.read(scaled.train(), i, x, 0);
        for (int j = 4 * c; j < 4 * c + 4; j++) {
          values.add((double) x[j]);
        }
      }
      double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
      double variance =
          values.stream().mapToDouble(v -> (v - mean) * (v - mean)).average().orElseThrow();
      // Scale and offset are 32-bit floats.
      assertEquals(0, mean, 1e-4);
      assertEquals(1, variance, 1e-4);
    }
  }

  @Test
  void aConstantFeatureIsOnlyShifted() {
    float[] values = new float[60];
    Arrays.fill(values, 5);
    int[] labels = new int[60];
    for (int i = 0; i < 60; i++) {
      labels[i] = i % 3;
    }
    DataSet data = data(60, 0, 0);
    DataSet constant =
        new DataSet(
            "c",
            new long[] {1},
            data.classes(),
            Split.ofValues(1, values, labels),
            Split.ofValues(1, new float[0], new int[0]),
            Split.ofValues(1, new float[0], new int[0]),
            new float[] {1},
            new float[] {0},
            List.of(),
            "f");
    DataSet scaled =
        Partitioner.apply(constant, new Partition(List.of(), 0, true, List.of()), seed(1));
    float[] x = new float[1];
    scaled.read(scaled.train(), 0, x, 0);
    assertEquals(0, x[0]);
  }

  @Test
  void augmentingPlainFeaturesIsRefused() {
    Partition flip = new Partition(List.of(), 0, false, List.of(new Augmentation.Flip()));
    EspalierException e =
        assertThrows(
            EspalierException.class, () -> Partitioner.apply(data(100, 0, 0), flip, seed(1)));
    Refusal.check(e, "augment needs images", "things");
  }
}
