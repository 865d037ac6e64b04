package dev.espalier.engine.architecture;

import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;

/**
 * VGG-11 (configuration A) with batch normalisation, in the form customary on CIFAR: eight 3x3
 * convolutions {@code conv1} … {@code conv8}, five times pooling of 2x2, then one dense layer
 * {@code fc} in place of the three of 4,096 units. What pooling leaves of images larger than 32
 * pixels is averaged before it.
 */
@Word(
    name = "vgg11-bn",
    kind = Kind.ARCHITECTURE,
    doc = "VGG of 11 layers with batch normalisation, one dense layer, from 32 pixels on",
    source =
        "Simonyan, Zisserman 2015, arXiv:1409.1556, table 1, configuration A; normalised and with"
            + " one dense layer as in Liu et al. 2017, arXiv:1708.06519")
public record Vgg11Bn() implements Architecture {
  private static final int[][] STAGES = {{64}, {128}, {256, 256}, {512, 512}, {512, 512}};

  @Override
  public Graph build(long[] input, int outputs) {
    GraphBuilder g = new GraphBuilder("vgg11-bn", GraphBuilder.Kernels.HE_NORMAL, input);
    Flow x = g.input();
    int layer = 0;
    for (int stage = 0; stage < STAGES.length; stage++) {
      for (int filters : STAGES[stage]) {
        layer++;
        x = g.conv("conv" + layer, x, filters, 3, 1, 1, 1, true);
        x = g.relu("relu" + layer, g.batchNorm("bn" + layer, x));
      }
      x = g.maxPool("pool" + (stage + 1), x, 2, 2);
    }
    x = g.flatten("flatten", g.globalPool("mean", x));
    return g.build(g.dense("fc", x, outputs), outputs);
  }

  @Override
  public String describe() {
    return "VGG-11 with batch normalisation: eight convolutions of 64 to 512 filters, one dense"
        + " layer";
  }
}
