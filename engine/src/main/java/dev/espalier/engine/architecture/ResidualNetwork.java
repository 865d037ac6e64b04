package dev.espalier.engine.architecture;

import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.graph.Graph;

/**
 * What the residual networks of He, Zhang, Ren, Sun 2016 (arXiv:1512.03385) have in common: stages
 * of basic blocks of two 3x3 convolutions ({@code block1-conv1}, {@code block1-bn1} …), each stage
 * after the first halving height and width, the mean of each channel, {@code fc}.
 *
 * <p>Where the shape changes, the shortcut is a 1x1 convolution with normalisation ({@code
 * block4-shortcut}; option B of the paper). Option A, a strided slice with zero channels, has fewer
 * parameters but ties fixed channels of one stage to the next, which leaves channel pruning little
 * freedom.
 */
final class ResidualNetwork {
  private ResidualNetwork() {}

  /**
   * The network for small images of section 4.2: {@code conv1} of 16 filters, stages of 16, 32 and
   * 64; 6·blocks + 2 layers.
   */
  static Graph small(String name, int blocks, long[] input, int outputs) {
    GraphBuilder g = new GraphBuilder(name, GraphBuilder.Kernels.HE_NORMAL, input);
    Flow x = g.conv("conv1", g.input(), 16, 3, 1, 1, 1, false);
    x = g.relu("relu1", g.batchNorm("bn1", x));
    return staged(g, x, blocks, outputs, 16, 32, 64);
  }

  /** Stages of so many blocks and filters on {@code x}, and the classifier. */
  static Graph staged(GraphBuilder g, Flow x, int blocks, int outputs, int... filters) {
    Flow y = x;
    int block = 0;
    for (int stage = 0; stage < filters.length; stage++) {
      for (int i = 0; i < blocks; i++) {
        block++;
        int stride = i == 0 && stage > 0 ? 2 : 1;
        y = block(g, "block" + block, y, filters[stage], stride);
      }
    }
    y = g.flatten("flatten", g.globalPool("pool", y));
    return g.build(g.dense("fc", y, outputs), outputs);
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
}
