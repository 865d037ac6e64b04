package dev.espalier.engine.architecture;

import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;

/**
 * The fully convolutional network for signals: three convolutions {@code conv1} … {@code conv3} of
 * kernels 8, 5 and 3 with width, 2·width and width filters, each normalised and rectified, the mean
 * of each filter, {@code fc}.
 *
 * <p>A signal is [channels, length]; an image of one row, [channels, 1, length], or of one channel,
 * [1, channels, length], is taken as such, and flat features as {@code channels} signals one behind
 * the other.
 */
@Word(
    name = "conv1d",
    kind = Kind.ARCHITECTURE,
    doc = "a convolutional network for signals and time series",
    source = "Wang, Yan, Oates 2017, arXiv:1611.06455, section II.B")
public record Conv1d(
    @Setting(
            doc = "filters of the first and last convolution; the middle one has twice as many",
            preset = "128",
            min = 1,
            max = 100_000)
        int width,
    @Setting(
            doc = "signals that a sample of flat features holds, one behind the other",
            preset = "1",
            min = 1,
            max = 100_000)
        int channels)
    implements Architecture {
  private static final int[] KERNELS = {8, 5, 3};

  @Override
  public Graph build(long[] input, int outputs) {
    GraphBuilder g = new GraphBuilder("conv1d", GraphBuilder.Kernels.UNIFORM, input);
    Flow x = signal(g);
    for (int i = 1; i <= KERNELS.length; i++) {
      x = g.convSame("conv" + i, x, i == 2 ? 2L * width : width, KERNELS[i - 1], true);
      x = g.relu("relu" + i, g.batchNorm("bn" + i, x));
    }
    x = g.flatten("flatten", g.globalPool("pool", x));
    return g.build(g.dense("fc", x, outputs), outputs);
  }

  private Flow signal(GraphBuilder g) {
    Flow x = g.input();
    boolean flat = x.shape().size() == 1;
    if (flat && x.size() % channels != 0) {
      throw g.misfit(
          "signal",
          channels + " channels do not divide " + x.size() + " features evenly",
          "give `channels` that divides them");
    }
    if (x.isImage() && x.shape().get(0) != 1 && x.shape().get(1) != 1) {
      throw g.misfit(
          "signal",
          "it reads [channels, length] and gets images " + x.shape(),
          "use a network for images, or samples of one row");
    }
    long found = flat ? channels : x.size() / x.shape().get(x.shape().size() - 1);
    if (channels != 1 && channels != found) {
      throw g.misfit(
          "signal",
          "the samples have " + found + " channels, and `channels " + channels + "` is given",
          "leave `channels` out; it is for flat features");
    }
    return x.shape().size() == 2 ? x : g.reshape("signal", x, found, x.size() / found);
  }

  @Override
  public String describe() {
    return String.format(
        "convolutional network for signals: %d, %d, %d filters", width, 2L * width, width);
  }
}
