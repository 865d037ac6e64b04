package dev.espalier.engine.data;

import dev.espalier.engine.Progress;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * Generated images of 10 handwritten-looking symbols, 28 by 28 gray pixels: nothing to download.
 *
 * <p>A sample is one of four ways to write its class, with every point moved a little, the whole
 * turned, sheared, scaled and shifted, bent by a smooth random field (in the spirit of Simard,
 * Steinkraus and Platt 2003, elastic distortion, but applied to the strokes rather than to pixels),
 * drawn with a pen of random width, with stray strokes, a rubbed-out line and noise.
 *
 * @param train training samples, equally many of each class (to one)
 * @param test test samples, likewise
 * @param difficulty strength of all distortions; 0 leaves the bare symbols
 * @param seed of the samples; independent of the seed of training
 */
@Word(
    name = "glyphs",
    kind = Kind.DATA,
    doc = "generated symbols, 10 classes of 28×28 gray pixels; needs no download",
    source = "distortions after Simard, Steinkraus, Platt 2003, ICDAR")
public record Glyphs(
    @Setting(doc = "training samples", preset = "6000", min = 10, max = 1_000_000, unit = "samples")
        int train,
    @Setting(doc = "test samples", preset = "5000", min = 10, max = 1_000_000, unit = "samples")
        int test,
    @Setting(doc = "strength of the distortions", preset = "0.5", min = 0, max = 1)
        double difficulty,
    @Setting(doc = "seed of the samples", preset = "1") long seed)
    implements DataSource {

  /** Height and width of an image in pixels. */
  public static final int SIDE = 28;

  // Part of the fingerprint: a change of the drawing is a change of the data.
  private static final String DRAWING = "glyphs-1";

  @Override
  public Optional<Samples> samples() {
    return Optional.of(Samples.images(1, SIDE, GlyphShapes.CLASSES.size()));
  }

  @Override
  public OptionalLong trainingSamples() {
    return OptionalLong.of(train);
  }

  @Override
  public String fingerprint() {
    return Fingerprint.of(
        DRAWING,
        Integer.toString(train),
        Integer.toString(test),
        Double.toString(difficulty),
        Long.toString(seed));
  }

  @Override
  public DataSet load(boolean offline, Progress progress) {
    return new DataSet(
        "glyphs",
        new long[] {1, SIDE, SIDE},
        GlyphShapes.CLASSES,
        draw(train, "glyphs train", progress),
        Split.ofPixels(SIDE * SIDE, new byte[0], new int[0]),
        draw(test, "glyphs test", progress),
        new float[] {1f / 255},
        new float[] {0},
        List.of(),
        fingerprint());
  }

  private Split draw(int count, String purpose, Progress progress) {
    SplittableRandom random = Randomness.of(seed, purpose);
    int classes = GlyphShapes.CLASSES.size();
    byte[] pixels = new byte[count * SIDE * SIDE];
    int[] labels = Randomness.permutation(count, random);
    for (int i = 0; i < count; i++) {
      labels[i] %= classes;
      if (i % 1000 == 0) {
        progress.check();
      }
      new GlyphWriter(random, difficulty).write(labels[i], pixels, i * SIDE * SIDE);
    }
    return Split.ofPixels(SIDE * SIDE, pixels, labels);
  }
}
