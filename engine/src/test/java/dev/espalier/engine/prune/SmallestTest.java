package dev.espalier.engine.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SmallestTest {
  @Property(tries = 300)
  void theSmallestGoAndExactlySoMany(
      @ForAll float[] values, @ForAll @IntRange(min = 0, max = 100) int percent) {
    float[] first = Arrays.copyOf(values, values.length / 3);
    float[] second = Arrays.copyOfRange(values, values.length / 3, values.length);
    long before = Smallest.nonZero(List.of(first, second));
    long count = before * percent / 100;
    float[] sorted = values.clone();
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = Math.abs(sorted[i]);
    }
    Arrays.sort(sorted);

    Smallest.zero(List.of(first, second), count);

    assertEquals(before - count, Smallest.nonZero(List.of(first, second)));
    float[] left = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      left[i] = Math.abs(i < first.length ? first[i] : second[i - first.length]);
    }
    Arrays.sort(left);
    int kept = (int) (before - count);
    assertArrayEquals(
        Arrays.copyOfRange(sorted, sorted.length - kept, sorted.length),
        Arrays.copyOfRange(left, left.length - kept, left.length));
  }

  @Test
  void ofEqualOnesTheFirstGo() {
    float[] values = {0.5f, -0.5f, 0.5f, 0.25f, 0.5f, 0f};
    Smallest.zero(List.of(values), 3);
    assertArrayEquals(new float[] {0, 0, 0.5f, 0, 0.5f, 0}, values);
  }

  @Test
  void chanceTakesExactlySoManyAndFollowsTheSeed() {
    float[] a = new float[10_000];
    Arrays.fill(a, 1);
    float[] b = a.clone();
    float[] c = a.clone();
    Smallest.zeroRandom(List.of(a), 7_000, new SplittableRandom(1));
    Smallest.zeroRandom(List.of(b), 7_000, new SplittableRandom(1));
    Smallest.zeroRandom(List.of(c), 7_000, new SplittableRandom(2));
    assertEquals(3_000, Smallest.nonZero(List.of(a)));
    assertArrayEquals(a, b);
    assertEquals(false, Arrays.equals(a, c));
    // Evenly: each half keeps half of what is left, give or take six deviations (about 23 each).
    long firstHalf = Smallest.nonZero(List.of(Arrays.copyOf(a, 5_000)));
    assertEquals(1_500, firstHalf, 140);
  }
}
