package dev.espalier.engine.architecture;

import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Initializer;
import java.util.Locale;

/**
 * MobileNetV2: inverted residuals ({@code block1} … {@code block17}) of a 1x1 expansion {@code
 * -expand}, a depthwise 3x3 {@code -depthwise} and a linear 1x1 projection {@code -project}, then
 * {@code conv2} of 1,280 filters, the mean of each channel, a place for dropout, {@code fc}.
 *
 * <p>Images below 128 pixels of width are halved three times instead of five: {@code conv1} and the
 * stage of 24 filters go in steps of 1, as is customary on CIFAR. Widths are rounded to multiples
 * of 8 as in the authors' code.
 */
@Word(
    name = "mobilenet-v2",
    kind = Kind.ARCHITECTURE,
    doc = "inverted residuals with depthwise convolutions; fewer strides below 128 pixels of width",
    source = "Sandler, Howard, Zhu, Zhmoginov, Chen 2018, arXiv:1801.04381, table 2")
public record MobilenetV2(
    @Setting(
            doc = "what all numbers of filters are multiplied by",
            preset = "1",
            min = 0,
            minExcluded = true,
            max = 10)
        double width)
    implements Architecture {
  /** Expansion, filters, blocks and stride of every stage. */
  private static final int[][] STAGES = {
    {1, 16, 1, 1},
    {6, 24, 2, 2},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1}
  };

  private static final int LAST = 1280;

  @Override
  public Graph build(long[] input, int outputs) {
    GraphBuilder g = new GraphBuilder("mobilenet-v2", GraphBuilder.Kernels.HE_NORMAL, input);
    boolean large = Resnet18.isLarge(g.input());
    Flow x = g.conv("conv1", g.input(), filters(32, width), 3, large ? 2 : 1, 1, 1, false);
    x = g.relu6("relu1", g.batchNorm("bn1", x));
    int block = 0;
    for (int stage = 0; stage < STAGES.length; stage++) {
      int[] s = STAGES[stage];
      int stride = stage == 1 && !large ? 1 : s[3];
      for (int i = 0; i < s[2]; i++) {
        block++;
        x = block(g, "block" + block, x, s[0], filters(s[1], width), i == 0 ? stride : 1);
      }
    }
    // The last convolution is not narrowed, for it decides most of the accuracy (section 4).
    x = g.conv("conv2", x, filters(LAST, Math.max(1, width)), 1, 1, 0, 1, false);
    x = g.relu6("relu2", g.batchNorm("bn2", x));
    x = g.flatten("flatten", g.globalPool("pool", x));
    x = g.dropout("dropout", x, 0);
    return g.build(
        g.dense("fc", x, outputs, new Initializer.Normal(0.01), new Initializer.Constant(0)),
        outputs);
  }

  private static Flow block(
      GraphBuilder g, String name, Flow x, int expansion, int filters, int stride) {
    long hidden = x.channels() * expansion;
    Flow y = x;
    if (expansion > 1) {
      y = g.conv(name + "-expand", y, hidden, 1, 1, 0, 1, false);
      y = g.relu6(name + "-relu1", g.batchNorm(name + "-bn1", y));
    }
    y = g.conv(name + "-depthwise", y, hidden, 3, stride, 1, Math.toIntExact(hidden), false);
    y = g.relu6(name + "-relu2", g.batchNorm(name + "-bn2", y));
    y = g.conv(name + "-project", y, filters, 1, 1, 0, 1, false);
    y = g.batchNorm(name + "-bn3", y);
    return stride == 1 && x.channels() == filters ? g.add(name + "-add", y, x) : y;
  }

  /** The nearest multiple of 8, at least 8 and not below nine tenths of what is asked. */
  private static int filters(int filters, double width) {
    double wanted = filters * width;
    int rounded = Math.max(8, (int) (wanted + 4) / 8 * 8);
    return rounded < 0.9 * wanted ? rounded + 8 : rounded;
  }

  @Override
  public String describe() {
    return String.format(
        Locale.ROOT,
        "MobileNetV2 of width %s: 17 inverted residual blocks; images below 128 pixels of width are"
            + " halved three times instead of five",
        width);
  }
}
