package dev.espalier.engine;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * The one source of randomness. Each use names its purpose ({@code "split"}, {@code "init
 * fc1.weight"}), so that adding a use never shifts the numbers of another.
 */
public final class Randomness {
  private Randomness() {}

  /** Random numbers for one purpose; equal arguments give equal numbers everywhere. */
  public static SplittableRandom of(long seed, String purpose) {
    return new SplittableRandom(seed(seed, purpose));
  }

  /** A seed for a library's own generator. */
  public static long seed(long seed, String purpose) {
    // FNV-1a over the purpose, then a finalizer (Stafford's variant 13) so that neighbouring
    // seeds do not give related streams.
    long hash = 0xcbf29ce484222325L;
    for (byte b : purpose.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    long z = hash + seed * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** A random order of 0 … n−1. */
  public static int[] permutation(int n, SplittableRandom random) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
