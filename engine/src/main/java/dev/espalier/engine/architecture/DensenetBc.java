package dev.espalier.engine.architecture;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;
import java.util.List;

/**
 * DenseNet-BC for small images: {@code conv1} of 2·growth filters, three dense blocks whose layers
 * ({@code block1-layer1-conv1}, a bottleneck of 4·growth 1x1 filters, and {@code -conv2}, growth
 * 3x3 filters) read all that was made before them, between the blocks a transition ({@code
 * transition1-conv}) to half of the channels and half of the height and width, then the mean of
 * each channel and {@code fc}. Normalisation and rectifier come before each convolution.
 */
@Word(
    name = "densenet-bc",
    kind = Kind.ARCHITECTURE,
    doc = "densely connected layers with bottlenecks and compression, for small images",
    source = "Huang, Liu, van der Maaten, Weinberger 2017, arXiv:1608.06993, section 3 and table 2")
public record DensenetBc(
    @Setting(
            doc = "layers in all: 4 and six for each layer of a dense block",
            preset = "100",
            min = 10,
            max = 1000,
            unit = "layers")
        int depth,
    @Setting(
            doc = "channels that each layer adds",
            preset = "12",
            min = 1,
            max = 1000,
            unit = "channels")
        int growth)
    implements Architecture {
  private static final int BLOCKS = 3;

  public DensenetBc {
    if (depth < 10 || (depth - 4) % 6 != 0) {
      int below = Math.max(10, 4 + (depth - 4) / 6 * 6);
      throw EspalierException.program(
          "`densenet-bc` cannot have " + depth + " layers",
          "",
          "its three blocks are alike, of bottlenecks of two layers: 6·n + 4 in all",
          "give `depth " + below + "` or `depth " + (below + 6) + "`");
    }
  }

  @Override
  public Graph build(long[] input, int outputs) {
    GraphBuilder g = new GraphBuilder("densenet-bc", GraphBuilder.Kernels.HE_NORMAL, input);
    Flow x = g.conv("conv1", g.input(), 2L * growth, 3, 1, 1, 1, false);
    for (int block = 1; block <= BLOCKS; block++) {
      for (int layer = 1; layer <= (depth - 4) / 6; layer++) {
        x = layer(g, "block" + block + "-layer" + layer, x);
      }
      if (block < BLOCKS) {
        String name = "transition" + block;
        Flow y = g.relu(name + "-relu", g.batchNorm(name + "-bn", x));
        y = g.conv(name + "-conv", y, y.channels() / 2, 1, 1, 0, 1, false);
        x = g.avgPool(name + "-pool", y, 2, 2);
      }
    }
    x = g.relu("relu", g.batchNorm("bn", x));
    x = g.flatten("flatten", g.globalPool("pool", x));
    return g.build(g.dense("fc", x, outputs), outputs);
  }

  private Flow layer(GraphBuilder g, String name, Flow x) {
    Flow y = g.relu(name + "-relu1", g.batchNorm(name + "-bn1", x));
    y = g.conv(name + "-conv1", y, 4L * growth, 1, 1, 0, 1, false);
    y = g.relu(name + "-relu2", g.batchNorm(name + "-bn2", y));
    y = g.conv(name + "-conv2", y, growth, 3, 1, 1, 1, false);
    return g.concat(name, List.of(x, y));
  }

  @Override
  public String describe() {
    return "DenseNet-BC of " + depth + " layers for small images, growth " + growth;
  }
}
