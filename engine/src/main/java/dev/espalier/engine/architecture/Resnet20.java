package dev.espalier.engine.architecture;

import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;

/**
 * ResNet-20 for small images: {@code conv1}, nine blocks of two 3x3 convolutions ({@code
 * block1-conv1}, {@code block1-bn1} …) in stages of 16, 32 and 64 filters, the mean of each
 * channel, {@code fc}.
 *
 * <p>Where a stage begins, the shortcut is a 1x1 convolution with normalisation ({@code
 * block4-shortcut}; option B of the paper). Option A, a strided slice with zero channels, has fewer
 * parameters (269,722) but ties fixed channels of one stage to the next, which leaves channel
 * pruning little freedom.
 */
@Word(
    name = "resnet20",
    kind = Kind.ARCHITECTURE,
    doc = "the residual network of 20 layers for small images",
    source = "He, Zhang, Ren, Sun 2016, arXiv:1512.03385, section 4.2, shortcuts of option B")
public record Resnet20() implements Architecture {
  private static final int BLOCKS_PER_STAGE = 3;

  @Override
  public Graph build(long[] input, int outputs) {
    GraphBuilder g = new GraphBuilder("resnet20", GraphBuilder.Kernels.HE_NORMAL, input);
    Flow x = g.conv("conv1", g.input(), 16, 3, 1, 1, 1, false);
    x = g.relu("relu1", g.batchNorm("bn1", x));
    int block = 0;
    for (int filters : new int[] {16, 32, 64}) {
      for (int i = 0; i < BLOCKS_PER_STAGE; i++) {
        block++;
        int stride = i == 0 && filters > 16 ? 2 : 1;
        x = block(g, "block" + block, x, filters, stride);
      }
    }
    x = g.flatten("flatten", g.globalPool("pool", x));
    return g.build(g.dense("fc", x, outputs), outputs);
  }

  private static Flow block(GraphBuilder g, String name, Flow x, int filters, int stride) {
    Flow y = g.conv(name + "-conv1", x, filters, 3, stride, 1, 1, false);
    y = g.relu(name + "-relu1", g.batchNorm(name + "-bn1", y));
    y = g.conv(name + "-conv2", y, filters, 3, 1, 1, 1, false);
    y = g.batchNorm(name + "-bn2", y);
    Flow shortcut = x;
    if (!y.shape().equals(x.shape())) {
      shortcut = g.conv(name + "-shortcut", x, filters, 1, stride, 0, 1, false);
      shortcut = g.batchNorm(name + "-shortcut-bn", shortcut);
    }
    return g.relu(name + "-relu2", g.add(name + "-add", y, shortcut));
  }

  @Override
  public String describe() {
    return "ResNet-20 for small images: nine residual blocks of 16, 32, 64 filters";
  }
}
