package dev.espalier.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RandomnessTest {
  /** Pinned: a change here would silently change every result. */
  @Test
  void theStreamsArePinned() {
    assertEquals(Randomness.of(1, "split").nextLong(), Randomness.of(1, "split").nextLong());
    assertNotEquals(Randomness.of(1, "split").nextLong(), Randomness.of(2, "split").nextLong());
    assertNotEquals(Randomness.of(1, "split").nextLong(), Randomness.of(1, "init").nextLong());
    assertEquals(PINNED, Randomness.seed(7, "init fc1.weight"));
  }

  private static final long PINNED = -7918184969601678347L;

  @Property(tries = 50)
  void aPermutationHoldsEveryIndexOnce(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 300) int n) {
    int[] order = Randomness.permutation(n, Randomness.of(seed, "order"));
    Arrays.sort(order);
    assertArrayEquals(IntStream.range(0, n).toArray(), order);
  }
}
